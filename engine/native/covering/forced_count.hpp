// How many trees a set of blocks forces, kept right while blocks are given up.
#pragma once

#include "leaf_cover.hpp"

namespace suffice {

class ForcedCount {
  public:
    ForcedCount(const LeafCover& leaves, Index n_blocks);

    void begin(Flags is_true);                // start from these blocks
    Index forced() const { return forced_; }  // how many trees are forced
    bool give_up(Longs blocks, Index needed); // make true blocks false, if so many trees stay forced; tell whether
    Index n_blocks() const { return static_cast<Index>(at_.size()) - 1; }

  private:
    void drop(Index block);
    void restore(Index block);

    std::vector<Index> at_; // the leaves that ask for block b: leaf_[at_[b]] … leaf_[at_[b + 1] - 1]
    std::vector<Index> leaf_;
    std::vector<Index> tree_; // of each leaf
    Index n_trees_;
    std::vector<Index> hits_; // how many true blocks each leaf has
    std::vector<Index> open_; // how many leaves of each tree have none
    Index forced_ = 0;
};

} // namespace suffice
