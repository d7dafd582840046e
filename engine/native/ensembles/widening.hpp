// A box that is being widened: what all ways to widen it share.
#pragma once

#include "search.hpp"
#include "widen.hpp"

namespace suffice {

// About how many hundreds of nanoseconds a changed attribute takes: all nodes that test it may have to be looked at.
inline Index cost_of_change(const Layout& layout, Index a) {
    return 1 + (layout.at[layout.attribute[a + 1].base] - layout.at[layout.attribute[a].base]) / 8;
}

// The same of the model's own decision.
inline Index cost_of_decision(const Layout& layout) { return 1 + layout.n_trees() / 4; }

struct Widening {
    const Problem& problem;
    Box& box;
    Mode mode;
    IntsOut guide;
    Array<std::int32_t, 2> pool;
    Workspace& work;
    Leaves* leaves = nullptr; // to search over, if all attributes are listed

    // Whether what the box allows now (a slab, or with ALONE the whole box) holds: NONE, FOUND or UNKNOWN. A
    // counterexample is left in the guide and in the pool.
    Answer allows();

    // Keep the counterexample that was found: it is the guide and the first one of the pool.
    void remember();

    // Make the guide a counterexample of the pool, moved into the box; false if there is none in this row.
    bool recall(Index i);
};

// Allow all cells of a listed attribute that can be, in their order; `cell` is the instance's. UNKNOWN if given up.
Answer widen_listed(Widening& widening, Index a, Index cell, FlagsOut kept);

} // namespace suffice
