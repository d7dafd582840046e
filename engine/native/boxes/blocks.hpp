// What a counterexample says of all boxes: blocks.
//
// Take a counterexample p, and for any box the input that has, attribute by attribute, the box's cell nearest to p. It
// is in the box, so that it must not be bad if the box holds. Its leaves depend on a few steps only: that the trees'
// worths there stay below what is needed is an inequality over the steps, a block. A block says as much as very many
// counterexamples. Where sums do not tell what is bad (clauses, rounding, circuits), the block says only that not all
// steps to p are taken.
#pragma once

#include "../ensembles/problem.hpp"
#include "steps.hpp"

namespace suffice {

// A leaf is reached iff some steps are as the path to it says.
struct Reached {
    double gain;              // by how much it is worth more than its tree's least one
    std::int32_t tree;        // among the trees of all blocks
    std::int32_t first, last; // the steps, in `Blocks::step`
    std::int32_t n_on;        // how many of them have to be taken
    double share = 0.5;       // how far the bound of the search counts it, 0 to 1
};

struct Block {
    std::int32_t first, last; // its leaves
    std::int32_t first_tree, last_tree;
    double room;        // what the gains of the reached leaves may add up to
    double price = 0.0; // of a unit of it
};

struct Blocks {
    std::vector<Block> block;
    std::vector<Reached> leaf;
    std::vector<Taken> step;
    Index n_trees = 0;

    Index size() const { return static_cast<Index>(block.size()); }

    // Add the block of a point and a column: where the column's sum reaches `certain`, an input is bad.
    void add_sums(const Problem& problem, const Steps& steps, Ints point, Index k, Index certain);

    // Add that not all steps to a point are taken.
    void add_point(const Steps& steps, Ints point);
};

} // namespace suffice
