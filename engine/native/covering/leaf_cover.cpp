#include "leaf_cover.hpp"

#include "../base/bits.hpp"

#include <algorithm>

namespace suffice {

namespace {

class Reduction {
  public:
    Reduction(LeafCover& leaves, const BlockOrder& order) : leaves_(leaves), order_(order) {
        for (Index i = 0; i < leaves.n_leaves(); ++i) {
            const auto begin = leaves.block.begin() + leaves.start[i], end = leaves.block.begin() + leaves.start[i + 1];
            std::stable_sort(begin, end, [&](Index b, Index c) { return order.side[b] < order.side[c]; });
            Word sides = 0;
            for (auto b = begin; b != end; ++b) sides |= Word{1} << (order.side[*b] & 63);
            sides_.push_back(sides);
        }
    }

    LeafCover run(Clock& clock) const {
        LeafCover out;
        for (Index t = 0; t < leaves_.n_trees(); ++t) {
            for (Index i = leaves_.tree[t]; i < leaves_.tree[t + 1]; ++i) {
                if (clock.up(1 + (leaves_.tree[t + 1] - leaves_.tree[t]) / 50)) return out;
                if (!is_dropped(i, t)) copy(i, out);
            }
            out.tree.push_back(out.n_leaves());
        }
        return out;
    }

  private:
    Index length(Index i) const { return leaves_.start[i + 1] - leaves_.start[i]; }

    // Whether another leaf of the tree covers leaf i; of two that cover each other the first one stays.
    bool is_dropped(Index i, Index t) const {
        for (Index j = leaves_.tree[t]; j < leaves_.tree[t + 1]; ++j) {
            if (j == i || (sides_[j] & ~sides_[i]) != 0 || length(j) > length(i)) continue;
            if (covers(j, i) && (j < i || !covers(i, j))) return true;
        }
        return false;
    }

    // Whether leaf i is shut out whenever leaf j is.
    bool covers(Index j, Index i) const {
        Index q = leaves_.start[i];
        for (Index p = leaves_.start[j]; p < leaves_.start[j + 1]; ++p) {
            const Index b = leaves_.block[p];
            while (q < leaves_.start[i + 1] && side(q) < order_.side[b]) ++q;
            if (q == leaves_.start[i + 1] || side(q) != order_.side[b]) return false;
            if (order_.level[leaves_.block[q]] < order_.level[b]) return false;
        }
        return true;
    }

    Index side(Index place) const { return order_.side[leaves_.block[place]]; }

    void copy(Index i, LeafCover& out) const {
        for (Index p = leaves_.start[i]; p < leaves_.start[i + 1]; ++p) {
            const bool again = p > leaves_.start[i] && leaves_.block[p] == leaves_.block[p - 1]; // features may repeat
            if (!again) out.block.push_back(leaves_.block[p]);
        }
        out.start.push_back(static_cast<Index>(out.block.size()));
    }

    const LeafCover& leaves_;
    const BlockOrder& order_;
    std::vector<Word> sides_; // of each leaf, as bits
};

} // namespace

LeafCover reduced(LeafCover leaves, const BlockOrder& order, Clock& clock) {
    return Reduction(leaves, order).run(clock);
}

Buffer<bool> forced_trees(const LeafCover& leaves, Flags is_true) {
    Buffer<bool> out(leaves.n_trees());
    for (Index t = 0; t < leaves.n_trees(); ++t) {
        out[t] = true;
        for (Index i = leaves.tree[t]; i < leaves.tree[t + 1] && out[t]; ++i) {
            const auto begin = leaves.block.begin() + leaves.start[i], end = leaves.block.begin() + leaves.start[i + 1];
            out[t] = std::any_of(begin, end, [&](Index b) { return is_true[b]; });
        }
    }
    return out;
}

} // namespace suffice
