// Widening a listed attribute: as many cells at once as may go, and what one counterexample says of all cells.
//
// With the literals kept so far and the cells that are refused it is known which cells the literals would leave that
// are dropped one after another as long as no refused cell comes back. What they leave is proved in one search. A
// counterexample refuses its own cell, and each other cell with which it stays one; then the next proposal is made. A
// search that gets long is given up for one over half as many cells. At the end the attribute has the very cells that
// asking cell by cell would have left: no accepted cell is bad, no refused one is not.
#include "alone.hpp"
#include "regions.hpp"
#include "widening.hpp"

#include <limits>

namespace suffice {

namespace {

constexpr Index long_search = 1000;     // nodes of a search over many cells: then over half of them
constexpr Index most_reached = 1 << 22; // numbers that say what trees reach with each cell

class CellWidening {
  public:
    CellWidening(Widening& widening, Index a, Index cell, FlagsOut kept)
        : on_(widening), layout_(widening.problem.layout), attribute_(layout_.attribute[a]), a_(a), cell_(cell),
          n_words_(layout_.n_words(a)), kept_(kept), sets_(widening.work.cell_sets),
          barred_(widening.box.barred.part(attribute_.cells, attribute_.cells + attribute_.count)) {}

    Answer run() {
        begin();
        const Answer answer = on_.mode == ALONE ? one_by_one() : many_at_once();
        bar_all_but(ALLOWED);
        refresh_cells(layout_, on_.box, a_);
        return answer;
    }

  private:
    // Sets of the attribute's cells: all; those that the box allows; those that literals leave; those that are refused,
    // proved, proposed.
    enum Set : Index { ALL, ALLOWED, LEFT, REFUSED_ONES, PROVED_ONES, PROPOSED };

    Word& word(Set set, Index w) const { return sets_(set, w); }
    bool has(Set set, Index c) const { return (word(set, c >> 6) >> (c & 63)) & 1; }
    void put(Set set, Index c) const { word(set, c >> 6) |= Word{1} << (c & 63); }
    void copy(Set from, Set to) const {
        for (Index w = 0; w < n_words_; ++w) word(to, w) = word(from, w);
    }
    // Cells of which nothing is known.
    Word open(Index w) const {
        return word(ALL, w) & ~(word(ALLOWED, w) | word(REFUSED_ONES, w) | word(PROVED_ONES, w));
    }

    void begin();
    void prove();
    Answer one_by_one();
    bool bounds_allow();
    bool sums_allow(Array<const Index, 2> reach) const;
    Answer many_at_once();
    void refuse();
    void list_literals();
    bool leave(Index t);
    Index propose(Index most);
    Answer ask(bool alone);
    Answer search_slab(bool alone);
    void accept();
    void bar(Set set);
    void bar_all_but(Set set);
    Word excluded(Index e, Index w) const { return excluded_cells(layout_, a_, e, cell_, w); }

