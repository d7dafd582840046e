// Which leaves of the blocks a box reaches, kept up to date step by step.
#pragma once

#include "blocks.hpp"

namespace suffice {

class Standing {
  public:
    Standing(const Steps& steps, const Blocks& blocks);

    void added();                               // blocks were added
    void set(Index chain, std::int32_t extent); // make a chain's extent this one
    void set(const Extents& extents);
    const Extents& extents() const { return extents_; }
    bool met() const { return n_broken_ == 0; } // whether all blocks are met

  private:
    struct Use {
        std::int32_t leaf;
        bool on;
    };
    void flip(std::int32_t step, bool on);
    void change(std::int32_t block, double by);

    const Steps& steps_;
    const Blocks& blocks_;
    Extents extents_;
    std::vector<std::vector<Use>> uses_; // of each step
    std::vector<std::int32_t> lacking_;  // of each leaf: steps that are not as it needs
    std::vector<std::int32_t> of_leaf_;  // its block
    std::vector<double> sum_;            // of each block: gains of the leaves that are reached
    Index n_broken_ = 0;
};

// Whether some box between two others may meet all blocks, each tree of a block on its own.
bool may_meet(const Steps& steps, const Blocks& blocks, const Extents& least, const Extents& most);

} // namespace suffice
