#include "greedy.hpp"

namespace suffice {

namespace {

constexpr Index least = -(Index{1} << 62);

// What runs keep, and their room.
class Runs {
  public:
    Runs(const Layout& layout, const Columns& columns, const Box& start);

    bool set_up(Workspace& work);
    void begin();
    void widen(Index a, bool up);
    Index size() const;
    void tell(GreedyBoxes& out) const;

  private:
    bool look(Index top, Index t);
    void note(Index t);
    void take_back();
    bool opens(Index e, bool low);
    bool widened(Index a, Index new_lo, Index new_hi);
    bool decide() const;

    const Layout& layout_;
    const Columns& columns_;
    const Box& start_;
    const Index n_columns_;
    // The box of a run.
    Buffer<Index> lo_, hi_, bound_;
    Buffer<std::int8_t> side_;
    // Of nodes: their trees; the greatest worth of the leaves below; whether they were looked at since the box reaches
    // them.
    std::vector<std::int32_t> tree_;
    Buffer<Index, 2> peak_;
    std::vector<std::int8_t> reach_;
    Buffer<Index, 2> worth_, first_worth_; // the best worth that each tree reaches, now and in the first box
    std::vector<std::int32_t> reached_;    // nodes that a try looked at
    std::vector<std::int32_t> first_;      // and those of the first box
    std::vector<std::int32_t> stack_;      // nodes to be looked at
    std::vector<Index> stamp_;             // the last try that changed a tree
    std::vector<Index> changed_;           // trees that a try changed …
    Buffer<Index, 2> old_;                 // … and their worth before; in the last row the bounds before
    Index try_ = 0;                        // its number
};

Runs::Runs(const Layout& layout, const Columns& columns, const Box& start)
    : layout_(layout), columns_(columns), start_(start), n_columns_(columns.size()),
      lo_(Buffer<Index>::copy_of(start.lo)), hi_(Buffer<Index>::copy_of(start.hi)),
      bound_(Buffer<Index>::copy_of(start.bound)), side_(Buffer<std::int8_t>::copy_of(start.side)),
      tree_(layout.n_nodes()), peak_(Buffer<Index, 2>::full({layout.n_nodes(), n_columns_}, least)),
      reach_(layout.n_nodes()), worth_(Buffer<Index, 2>::full({layout.n_trees(), n_columns_}, least)),
      first_worth_(layout.n_trees(), n_columns_), stamp_(layout.n_trees()), old_(layout.n_trees() + 1, n_columns_) {}

// Look over the trees; false: it was given up.
bool Runs::set_up(Workspace& work) {
    for (Index t = 0; t < layout_.n_trees(); ++t) {
        const Index begin = layout_.root[t];
        const Index end = t + 1 < layout_.n_trees() ? layout_.root[t + 1] : layout_.n_nodes();
        if (work.given_up(1 + (end - begin) / 8)) return false;
        for (Index i = end - 1; i >= begin; --i) { // children before their parents
            const Node& node = layout_.node[i];
            tree_[i] = static_cast<std::int32_t>(t);
            for (Index k = 0; k < n_columns_; ++k) {
                if (node.element < 0) peak_(i, k) = columns_.worth(node.leaf, k);
                if (node.parent >= 0) peak_(node.parent, k) = std::max(peak_(node.parent, k), peak_(i, k));
            }
        }
        look(begin, t);
    }
    first_worth_.copy_from(worth_);
    first_ = reached_;
    return true;
}

// Look for better leaves from a node on down; tell whether the tree's worth grew.
bool Runs::look(Index top, Index t) {
    bool grew = false;
    stack_.assign(1, static_cast<std::int32_t>(top));
    while (!stack_.empty()) {
        const std::int32_t here = stack_.back();
        stack_.pop_back();
        bool better = false;
        for (Index k = 0; k < n_columns_; ++k) better = better || peak_(here, k) > worth_(t, k);
        if (!better) continue;
        reach_[here] = 1;
        reached_.push_back(here);
        const Node& node = layout_.node[here];
        if (node.element < 0) {
            grew = true;
            note(t);
            for (Index k = 0; k < n_columns_; ++k) {
                const Index gain = peak_(here, k) - worth_(t, k);
                if (gain <= 0) continue;
                if (worth_(t, k) > least) bound_[k] += gain; // what the first box reaches is in its bounds
                worth_(t, k) += gain;
            }
            continue;
        }
        const int side = side_[node.element];
        if (side == 0) { // the better one is looked at first
            const bool swap = peak_(node.low, 0) > peak_(node.high, 0);
            stack_.push_back(swap ? node.high : node.low);
            stack_.push_back(swap ? node.low : node.high);
        } else {
            stack_.push_back(side > 0 ? node.high : node.low);
        }
    }
    return grew;
}

// Remember what a tree's worth was before this try.
void Runs::note(Index t) {
    if (stamp_[t] == try_) return;
    stamp_[t] = try_;
    old_.row(static_cast<Index>(changed_.size())).copy_from(worth_.row(t));
    changed_.push_back(t);
}

void Runs::take_back() {
    for (std::int32_t node : reached_) reach_[node] = 0;
    for (std::size_t i = 0; i < changed_.size(); ++i) {
        worth_.row(changed_[i]).copy_from(old_.row(static_cast<Index>(i)));
    }
    bound_.copy_from(old_.row(layout_.n_trees()));
}

bool Runs::decide() const { return columns_.decided(bound_); }

// Open a test to its low (else high) side too; tell whether a bound grew.
bool Runs::opens(Index e, bool low) {
    side_[e] = 0;
    bool grew = false;
    for (Index i = layout_.at[e]; i < layout_.at[e + 1]; ++i) {
        const Index here = layout_.testing[i];
        if (reach_[here] == 0) continue;
        const Index below = low ? layout_.node[here].low : layout_.node[here].high;
        if (reach_[below] == 0 && look(below, tree_[here])) grew = true;
    }
    return grew;
}

// Widen an interval attribute if the bounds still decide then; tell whether they do.
bool Runs::widened(Index a, Index new_lo, Index new_hi) {
    const Index base = layout_.attribute[a].base;
    changed_.clear();
    reached_.clear();
    ++try_;
    old_.row(layout_.n_trees()).copy_from(bound_);
    for (bool low : {true, false}) {
        for (Index p = low ? new_lo : hi_[a]; p < (low ? lo_[a] : new_hi); ++p) {
            if (!opens(base + p, low) || decide()) continue;
            take_back();
            for (Index q = new_lo; q < lo_[a]; ++q) side_[base + q] = 1;
            for (Index q = hi_[a]; q < new_hi; ++q) side_[base + q] = -1;
            return false;
        }
    }
    lo_[a] = new_lo;
    hi_[a] = new_hi;
    return true;
}

// Move one bound of an attribute outwards as far as the bounds decide.
void Runs::widen(Index a, bool up) {
    Index end = up ? layout_.attribute[a].count - 1 : 0;
    const Index step = up ? 1 : -1;
    bool failed = false;
    while ((up ? hi_[a] : lo_[a]) != end) {
        const Index kept = up ? hi_[a] : lo_[a];
        const Index goal = failed ? kept + step * ((std::abs(end - kept) + 1) / 2) : end;
        if (widened(a, up ? lo_[a] : goal, up ? goal : hi_[a])) continue;
        failed = true;
        end = goal - step;
    }
}

// Begin a run with the first box.
void Runs::begin() {
    lo_.copy_from(start_.lo);
    hi_.copy_from(start_.hi);
    side_.copy_from(start_.side);
    bound_.copy_from(start_.bound);
    worth_.copy_from(first_worth_);
    std::fill(reach_.begin(), reach_.end(), 0);
    for (std::int32_t node : first_) reach_[node] = 1;
}

// How many literals the box has.
Index Runs::size() const {
    Index size = 0;
    for (Index a = 0; a < lo_.size(); ++a) size += (lo_[a] > 0) + (hi_[a] < layout_.attribute[a].count - 1);
    return size;
}

void Runs::tell(GreedyBoxes& out) const {
    out.lo.copy_from(lo_);
    out.hi.copy_from(hi_);
    out.size = size();
}

} // namespace

Answer greedy_runs(const Problem& problem, const Box& start, Array<const std::int32_t, 2> orders, GreedyBoxes& out,
                   Workspace& work) {
    Runs runs(problem.layout, problem.columns, start);
    if (!runs.set_up(work)) {
        out.partial = true;
        runs.tell(out);
        return UNKNOWN;
    }
    const Index cost = 1 + problem.layout.n_nodes() / 64; // about: a run looks at a part of the nodes, some often
    for (Index run = 0; run < orders.size(); ++run) {
        runs.begin();
        for (std::int32_t a : orders.row(run)) {
            if (work.given_up(cost)) {
                out.partial = out.size < 0;
                if (out.partial) runs.tell(out);
                return UNKNOWN;
            }
            for (bool up : {true, false}) runs.widen(a, up);
        }
        if (out.size < 0 || runs.size() < out.size) runs.tell(out);
        out.runs = run + 1;
    }
    return NONE;
}

} // namespace suffice
