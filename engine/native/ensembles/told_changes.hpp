// Changes that are known, and whether what a search has narrowed to makes one of them in any case.
//
// A cut is forced where all cells that are left lie on its other side than the instance. A known change is a set of
// cuts; it watches one that is not forced yet, so that most of them are not looked at when one more is.
#pragma once

#include "layout.hpp"
#include "workspace.hpp"

namespace suffice {

class ToldChanges {
  public:
    ToldChanges(const Layout& layout, Ints cells)
        : layout_(layout), cells_(cells), forced_(layout.n_elements(), 0), watching_(layout.n_elements()) {}

    // The cells of an interval attribute are these, after so many steps; false: a known change is made in any case.
    bool force(Index a, Span span, Index step) {
        const Index base = layout_.attribute[a].base, cell = cells_[a];
        bool free = true;
        const Index begin = std::min(span.hi, cell), end = std::max(span.lo, cell);
        for (Index p = begin; p < end; ++p) fresh_(base + p, step);
        for (const Index e : now_) free = free && may_be(e);
        now_.clear();
        return free;
    }

    // The cells of an interval attribute are these again.
    void release(Index a, Span span) {
        const Attribute& attribute = layout_.attribute[a];
        const Index cell = cells_[a];
        for (Index p = 0; p + 1 < attribute.count; ++p) {
            if (p < std::min(span.hi, cell) || p >= std::max(span.lo, cell)) forced_[attribute.base + p] = 0;
        }
    }

    // Learn a change to a point; all its cuts are forced. Return the step after which they were.
    Index learn(Ints point) {
        std::vector<Index> cuts;
        Index last = -1, step = 0;
        for (Index a = 0; a < point.size(); ++a) {
            if (point[a] == cells_[a]) continue;
            const Index cut = layout_.attribute[a].base + (point[a] > cells_[a] ? point[a] - 1 : point[a]);
            cuts.push_back(cut);
            if (forced_[cut] > step) {
                step = forced_[cut];
                last = cut;
            }
        }
        if (last >= 0) watching_[last].push_back(static_cast<Index>(first_.size()));
        first_.push_back(static_cast<Index>(cut_.size()));
        cut_.insert(cut_.end(), cuts.begin(), cuts.end());
        return step;
    }

    Index looks = 0; // at cuts

  private:
    void fresh_(Index e, Index step) {
        if (forced_[e] != 0) return;
        forced_[e] = step;
        now_.push_back(e);
    }

    // Let what watches a forced cut watch another one; false: there is none.
    bool may_be(Index e) {
        std::vector<Index>& all = watching_[e];
        for (std::size_t i = 0; i < all.size();) {
            const Index known = all[i], begin = first_[known];
            const Index end =
                known + 1 < static_cast<Index>(first_.size()) ? first_[known + 1] : static_cast<Index>(cut_.size());
            Index k = begin;
            while (k < end && forced_[cut_[k]] != 0) ++k;
            looks += k - begin + 1;
            if (k == end) return false;
            watching_[cut_[k]].push_back(known);
            all[i] = all.back();
            all.pop_back();
        }
        return true;
    }

    const Layout& layout_;
    Ints cells_;
    std::vector<Index> forced_;                // of each cut: the step of it; 0: it is not
    std::vector<std::vector<Index>> watching_; // the known changes that watch it
    std::vector<Index> first_, cut_;           // the cuts of each known change
    std::vector<Index> now_;
};

} // namespace suffice
