#include "branching.hpp"

#include "moves.hpp"

#include <limits>

namespace suffice {

namespace {

// How far the tightest column is above what it needs (negative: hopeless).
double slack(const Workspace& work) {
    Index least = std::numeric_limits<Index>::max();
    for (const Total& total : work.total) least = std::min(least, total.bound - total.need);
    return static_cast<double>(least);
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

} // namespace

FrontState look(Workspace& work) {
    FrontState state = FrontState::settled;
    for (Index r = work.level[work.n_level].row; r < work.level[work.n_level + 1].row; ++r) {
        FrontRow& row = work.row[r];
        row.gap = (row.left & (row.left - 1)) != 0 ? spread(row, work.of_row[r]) : -1;
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
    const double now = slack(work);
    const Index mark = work.n_trail, stamp = ++work.stamp;
    const auto after = [&](Index e, int side) {
        decide_element(layout, work, e, side);
        const double left = slack(work);
        undo(work, mark);
        return left;
    };
    Choice best{-1, 1, 2};
    double top = -1.0;
    for (Index r = work.level[work.n_level].row; r < work.level[work.n_level + 1].row; ++r) {
        if (work.row[r].gap < 0) continue;
        const Index e = first_test(work, work.row[r]).element;
        if (work.tried[e] == stamp) continue;
        work.tried[e] = stamp;
        const double up = after(e, 1), down = after(e, -1);
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
