#include "branching.hpp"

#include "cells.hpp"

#include <limits>

namespace suffice {

namespace {

// How far the tightest column is above what it needs (negative: hopeless).
Index slack(const Workspace& work) {
    Index least = std::numeric_limits<Index>::max();
    for (const Total& total : work.total) least = std::min(least, total.bound - total.need);
    return least;
}

// How far the worths of the leaves of a row that are left reach apart; -1 if they are the same leaf to the model.
Index spread(const FrontRow& row, const RowLeaves& leaves) {
    const int best = lowest(row.left);
    const Index gap = leaves.worth[best] - leaves.worth[highest(row.left)];
    if (gap > 0 || (row.left & row.deep) != 0) return gap; // a finer front helps only below one leaf
    for (Word rest = row.left & (row.left - 1); rest != 0; rest &= rest - 1) {
        if (leaves.kind[lowest(rest)] != leaves.kind[best]) return 0;
    }
    return -1;
}

// Leave in the set of a listed attribute only the cells on a side of one of its elements.
void keep_side(const Layout& layout, Index a, Index e, int side, Words room) {
    const Index first = layout.attribute[a].words, row = layout.test[e].row;
    for (Index w = 0; w < layout.n_words(a); ++w)
        room[first + w] &= side > 0 ? layout.truth[row + w] : ~layout.truth[row + w];
}

// The first entry of a row that leaves are left on both sides of (there is one if the row is open).
const Entry& first_test(const Workspace& work, const FrontRow& row) {
    const Entry* entry = &work.entry[row.first];
    while ((row.left & entry->low) == 0 || (row.left & entry->high) == 0) ++entry;
    return *entry;
}

// Leaves that rows lose for a moment, and how far the bounds fall with them. `One`: there is one column.
template <bool One> class Trial {
  public:
    explicit Trial(Workspace& work) : work_(work), first_(&work.trail[work.n_trail]), next_(first_) {
        if constexpr (!One) work.fall.fill(0);
    }

    // Take away what is listed from `begin` to `end`.
    void lose(const Room<Loss>& losses, Index begin, Index end) {
        for (Index i = begin; i < end; ++i) {
            const Loss& loss = losses[i];
            FrontRow& row = work_.row[loss.row];
            const Word left = row.left, gone = left & loss.leaves;
            if (gone == 0) continue;
            *next_++ = {static_cast<std::int32_t>(loss.row), 0, left};
            row.left = left ^ gone;
            if ((gone & (left & (0 - left))) == 0) continue; // its best leaf stays
            const Index* worth = work_.of_row[loss.row].worth;
            (One ? fall_ : work_.fall[row.column]) += worth[lowest(row.left)] - worth[lowest(left)];
        }
    }

    // Leave the rows as they were; return the slack that there would have been.
    Index end() {
        while (next_ > first_) {
            --next_;
            work_.row[next_->what].left = next_->old;
        }
        if constexpr (One) return work_.total[0].bound + fall_ - work_.total[0].need;
        if (work_.goal != nullptr && work_.question >= 0) return slack_of_goal();
        Index least = std::numeric_limits<Index>::max();
        for (std::size_t k = 0; k < work_.total.size(); ++k) {
            least = std::min(least, work_.total[k].bound + work_.fall[k] - work_.total[k].need);
        }
        return least;
    }

  private:
    // How far the column of the question would be above what it needs with the scores that would be left.
    Index slack_of_goal() {
        for (std::size_t k = 0; k < work_.total.size(); ++k) work_.fall[k] += work_.total[k].bound;
        const Index need = work_.goal->need(work_.question, work_.fall.data, 1);
        return work_.fall[work_.question] - std::max(need, work_.least_need);
    }

    Workspace& work_;
    Step* const first_; // room for what is put back
    Step* next_;
    Index fall_ = 0; // of the bound, if there is one
};

// Lose what the tests of a listed attribute take away if one of them is decided.
template <bool One> void try_listed(const Layout& layout, Workspace& work, Index e, int side, Trial<One>& trial) {
    const Index a = layout.test[e].owner;
    const std::int32_t* const at = &work.at[work.n_level * (layout.n_elements() + 1)];
    gather_cells(layout, a, work.barred, work.room);
    keep_side(layout, a, e, side, work.room);
    for (Index f = layout.attribute[a].base; f < layout.attribute[a + 1].base; ++f) {
        if (work.side[f] != 0 || at[f] == at[f + 1]) continue;
        if (const int said = side_of_set(layout, a, f, work.room); said != 0) {
            trial.lose(said > 0 ? work.if_true : work.if_false, at[f], at[f + 1]);
        }
    }
}

// The slack if a test is decided.
template <bool One> Index slack_after(const Layout& layout, Workspace& work, Index e, int side) {
    const Index a = layout.test[e].owner;
    Trial<One> trial(work);
    if (layout.attribute[a].interval) {
        const std::int32_t* const at = &work.at[work.n_level * (layout.n_elements() + 1)];
        const Index base = layout.attribute[a].base;
        if (side > 0)
            trial.lose(work.if_true, at[base + work.span[a].lo], at[e + 1]);
        else
            trial.lose(work.if_false, at[e], at[base + work.span[a].hi]);
    } else {
        try_listed(layout, work, e, side, trial);
    }
    return trial.end();
}

Index slack_after(const Layout& layout, Workspace& work, Index e, int side) {
    return work.total.size() == 1 ? slack_after<true>(layout, work, e, side)
                                  : slack_after<false>(layout, work, e, side);
}

// The test that splits best, by what columns need as it is set.
Choice strong_choice(const Layout& layout, Workspace& work) {
    const auto now = static_cast<double>(slack(work));
    const Index stamp = ++work.stamp;
    Choice best{-1, 1, 2};
    double top = -1.0;
    for (Index r = work.level[work.n_level].row; r < work.level[work.n_level + 1].row; ++r) {
        FrontRow& row = work.row[r];
        if (row.gap < 0) continue;
        if (row.test < 0) row.test = first_test(work, row).element;
        const Index e = row.test;
        if (work.tried[e] == stamp) continue;
        work.tried[e] = stamp;
        const auto up = static_cast<double>(slack_after(layout, work, e, 1));
        const auto down = static_cast<double>(slack_after(layout, work, e, -1));
        if (up < 0 || down < 0) return {e, up >= 0 ? 1 : -1, up < 0 && down < 0 ? 0 : 1};
        const double score = (now - up + 1.0) * (now - down + 1.0);
        if (score > top) {
            best = {e, up >= down ? 1 : -1, 2};
            top = score;
        }
    }
    return best;
}

} // namespace

FrontState look(Workspace& work) {
    FrontState state = FrontState::settled;
    for (Index r = work.level[work.n_level].row; r < work.level[work.n_level + 1].row; ++r) {
        FrontRow& row = work.row[r];
        if (row.seen != row.left) {
            row.gap = (row.left & (row.left - 1)) != 0 ? spread(row, work.of_row[r]) : -1;
            row.seen = row.left;
            row.test = -1;
        }
        if (row.gap >= 0)
            state = FrontState::open;
        else if (state == FrontState::settled && (row.left & row.deep) != 0)
            state = FrontState::coarse;
    }
    return state;
}

Choice dive(const Workspace& work) {
    Index widest = -1;
    const auto tells = [&](Index r) { return work.goal == nullptr || work.row[r].column < work.goal->size(); };
    for (Index r = work.level[work.n_level].row; r < work.level[work.n_level + 1].row; ++r) {
        const Index gap = work.row[r].gap;
        if (gap < 0) continue;
        const bool better = widest < 0 || gap > work.row[widest].gap;
        if (widest < 0 || (tells(r) == tells(widest) ? better : tells(r))) widest = r;
    }
    const FrontRow& row = work.row[widest];
    const Entry& test = first_test(work, row);
    return {test.element, lowest(row.left & ~test.low) <= lowest(row.left & ~test.high) ? 1 : -1, 2};
}

Choice strong(const Layout& layout, Workspace& work) {
    const bool asked_now = work.goal != nullptr && work.question >= 0;
    if (asked_now) { // its own column needs more in a smaller box
        constexpr Index stride = sizeof(Total) / sizeof(Index);
        Total& asked = work.total[work.question];
        asked.need = std::max(work.least_need, work.goal->need(work.question, &work.total[0].bound, stride));
    }
    const Choice found = strong_choice(layout, work);
    if (asked_now) work.total[work.question].need = work.least_need;
    return found;
}

} // namespace suffice
