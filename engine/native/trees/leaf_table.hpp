// The leaves of trees as boxes of cells.
#pragma once

#include "../base/shared.hpp"
#include "../domain/region.hpp"

namespace suffice {

// Entry e of leaf i (start[i] <= e < start[i + 1]) restricts attribute[e] to the cells low[e] … high[e] or, if low[e]
// is -1, to cells[first[e]] … cells[first[e + 1] - 1].
struct LeafTable {
    Shared<Index> start;
    Shared<std::int32_t> attribute, low, high;
    Shared<Index> first;
    Shared<std::int32_t> cells;
    Shared<std::int32_t> outcome; // class index of each leaf
    Index n_outcomes = 0;         // one more than the highest
    Index n_attributes = 0;       // one more than the highest

    Index size() const { return outcome.size(); }
    bool ranged(Index e) const { return low[e] >= 0; }
    Ints listed(Index e) const { return cells.part(first[e], first[e + 1]); }
};

// The first leaf with an outcome outside O that meets a region, or -1.
Index first_reached(const LeafTable& leaves, Flags good, const Region& region);

} // namespace suffice
