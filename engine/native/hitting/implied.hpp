// Which elements of a forest imply which: those above them.
#pragma once

#include "edges.hpp"

namespace suffice {

// Element x implies y, or is y, iff enter[x] <= enter[y] < leave[x].
struct Spans {
    std::vector<std::int32_t> enter, leave, root, depth;
};

Spans spans_of(const std::vector<std::int32_t>& parent);

} // namespace suffice