    Widening& on_;
    const Layout& layout_;
    const Attribute& attribute_;
    const Index a_, cell_, n_words_;
    FlagsOut kept_;
    Array<Word, 2> sets_;
    IntsOut barred_;
};

// Write what is known of the cells without a search.
void CellWidening::begin() {
    for (Index set = 0; set < sets_.size(); ++set) {
        for (Index w = 0; w < n_words_; ++w) sets_(set, w) = 0;
    }
    for (Index c = 0; c < attribute_.count; ++c) {
        put(ALL, c);
        if (barred_[c] == 0) put(ALLOWED, c);
    }
    if (on_.mode == ALONE) return;
    prove();
    if (on_.mode == QUICK) {
        for (Index w = 0; w < n_words_; ++w) word(REFUSED_ONES, w) = open(w);
        return;
    }
    for (Index i = 0; i < on_.pool.size(); ++i) {
        if (on_.recall(i)) refuse();
    }
}

void CellWidening::prove() {
    if (on_.leaves != nullptr) {
        bar(ALLOWED);
        on_.leaves->prove_cells(on_.problem.columns, on_.box.barred, a_, sets_.row(PROVED_ONES));
        bar_all_but(ALLOWED);
        return;
    }
    prove_cells(on_.problem, on_.box, a_, on_.work);
    for (Index c = 0; c < attribute_.count; ++c) {
        if (barred_[c] != 0 && on_.work.cell(c, STATE) == CellState::PROVED) put(PROVED_ONES, c);
    }
}

// Refuse each cell with which the guide, a point of the box, is bad.
void CellWidening::refuse() {
    const Index cost = cost_of_decision(layout_);
    std::int32_t own = on_.guide[a_];
    for (Index w = 0; w < n_words_; ++w) {
        for (Word cells = open(w); cells != 0; cells &= cells - 1) {
            const Index c = w * word_bits + lowest(cells);
            on_.guide[a_] = static_cast<std::int32_t>(c);
            if (on_.work.given_up(cost)) break;
            if (!is_bad(on_.problem, on_.guide, on_.work)) continue;
            put(REFUSED_ONES, c);
            own = on_.guide[a_];
        }
    }
    on_.guide[a_] = own;
}

// Ask cell by cell, of the whole box: what each tree can still do on its own.
Answer CellWidening::one_by_one() {
    const Index rows = layout_.n_trees() * on_.problem.columns.size();
    Buffer<Index, 2> reach;
    if (rows * attribute_.count <= most_reached) {
        reach = Buffer<Index, 2>(rows, attribute_.count);
        if (!reach_cells(on_.problem, on_.box, a_, reach, on_.work)) return UNKNOWN;
    }
    for (Index t = 0; t < attribute_.count; ++t) {
        if (on_.work.given_up(reach.empty() ? cost_of_change(layout_, a_) : 1 + rows / 8)) return UNKNOWN;
        if (has(ALLOWED, t)) continue;
        copy(ALLOWED, PROPOSED);
        list_literals();
        leave(t);
        if (!(reach.empty() ? bounds_allow() : sums_allow(reach))) continue;
        copy(LEFT, PROPOSED);
        accept();
    }
    return NONE;
}

// Whether the whole box, with the cells that are left, holds by what each tree reaches on its own.
bool CellWidening::bounds_allow() {
    bar_all_but(LEFT);
    refresh_cells(layout_, on_.box, a_);
    return on_.allows() == NONE;
}

// The same, if it is known what the trees reach with each cell.
bool CellWidening::sums_allow(Array<const Index, 2> reach) const {
    const Columns& columns = on_.problem.columns;
    std::vector<Index>& total = on_.work.literals;
    total.assign(columns.offset.begin(), columns.offset.end());
    for (Index row = 0; row < reach.size(); ++row) {
        Index best = std::numeric_limits<Index>::min();
        for (Index w = 0; w < n_words_; ++w) {
            for (Word cells = word(LEFT, w); cells != 0; cells &= cells - 1) {
                best = std::max(best, reach(row, w * word_bits + lowest(cells)));
            }
        }
        total[row % columns.size()] += best;
    }
    return columns.decided({total.data(), {columns.size()}});
}

Answer CellWidening::many_at_once() {
    const Index n = attribute_.count;
    const Index cost = cost_of_change(layout_, a_) + n;
    Index most = n;
    while (!on_.work.given_up(cost)) {
        const Index added = propose(most);
        if (added < 0) return NONE;
        const Answer answer = added == 0 ? NONE : ask(most == 1);
        if (answer == NONE) {
            accept();
            most = std::min(n, 2 * most);
        } else if (answer == FOUND) {
            on_.remember();
            refuse();
        } else if (most == 1) {
            return UNKNOWN;
        } else {
            most = std::max<Index>(1, std::min(most, added) / 2);
        }
    }
    return UNKNOWN;
}

// List the literals that are kept and exclude no proposed cell.
void CellWidening::list_literals() {
    on_.work.literals.clear();
    for (Index e = attribute_.base; e < layout_.attribute[a_ + 1].base; ++e) {
        if (!kept_[e]) continue;
        Word some = 0;
        for (Index w = 0; w < n_words_; ++w) some |= excluded(e, w) & word(PROPOSED, w);
        if (some == 0) on_.work.literals.push_back(e);
    }
}

// Write the cells that are left without the literals that exclude t or proposed cells; tell if none is refused.
bool CellWidening::leave(Index t) {
    copy(ALL, LEFT);
    for (Index e : on_.work.literals) {
        if ((excluded(e, t >> 6) >> (t & 63)) & 1) continue;
        for (Index w = 0; w < n_words_; ++w) word(LEFT, w) &= ~excluded(e, w);
    }
    Word bad = 0;
    for (Index w = 0; w < n_words_; ++w) bad |= word(LEFT, w) & word(REFUSED_ONES, w);
    return bad == 0;
}

// Write the cells to allow; return how many of them are to be proved (-1: there are none to allow). More than `most`
// only if one literal cannot be dropped with fewer.
Index CellWidening::propose(Index most) {
    Index added = -1;
    copy(ALLOWED, PROPOSED);
    list_literals();
    for (Index t = 0; t < attribute_.count; ++t) {
        if (has(PROPOSED, t) || has(REFUSED_ONES, t) || !leave(t)) continue;
        Index now = 0;
        for (Index w = 0; w < n_words_; ++w) now += count_bits(word(LEFT, w) & open(w));
        if (added >= 0 && now > most) break;
        added = now;
        copy(LEFT, PROPOSED);
        std::erase_if(on_.work.literals, [&](Index e) { return (excluded(e, t >> 6) >> (t & 63)) & 1; });
    }
    return added;
}

// Search the proposed cells that are not proved, everything else as in the box; a long time only if `alone`.
Answer CellWidening::ask(bool alone) {
    for (Index w = 0; w < n_words_; ++w) word(LEFT, w) = word(PROPOSED, w) & open(w);
    bar_all_but(LEFT);
    const Answer answer = search_slab(alone);
    bar_all_but(ALLOWED);
    return answer;
}

Answer CellWidening::search_slab(bool alone) {
    Workspace& work = on_.work;
    const Index limit = work.limit;
    if (on_.leaves != nullptr) {
        work.limit = std::min(limit, work.nodes + long_search);
        const Answer answer = on_.leaves->hold_cells(on_.problem, on_.box.barred, work);
        work.limit = limit;
        if (answer != UNKNOWN || !alone || work.given_up()) return answer; // else tests may do better
    }
    refresh_cells(layout_, on_.box, a_);
    if (!alone) work.limit = std::min(limit, work.nodes + long_search);
    const Answer answer = box_holds(on_.problem, on_.box, on_.guide, work);
    work.limit = limit;
    return answer;
}

// Allow the proposed cells, without the literals that exclude any of them.
void CellWidening::accept() {
    for (Index e = attribute_.base; e < layout_.attribute[a_ + 1].base; ++e) {
        if (!kept_[e]) continue;
        Word some = 0;
        for (Index w = 0; w < n_words_; ++w) some |= excluded(e, w) & word(PROPOSED, w);
        kept_[e] = some == 0;
    }
    copy(PROPOSED, ALLOWED);
    bar_all_but(ALLOWED);
}

void CellWidening::bar(Set set) {
    for (Index c = 0; c < attribute_.count; ++c) barred_[c] = has(set, c) ? 1 : 0;
}

void CellWidening::bar_all_but(Set set) {
    for (Index c = 0; c < attribute_.count; ++c) barred_[c] = has(set, c) ? 0 : 1;
}

} // namespace

Answer widen_listed(Widening& widening, Index a, Index cell, FlagsOut kept) {
    return CellWidening(widening, a, cell, kept).run();
}

} // namespace suffice
