// Leaves of trees over blocks: a leaf is shut out if one of its blocks is true, a tree is forced if all its leaves are.
#pragma once

#include "../base/array.hpp"
#include "../base/clock.hpp"

#include <vector>

namespace suffice {

struct LeafCover {
    std::vector<Index> tree{0};  // the leaves of tree t are tree[t] … tree[t + 1] - 1
    std::vector<Index> start{0}; // blocks of leaf i: block[start[i]] … block[start[i + 1] - 1]
    std::vector<Index> block;

    Index n_trees() const { return static_cast<Index>(tree.size()) - 1; }
    Index n_leaves() const { return static_cast<Index>(start.size()) - 1; }
};

// What blocks say of each other: one is true whenever another of the same side with a smaller or equal level is.
struct BlockOrder {
    Longs side, level;
};

// Drop within each tree the leaves that are shut out whenever another one is; blocks are sorted by side.
LeafCover reduced(LeafCover leaves, const BlockOrder& order, Clock& clock);

// Tell for each tree whether every leaf has a block that is true.
Buffer<bool> forced_trees(const LeafCover& leaves, Flags is_true);

} // namespace suffice
