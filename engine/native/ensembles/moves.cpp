#include "moves.hpp"

#include "cells.hpp"

namespace suffice {

namespace {

// Where the losses of an element of the uppermost level begin.
const std::int32_t* listed(const Layout& layout, const Workspace& work, Index e) {
    return &work.at[work.n_level * (layout.n_elements() + 1) + e];
}

void note(Workspace& work, std::int32_t what, Index which, Word old) {
    work.trail[work.n_trail++] = {what, static_cast<std::int32_t>(which), old};
}

// Take leaves away from rows: what is listed from `begin` to `end`.
void take_away(Workspace& work, const Room<Loss>& losses, Index begin, Index end) {
    for (Index i = begin; i < end; ++i) {
        const Loss& loss = losses[i];
        FrontRow& row = work.row[loss.row];
        const Word left = row.left, now = left & ~loss.leaves;
        if (now == left) continue;
        note(work, static_cast<std::int32_t>(loss.row), 0, left);
        row.left = now;
        const Index* worth = work.of_row[loss.row].worth;
        work.total[row.column].bound += worth[lowest(now)] - worth[lowest(left)];
    }
}

} // namespace

void narrow_range(const Layout& layout, Workspace& work, Index a, Index lo, Index hi) {
    const std::int32_t* at = listed(layout, work, layout.attribute[a].base);
    const Span old = work.span[a];
    note(work, UNDO_RANGE, a, static_cast<Word>(old.lo) << 32 | static_cast<Word>(old.hi));
    work.span[a] = {lo, hi};
    if (old.lo < lo) take_away(work, work.if_true, at[old.lo], at[lo]);
    if (hi < old.hi) take_away(work, work.if_false, at[hi], at[old.hi]);
}

void bar_cell(const Layout& layout, Workspace& work, Index a, Index c) {
    const Index cell = layout.attribute[a].cells + c;
    work.barred[cell] = 1;
    note(work, UNDO_CELL, cell, 0);
}

void settle_cells(const Layout& layout, Workspace& work, Index a) {
    gather_cells(layout, a, work.barred, work.room);
    const auto settle = [&](Index e, int side) {
        work.side[e] = static_cast<std::int8_t>(side);
        note(work, UNDO_SIDE, e, 0);
        const std::int32_t* at = listed(layout, work, e);
        take_away(work, side > 0 ? work.if_true : work.if_false, at[0], at[1]);
    };
    const Index begin = layout.attribute[a].base, end = layout.attribute[a + 1].base;
    if (layout.n_words(a) == 1) { // nearly always: one comparison a test
        const Word allowed = work.room[layout.attribute[a].words];
        for (Index e = begin; e < end; ++e) {
            const Word is_true = layout.truth[layout.test[e].row];
            const bool some = (allowed & is_true) != 0, all = (allowed & ~is_true) == 0;
            if (((some != all) | (work.side[e] != 0)) == 0) settle(e, all ? 1 : -1);
        }
        return;
    }
    for (Index e = begin; e < end; ++e) {
        if (work.side[e] != 0) continue;
        if (const int side = side_of_set(layout, a, e, work.room); side != 0) settle(e, side);
    }
}

void decide_element(const Layout& layout, Workspace& work, Index e, int side) {
    const Index a = layout.test[e].owner;
    const Attribute& attribute = layout.attribute[a];
    if (attribute.interval) {
        const Index p = e - attribute.base;
        const Span span = work.span[a];
        return side > 0 ? narrow_range(layout, work, a, p + 1, span.hi) : narrow_range(layout, work, a, span.lo, p);
    }
    for (Index c = 0; c < attribute.count; ++c) {
        if (layout.true_in(e, c) != (side > 0) && work.barred[attribute.cells + c] == 0) bar_cell(layout, work, a, c);
    }
    settle_cells(layout, work, a);
}

void undo(Workspace& work, Index mark) {
    while (work.n_trail > mark) {
        const Step& step = work.trail[--work.n_trail];
        if (step.what >= 0) {
            FrontRow& row = work.row[step.what];
            const Word now = row.left;
            row.left = step.old;
            const Index* worth = work.of_row[step.what].worth;
            work.total[row.column].bound += worth[lowest(step.old)] - worth[lowest(now)];
        } else if (step.what == UNDO_RANGE) {
            work.span[step.which] = {static_cast<Index>(step.old >> 32), static_cast<Index>(step.old & 0xFFFFFFFF)};
        } else if (step.what == UNDO_CELL) {
            work.barred[step.which] = 0;
        } else {
            work.side[step.which] = 0;
        }
    }
}

} // namespace suffice
