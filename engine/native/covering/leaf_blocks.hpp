// What shuts out each unwanted leaf of an ensemble at an instance.
//
// Guaranteed form: a leaf that the domain reaches is shut out by keeping literals exactly if, on one of the attributes
// where its box leaves out the instance's cell, all cells of the box are shut out. Each such attribute is an entry: a
// cell's number in the row of all cells (the box's nearest to the instance: on an interval attribute it is shut out
// last), or, for an attribute that cuts do not describe, -1 - s where span s lists the cells of the box.
#pragma once

#include "../base/clock.hpp"
#include "../ensembles/layout.hpp"
#include "cell_table.hpp"

namespace suffice {

struct LeafBlocks {
    std::vector<Index> tree{0};  // the unwanted leaves of tree t are tree[t] … tree[t + 1] - 1
    std::vector<Index> start{0}; // entries of leaf i: entry[start[i]] … entry[start[i + 1] - 1]
    std::vector<Index> entry;
    std::vector<Index> span{0}; // cells of span s: cell[span[s]] … cell[span[s + 1] - 1]
    std::vector<Index> cell;
};

// Walk every tree depth first. A tree whose leaf at the instance is unwanted has that leaf only, without entries.
LeafBlocks leaf_blocks(const SignedTrees& trees, const CellTable& table, Ints cells, Flags wanted, Clock& clock);

} // namespace suffice
