#include "forced_count.hpp"

namespace suffice {

ForcedCount::ForcedCount(const LeafCover& leaves, Index n_blocks)
    : at_(n_blocks + 1), leaf_(leaves.block.size()), n_trees_(leaves.n_trees()) {
    for (Index b : leaves.block) ++at_[b + 1];
    for (Index b = 0; b < n_blocks; ++b) at_[b + 1] += at_[b];
    std::vector<Index> next(at_.begin(), at_.end() - 1);
    for (Index i = 0; i < leaves.n_leaves(); ++i) {
        for (Index p = leaves.start[i]; p < leaves.start[i + 1]; ++p) leaf_[next[leaves.block[p]]++] = i;
    }
    for (Index t = 0; t < n_trees_; ++t) tree_.insert(tree_.end(), leaves.tree[t + 1] - leaves.tree[t], t);
}

void ForcedCount::begin(Flags is_true) {
    hits_.assign(tree_.size(), 0);
    open_.assign(n_trees_, 0);
    for (Index t : tree_) ++open_[t];
    forced_ = 0;
    for (Index open : open_) forced_ += open == 0 ? 1 : 0;
    for (Index b = 0; b < n_blocks(); ++b) {
        if (is_true[b]) restore(b);
    }
}

bool ForcedCount::give_up(Longs blocks, Index needed) {
    for (Index b : blocks) drop(b);
    if (forced_ >= needed) return true;
    for (Index b : blocks) restore(b);
    return false;
}

void ForcedCount::drop(Index block) {
    for (Index p = at_[block]; p < at_[block + 1]; ++p) {
        if (--hits_[leaf_[p]] == 0 && ++open_[tree_[leaf_[p]]] == 1) --forced_;
    }
}

void ForcedCount::restore(Index block) {
    for (Index p = at_[block]; p < at_[block + 1]; ++p) {
        if (++hits_[leaf_[p]] == 1 && --open_[tree_[leaf_[p]]] == 0) ++forced_;
    }
}

} // namespace suffice
