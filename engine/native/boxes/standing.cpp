#include "standing.hpp"

#include <limits>

namespace suffice {

namespace {

constexpr double tolerance = 1e-7; // far above what rounding adds to the sums, far below a vote

} // namespace

Standing::Standing(const Steps& steps, const Blocks& blocks)
    : steps_(steps), blocks_(blocks), extents_(steps.chain.size()), uses_(steps.owner.size()) {}

void Standing::change(std::int32_t block, double by) {
    const double room = blocks_.block[block].room + tolerance;
    const bool before = sum_[block] > room;
    sum_[block] += by;
    n_broken_ += (sum_[block] > room ? 1 : 0) - (before ? 1 : 0);
}

void Standing::added() {
    for (Index b = static_cast<Index>(sum_.size()); b < blocks_.size(); ++b) {
        const Block& block = blocks_.block[b];
        sum_.push_back(0.0);
        change(static_cast<std::int32_t>(b), 0.0);
        if (sum_[b] > block.room + tolerance) ++n_broken_; // of no room at all
        for (std::int32_t l = block.first; l < block.last; ++l) {
            const Reached& leaf = blocks_.leaf[l];
            std::int32_t lacking = 0;
            for (std::int32_t s = leaf.first; s < leaf.last; ++s) {
                const Taken& one = blocks_.step[s];
                uses_[one.step].push_back({l, one.on});
                const std::int32_t chain = steps_.owner[one.step];
                lacking += (extents_[chain] > steps_.level(one.step)) == one.on ? 0 : 1;
            }
            lacking_.push_back(lacking);
            of_leaf_.push_back(static_cast<std::int32_t>(b));
            if (lacking == 0) change(static_cast<std::int32_t>(b), leaf.gain);
        }
    }
}

void Standing::flip(std::int32_t step, bool on) {
    for (const Use& use : uses_[step]) {
        if (use.on == on) {
            if (--lacking_[use.leaf] == 0) change(of_leaf_[use.leaf], blocks_.leaf[use.leaf].gain);
        } else if (lacking_[use.leaf]++ == 0) {
            change(of_leaf_[use.leaf], -blocks_.leaf[use.leaf].gain);
        }
    }
}

void Standing::set(Index chain, std::int32_t extent) {
    std::int32_t& mine = extents_[chain];
    const std::int32_t first = steps_.chain[chain].first;
    while (mine < extent) flip(first + mine++, true);
    while (mine > extent) flip(first + --mine, false);
}

void Standing::set(const Extents& extents) {
    for (std::size_t i = 0; i < extents.size(); ++i) set(static_cast<Index>(i), extents[i]);
}

bool may_meet(const Steps& steps, const Blocks& blocks, const Extents& least, const Extents& most) {
    for (const Block& block : blocks.block) {
        double sum = 0.0;
        for (std::int32_t l = block.first; l < block.last;) {
            const std::int32_t tree = blocks.leaf[l].tree;
            double sure = -1.0, possible = std::numeric_limits<double>::infinity();
            for (; l < block.last && blocks.leaf[l].tree == tree; ++l) {
                const Reached& leaf = blocks.leaf[l];
                bool must = true, can = true;
                for (std::int32_t s = leaf.first; s < leaf.last; ++s) {
                    const Taken& one = blocks.step[s];
                    const std::int32_t chain = steps.owner[one.step];
                    const auto level = static_cast<std::int32_t>(steps.level(one.step));
                    const bool on = least[chain] > level, off = most[chain] <= level;
                    must = must && (one.on ? on : off);
                    can = can && !(one.on ? off : on);
                }
                if (must) sure = std::max(sure, leaf.gain);
                if (can) possible = std::min(possible, leaf.gain);
            }
            sum += sure >= 0.0 ? sure : possible;
        }
        if (sum > block.room + tolerance) return false;
    }
    return true;
}

} // namespace suffice
