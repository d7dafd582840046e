// Many greedy runs at once: boxes that the bounds alone still decide, widened attribute by attribute.
//
// Each run begins with the same box and goes through the attributes in an order of its own. A side is tried at its end
// first, then halfway. What counts is the best worth that each tree still reaches: where a try opens a test, the leaves
// behind it are looked for, but only below nodes that can beat what the tree has already (what it has never falls in a
// run, so what is passed over never matters again). A try that fails is noticed as soon as the bounds no longer decide,
// and taken back. For interval attributes, where these bounds are exact; the result is that of `shrink_literals` in the
// mode ALONE, order by order.
#pragma once

#include "box.hpp"
#include "workspace.hpp"

namespace suffice {

struct GreedyBoxes {
    Buffer<Index> lo, hi; // the first of the shortest boxes
    Index runs = 0;       // that were made
    Index size = -1;      // literals of that box (-1: there is none)
    bool partial = false; // whether it is of a run that was cut short

    explicit GreedyBoxes(const Layout& layout) : lo(layout.n_attributes()), hi(layout.n_attributes()) {}
};

// Widen a box that the bounds alone decide in each of these orders of attributes, all of them intervals: NONE, or
// UNKNOWN if it was given up before all runs were made.
Answer greedy_runs(const Problem& problem, const Box& start, Array<const std::int32_t, 2> orders, GreedyBoxes& out,
                   Workspace& work);

} // namespace suffice
