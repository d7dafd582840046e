// Tests "feature operator threshold", and where they are true.
#pragma once

#include "../base/shared.hpp"

#include <cmath>

namespace suffice {

// The comparisons, in the order of Python's Operator.
enum class Operator : std::int8_t { ge, gt, le, lt, eq, ne, in, not_in };

// Whether a value is one of the codes that the threshold of `in` lists (its bits).
inline bool is_listed(double value, double mask) {
    if (!(0.0 <= value && value < 53.0)) return false;
    const auto code = static_cast<Index>(value);
    return static_cast<double>(code) == value && ((static_cast<Index>(mask) >> code) & 1) == 1;
}

inline bool compare(double value, Operator operation, double bound) {
    switch (operation) {
    case Operator::ge:
        return value >= bound;
    case Operator::gt:
        return value > bound;
    case Operator::le:
        return value <= bound;
    case Operator::lt:
        return value < bound;
    case Operator::eq:
        return value == bound;
    case Operator::ne:
        return value != bound;
    case Operator::in:
        return is_listed(value, bound);
    case Operator::not_in:
        return !is_listed(value, bound);
    }
    return false;
}

struct Conditions {
    Shared<std::int32_t> feature;  // the column that each looks at
    Shared<std::int8_t> operation; // see Operator
    Shared<double> threshold;
    Shared<bool> missing; // whether it is true where the value is missing
    Index n_columns = 0;  // rows need as many

    Index size() const { return feature.size(); }
    bool true_at(Index i, Reals row) const {
        const double value = row[feature[i]];
        if (std::isnan(value)) return missing[i];
        return compare(value, static_cast<Operator>(operation[i]), threshold[i]);
    }
};

} // namespace suffice
