// Sufficient reasons of a tree's decisions, by deletion over its leaves, where cuts describe all attributes.
#pragma once

#include "../base/clock.hpp"
#include "../hitting/minimal.hpp"
#include "../models/tree.hpp"
#include "leaf_edges.hpp"

namespace suffice {

// Reasons of many rows: that of row i is literals[offsets[i]] … literals[offsets[i + 1] - 1]; a single 0: there is
// none.
struct RowReasons {
    std::vector<std::int32_t> outcome;
    std::vector<Index> offsets{0};
    std::vector<std::int32_t> literals;
};

// One sufficient reason over literals for each row, none of them with a banned element; for the first rows only, at
// least one, if time is up before.
RowReasons explain_rows(const Space& space, const Tree& tree, const LeafTable& leaves, Array<const double, 2> rows,
                        Flags banned, Clock& clock);

} // namespace suffice
