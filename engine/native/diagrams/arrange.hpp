// The order of a diagram's variables for edges over a forest of elements.
#pragma once

#include "clauses.hpp"

namespace suffice {

// Local elements 0 … m - 1, and joint ones m, m + 1 … that say the same as their members together. parent[i] is the
// next stronger element that implies i, -1: none.
struct ElementForest {
    Ints parent;
    Longs joint_start; // joint element m + k has the members joint_member[joint_start[k]] … [joint_start[k + 1] - 1]
    Ints joint_member;

    Index n_joint() const { return joint_start.size() - 1; }
    Index size() const { return parent.size() + n_joint(); }
};

struct Arrangement {
    std::vector<std::int32_t> element;  // of each variable
    std::vector<std::int32_t> position; // the variable of each element
    Chains chains;
};

// Each tree of the forest is contiguous, its top chain first, then its subtrees; chains go from weakest to strongest; a
// joint literal stands just before its members. Trees stand in the order of the least hint of an element in them.
Arrangement arrange(const ElementForest& forest, Reals hint);

// The edges over variables; an element below another chain brings that chain's weakest literal along.
Clauses clauses_of(Longs start, Ints member, const ElementForest& forest, const Arrangement& arrangement);

} // namespace suffice
