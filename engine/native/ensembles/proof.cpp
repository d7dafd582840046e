#include "proof.hpp"

#include "search.hpp"

#include <cmath>
#include <limits>

namespace suffice {

namespace {

constexpr Index candidates = 12; // tests that are tried at a box

struct Wide {
    Index gap, element;
};

class Prover {
  public:
    Prover(const Problem& problem, Box& box, Index only, const Ways& ways, Ints prefer, Index most, Workspace& work,
           ProofLog& log)
        : problem_(problem), layout_(problem.layout), box_(box), only_(only), ways_(ways), prefer_(prefer), most_(most),
          work_(work), log_(log), scores_(ways.start.size()), unit_(problem.columns.size(), 1.0) {
        for (Index k = 0; k < problem.columns.size(); ++k) {
            if (only < 0) unit_[k] = std::max(1.0, static_cast<double>(box.bound[k] - problem.columns.need[k]));
        }
    }

    Answer look();

  private:
    void leaf(ProofLeaf kind, Index column);
    bool closed();
    Index unmet() const;
    Index decider() const;
    Index open_in_clause() const;
    void add_up();
    bool met(Index way) const;
    bool outside() const;
    Answer settle();
    Answer split(Index e, int side);
    Index choose(int& side);
    double gap(Index k) const { return static_cast<double>(box_.bound[k] - problem_.columns.need[k]) / unit_[k]; }
    double slack() const;
    double slack_after(Index e, int side);
    template <class Then> auto within(Index e, int side, Then then);

