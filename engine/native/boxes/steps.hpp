// The sides of a box around an instance, as chains of steps.
//
// A box is grown from the cell of the instance. An interval attribute has a chain of steps upwards and one downwards, a
// cell each; a listed attribute has a chain of one step for each other cell. The extents of all chains are a box.
#pragma once

#include "../ensembles/box.hpp"

#include <vector>

namespace suffice {

using Extents = std::vector<std::int32_t>; // of each chain: how many steps are taken

struct Chain {
    std::int32_t attribute;
    std::int32_t first;  // its first step among all
    std::int32_t length; // how many there are
    std::int32_t way;    // 1: upwards; -1: downwards; 0: one cell of a listed attribute …
    std::int32_t cell;   // … which is this one
};

// A step that is taken (`on`) or not.
struct Taken {
    std::int32_t step;
    bool on;
};

struct Steps {
    const Layout& layout;
    Ints cells; // the instance
    std::vector<Chain> chain;
    std::vector<Index> at;           // the chains of attribute a: at[a] … at[a + 1] - 1
    std::vector<std::int32_t> owner; // the chain of each step

    Steps(const Layout& layout, Ints cells);

    Index n_chains() const { return static_cast<Index>(chain.size()); }
    Index size() const { return static_cast<Index>(owner.size()); }
    Index level(std::int32_t step) const { return step - chain[owner[step]].first; } // how many come before it

    // The step that decides on which side of an element's test the cell of `point` nearest to the instance is that a
    // box allows; the test must differ between the instance and the point.
    std::int32_t deciding(Index e, Ints point) const;

    // The extents of the smallest box that has a point.
    void reach(Ints point, Extents& out) const;

    // Make `box` the one of these extents.
    void put(const Extents& extents, Box& box) const;

    // Read the extents of a box that has the instance.
    void read(const Box& box, Extents& out) const;

    // Take the steps to listed cells that no literal of the instance tells from those that are taken: sets of cells are
    // what literals leave.
    void close(Extents& extents) const;
};

} // namespace suffice
