#include "branching.hpp"

#include "moves.hpp"

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

// The first entry of a row that leaves are left on both sides of (there is one if the row is open).
const Entry& first_test(const Workspace& work, const FrontRow& row) {
    const Entry* entry = &work.entry[row.first];
    while ((row.left & entry->low) == 0 || (row.left & entry->high) == 0) ++entry;
    return *entry;
}

// The slack after rows have lost what is listed from `begin` to `end`. They are left as they were. `One`: there is one
// column.
template <bool One> Index slack_without(Workspace& work, const Room<Loss>& losses, Index begin, Index end) {
    Step* const first = &work.trail[work.n_trail]; // room for what is put back
    Step* next = first;
    Index fall = 0; // of the bound, if there is one
    if constexpr (!One) work.fall.fill(0);
    for (Index i = begin; i < end; ++i) {
        const Loss& loss = losses[i];
        FrontRow& row = work.row[loss.row];
        const Word left = row.left, gone = left & loss.leaves;
        if (gone == 0) continue;
        *next++ = {static_cast<std::int32_t>(loss.row), 0, left};
        row.left = left ^ gone;
        if ((gone & (left & (0 - left))) == 0) continue; // its best leaf stays
        const Index* worth = work.of_row[loss.row].worth;
        (One ? fall : work.fall[row.column]) += worth[lowest(row.left)] - worth[lowest(left)];
    }
    while (next > first) {
        --next;
        work.row[next->what].left = next->old;
    }
    if constexpr (One) return work.total[0].bound + fall - work.total[0].need;
    Index least = std::numeric_limits<Index>::max();
    for (std::size_t k = 0; k < work.total.size(); ++k) {
        least = std::min(least, work.total[k].bound + work.fall[k] - work.total[k].need);
    }
    return least;
}

// The slack if a test is decided.
Index slack_after(const Layout& layout, Workspace& work, Index e, int side) {
    const Index a = layout.test[e].owner;
    if (layout.attribute[a].interval) {
        const std::int32_t* const at = &work.at[work.n_level * (layout.n_elements() + 1)];
        const Index base = layout.attribute[a].base;
        const Room<Loss>& losses = side > 0 ? work.if_true : work.if_false;
        const Index begin = at[side > 0 ? base + work.span[a].lo : e];
        const Index end = at[side > 0 ? e + 1 : base + work.span[a].hi];
        return work.total.size() == 1 ? slack_without<true>(work, losses, begin, end)
                                      : slack_without<false>(work, losses, begin, end);
    }
    const Index mark = work.n_trail;
    decide_element(layout, work, e, side);
    const Index left = slack(work);
    undo(work, mark);
    return left;
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
    for (Index r = work.level[work.n_level].row; r < work.level[work.n_level + 1].row; ++r) {
        const Index gap = work.row[r].gap;
        if (gap >= 0 && (widest < 0 || gap > work.row[widest].gap)) widest = r;
    }
    const FrontRow& row = work.row[widest];
    const Entry& test = first_test(work, row);
    return {test.element, lowest(row.left & ~test.low) <= lowest(row.left & ~test.high) ? 1 : -1, 2};
}

Choice strong(const Layout& layout, Workspace& work) {
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

} // namespace suffice