    const Problem& problem_;
    const Layout& layout_;
    Box& box_;
    const Index only_;
    const Ways& ways_;
    const Ints prefer_;
    const Index most_;
    Workspace& work_;
    ProofLog& log_;
    std::vector<double> scores_;
    std::vector<double> unit_; // of each column: columns are sums of different things
    std::vector<Wide> wide_;
};

void Prover::leaf(ProofLeaf kind, Index column) {
    log_.split.push_back(0);
    log_.kind.push_back(kind);
    log_.way.push_back(static_cast<std::int32_t>(std::max<Index>(column, 0)));
    log_.bound.push_back(column < 0 ? 0 : box_.bound[column]);
}

// A column that the bounds close, -1 if there is none.
Index Prover::decider() const {
    const Columns& columns = problem_.columns;
    for (Index k = 0; k < columns.size(); ++k) {
        if ((only_ < 0 || only_ == k) && box_.bound[k] < columns.need[k]) return k;
    }
    return -1;
}

// A clause that nothing in the box meets, or -1.
Index Prover::unmet() const {
    for (Index c = 0; c < layout_.n_clauses(); ++c) {
        bool open = false;
        for (Index i = layout_.clause_at[c]; i < layout_.clause_at[c + 1] && !open; ++i) {
            open = box_.side[layout_.clause[i].element] != -layout_.clause[i].side;
        }
        if (!open) return c;
    }
    return -1;
}

bool Prover::closed() {
    const Index column = decider();
    if (column >= 0)
        leaf(BY_BOUND, column);
    else if (unmet() >= 0)
        leaf(BY_CLAUSE, -1);
    else
        return false;
    return true;
}

// Do something in the part of the box where an element is on a side.
template <class Then> auto Prover::within(Index e, int side, Then then) {
    const Index a = layout_.test[e].owner;
    const Attribute& attribute = layout_.attribute[a];
    if (attribute.interval) {
        const Index lo = box_.lo[a], hi = box_.hi[a], cut = e - attribute.base;
        set_range(layout_, box_, a, side > 0 ? std::max(lo, cut + 1) : lo, side > 0 ? hi : std::min(hi, cut));
        const auto found = then();
        set_range(layout_, box_, a, lo, hi);
        return found;
    }
    const auto bar = [&](std::int32_t step) {
        for (Index c = 0; c < attribute.count; ++c) {
            if (layout_.true_in(e, c) != (side > 0)) box_.barred[attribute.cells + c] += step;
        }
        refresh_cells(layout_, box_, a);
    };
    bar(1);
    const auto found = then();
    bar(-1);
    return found;
}

// How far the column that is nearest to being closed is above what it needs.
double Prover::slack() const {
    double least = std::numeric_limits<double>::max();
    for (Index k = 0; k < problem_.columns.size(); ++k) {
        if (only_ < 0 || only_ == k) least = std::min(least, gap(k));
    }
    return least;
}

double Prover::slack_after(Index e, int side) {
    return within(e, side, [&] { return slack(); });
}

// The test that splits best; -1 if each tree has one leaf.
Index Prover::choose(int& side) {
    wide_.clear();
    Index k = std::max<Index>(only_, 0);
    for (Index j = 0; only_ < 0 && j < problem_.columns.size(); ++j) {
        if (gap(j) < gap(k)) k = j;
    }
    for (std::int32_t here : layout_.root) {
        const Node* node = &layout_.node[here];
        while (node->element >= 0 && box_.side[node->element] != 0) {
            node = &layout_.node[box_.side[node->element] > 0 ? node->high : node->low];
        }
        if (node->element < 0) continue;
        const Index apart = box_.best(node->low, k) - box_.best(node->high, k);
        wide_.push_back({apart < 0 ? -apart : apart, node->element});
    }
    const auto wider = [](const Wide& x, const Wide& y) {
        return x.gap != y.gap ? x.gap > y.gap : x.element < y.element;
    };
    const Index n = std::min<Index>(candidates, static_cast<Index>(wide_.size()));
    std::partial_sort(wide_.begin(), wide_.begin() + n, wide_.end(), wider);
    const double now = slack(), least = only_ < 0 ? 1e-9 : 1.0;
    Index best = -1;
    double top = -1.0;
    for (Index i = 0; i < n; ++i) {
        const Index e = wide_[i].element;
        const double up = slack_after(e, 1), down = slack_after(e, -1);
        const double gains = (now - std::max(up, -least) + least) * (now - std::max(down, -least) + least);
        if (gains <= top) continue;
        best = e;
        top = gains;
        side = up >= down ? 1 : -1;
    }
    return best;
}

Index Prover::open_in_clause() const {
    for (Index c = 0; c < layout_.n_clauses(); ++c) {
        bool met = false;
        Index open = -1;
        for (Index i = layout_.clause_at[c]; i < layout_.clause_at[c + 1]; ++i) {
            const ClausePart& part = layout_.clause[i];
            if (box_.side[part.element] == part.side) met = true;
            if (box_.side[part.element] == 0) open = part.element;
        }
        if (!met && open >= 0) return open;
    }
    return -1;
}

// Add up the leaves that the point reaches, as the model's library does.
void Prover::add_up() {
    const Index n = ways_.start.size();
    for (Index k = 0; k < n; ++k) scores_[k] = ways_.start[k];
    for (std::int32_t leaf : work_.leaves) {
        for (Index k = 0; k < n; ++k) {
            const double total = scores_[k] + ways_.values(leaf, k);
            scores_[k] = ways_.single[k] ? static_cast<double>(static_cast<float>(total)) : total;
        }
    }
    for (Index k = 0; k < n; ++k) scores_[k] /= ways_.divisor[k];
}

bool Prover::met(Index way) const {
    double gap = 0.0;
    for (Index k = 0; k < ways_.start.size(); ++k) {
        if (ways_.sign(way, k) != 0.0) gap += ways_.sign(way, k) * scores_[k];
    }
    gap -= ways_.limit[way];
    return gap > 0.0 || (gap == 0.0 && !ways_.strict[way]) ||
           (ways_.margin[way] > 0.0 && std::abs(gap) <= ways_.margin[way]);
}

bool Prover::outside() const {
    if (only_ >= 0) return met(only_);
    for (Index way = 0; way < ways_.limit.size(); ++way) {
        if (!met(way)) return false;
    }
    return true;
}

// Each tree has one leaf: the model's own arithmetic decides.
Answer Prover::settle() {
    for (Index a = 0; a < layout_.n_attributes(); ++a) {
        work_.point[a] = prefer_[a];
        clip(layout_, box_, a, work_.point);
    }
    reach_leaves(layout_, work_.point, work_.leaves);
    add_up();
    if (!outside()) {
        leaf(BY_SUM, -1);
        return NONE;
    }
    const Index e = unmet_clause(layout_, work_.point) < 0 ? -1 : open_in_clause();
    return e < 0 ? FOUND : split(e, 1);
}

Answer Prover::split(Index e, int side) {
    log_.split.push_back(static_cast<std::int32_t>(side * (e + 1)));
    const Answer first = within(e, side, [&] { return look(); });
    return first != NONE ? first : within(e, -side, [&] { return look(); });
}

Answer Prover::look() {
    if (work_.given_up(1 + layout_.n_trees()) || static_cast<Index>(log_.split.size()) >= most_) return UNKNOWN;
    if (closed()) return NONE;
    int side = 1;
    const Index e = choose(side);
    return e < 0 ? settle() : split(e, side);
}

} // namespace

Answer prove(const Problem& problem, Box& box, Index only, const Ways& ways, Ints prefer, Index most, Workspace& work,
             ProofLog& log) {
    ++work.nodes;
    return Prover(problem, box, only, ways, prefer, most, work, log).look();
}

} // namespace suffice
