// The domain of a model as a product of attributes.
#pragma once

#include "conditions.hpp"

#include <vector>

namespace suffice {

// Elements are what reasons over literals are made of. Those of attribute a are base[a] … base[a + 1] - 1; where cuts
// describe it, element base[a] + p says that the cell lies above cut p.
struct Space {
    Conditions conditions;
    Shared<Index> base;
    Shared<std::int32_t> literal; // of a cut the literal that says "above", else the number of the condition
    Shared<std::int32_t> owner;   // the attribute of each element
    Shared<bool> interval;        // which attributes cuts describe
    Shared<std::int32_t> feature; // the feature of each attribute
    Shared<std::int32_t> element; // of each condition (several may share a cut); -1: it is constant
    Index n_features = 0;
    bool chained = false; // whether literals imply each other (the theory is on)

    Index n_attributes() const { return interval.size(); }
    Index n_elements() const { return literal.size(); }
    bool all_interval() const { return std::find(interval.begin(), interval.end(), false) == interval.end(); }

    // An element's literal, as it is true at an instance.
    std::int32_t signed_literal(Index element, Flags truth) const {
        const std::int32_t number = std::abs(literal[element]);
        return truth[number - 1] ? number : -number;
    }
};

// Write the truth of each condition on a row.
void evaluate(const Conditions& conditions, Reals row, FlagsOut truth);

// Write the cell of each attribute that cuts describe, 0 for the others.
void locate(const Space& space, Flags truth, IntsOut cells);

// The literals that imply the others among some that are true at an instance, where cuts describe all attributes: of
// each attribute the nearest bound on either side.
std::vector<std::int32_t> non_implied(const Space& space, Ints cells, Flags truth, Ints literals);

} // namespace suffice
