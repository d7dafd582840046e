// What is asked of an ensemble at an instance, where changes may lead, and what changes together.
#pragma once

#include "problem.hpp"

namespace suffice {

// The cells that an input may have at most; those of the instance are among them.
struct Outer {
    Shared<std::int32_t> lo, hi; // range of the cells of interval attributes
    Shared<std::int32_t> barred; // of listed cells: 0 where one is allowed
};

struct ChangeQuestion {
    const Problem& problem;
    Shared<std::int32_t> cells; // the instance
    Outer outer;                // where inputs are looked for
};

// Attributes that change together (features): those of g are members[at[g]] … members[at[g + 1] - 1].
struct Groups {
    Shared<Index> at;
    Shared<std::int32_t> members;

    Index size() const { return at.size() - 1; }
};

} // namespace suffice
