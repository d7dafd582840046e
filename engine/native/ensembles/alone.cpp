#include "alone.hpp"

#include "cells.hpp"

namespace suffice {

namespace {

constexpr Index least = -(Index{1} << 62);

// About how many hundreds of nanoseconds a walk through a tree takes.
Index cost_of_walk(const Layout& layout) { return 1 + layout.n_nodes() / (8 * std::max<Index>(1, layout.n_trees())); }

// Leave only the cells on a side of an element; tell whether one is left. What changed is saved from `n` on.
bool narrow(const Layout& layout, Index e, int side, Index& n, Workspace& work) {
    const Test& test = layout.test[e];
    if (layout.attribute[test.owner].interval) return true;
    const Index first = layout.attribute[test.owner].words;
    Word some = 0;
    for (Index w = 0; w < layout.n_words(test.owner); ++w) {
        const Word is_true = layout.truth[test.row + w], old = work.room[first + w];
        const Word now = old & (side > 0 ? is_true : ~is_true);
        some |= now;
        if (now == old) continue;
        work.saved[n++] = {first + w, old};
        work.room[first + w] = now;
    }
    return some != 0;
}

// Make the worth of each cell in the set of an attribute at least this.
void raise_cells(const Layout& layout, Index a, Index worth, Workspace& work) {
    const Attribute& attribute = layout.attribute[a];
    for (Index w = 0; w < layout.n_words(a); ++w) {
        for (Word cells = work.room[attribute.words + w]; cells != 0; cells &= cells - 1) {
            Index& best = work.reach(attribute.cells + w * word_bits + lowest(cells), 0);
            best = std::max(best, worth);
        }
    }
}

// The greatest worth of the leaves of one tree that the sets of cells in `work.room` and the box reach. With an
// attribute `a` the greatest worth of each cell of its set is written to `work.reach` instead; the box says nothing of
// its tests then.
Index walk(const Problem& problem, const Box& box, Index t, Index k, Index a, Workspace& work) {
    const Layout& layout = problem.layout;
    Index best = least, top = 0, n = 0;
    work.visit[0] = {layout.root[t], 0, 0};
    while (top >= 0) {
        Visit& visit = work.visit[top];
        if (visit.mark > 0) { // it was entered
            for (; n >= visit.mark; --n) work.room[work.saved[n - 1].at] = work.saved[n - 1].old;
            --top;
            continue;
        }
        visit.mark = n + 1;
        const Node& node = layout.node[visit.node];
        const bool left = visit.side == 0 || narrow(layout, layout.node[node.parent].element, visit.side, n, work);
        if (!left || (a < 0 && box.best(visit.node, k) <= best)) continue;
        if (node.element < 0) {
            best = problem.columns.worth(node.leaf, k); // more than before, where nothing is asked of cells
            if (a >= 0) raise_cells(layout, a, best, work);
            continue;
        }
        const bool free = a >= 0 && layout.test[node.element].owner == a;
        const int side = free ? 0 : box.side[node.element];
        const bool high_is_better = box.best(node.high, k) > box.best(node.low, k);
        for (const bool up : {!high_is_better, high_is_better}) { // the better child comes last, so it is entered first
            if (side == 0 || (side > 0) == up) work.visit[++top] = {up ? node.high : node.low, up ? 1 : -1, 0};
        }
    }
    return best;
}

// Write the sets of cells that the box allows.
void gather_allowed(const Layout& layout, const Box& box, Workspace& work) {
    for (Index a = 0; a < layout.n_attributes(); ++a) {
        if (!layout.attribute[a].interval) gather_cells(layout, a, box.barred, work.room);
    }
}

// Write the set of cells of an attribute that the box bars.
void gather_barred(const Layout& layout, const Box& box, Index a, Workspace& work) {
    const Attribute& attribute = layout.attribute[a];
    fill_set(layout, a, work.room, 0);
    for (Index c = 0; c < attribute.count; ++c) {
        if (box.barred[attribute.cells + c] != 0) work.room[attribute.words + (c >> 6)] |= Word{1} << (c & 63);
    }
}

// Write the sum of the trees' best worths for each cell that the box bars; false if it was stopped.
bool best_of_cells(const Problem& problem, const Box& box, Index k, Index a, Workspace& work) {
    const Layout& layout = problem.layout;
    const Index begin = layout.attribute[a].cells, end = layout.attribute[a + 1].cells;
    for (Index c = begin; c < end; ++c) work.reach(c, 1) = problem.columns.offset[k];
    for (Index t = 0; t < layout.n_trees(); ++t) {
        if (work.clock->up(cost_of_walk(layout))) return false;
        for (Index c = begin; c < end; ++c) work.reach(c, 0) = least;
        walk(problem, box, t, k, a, work);
        for (Index c = begin; c < end; ++c) {
            if (box.barred[c] != 0) work.reach(c, 1) += work.reach(c, 0);
        }
    }
    return true;
}

} // namespace

bool alone_decides(const Problem& problem, const Box& box, Workspace& work) {
    const Layout& layout = problem.layout;
    const Columns& columns = problem.columns;
    if (layout.n_listed_cells() == 0) return false; // the bounds are exact already
    gather_allowed(layout, box, work);
    const bool all = columns.goal != nullptr; // whether sums are of use together only
    auto sums = Buffer<Index>::copy_of(box.bound);
    for (Index k = 0; k < columns.size(); ++k) {
        for (Index t = 0; t < layout.n_trees() && (all || sums[k] >= columns.need[k]); ++t) {
            if (work.clock->up(cost_of_walk(layout))) return false;
            sums[k] += walk(problem, box, t, k, -1, work) - box.best(layout.root[t], k);
        }
        const bool short_of = sums[k] < columns.need[k];
        if (!all && short_of == columns.together) return columns.together;
    }
    return columns.decided(sums);
}

void prove_cells(const Problem& problem, const Box& box, Index a, Workspace& work) {
    const Columns& columns = problem.columns;
    const Index begin = problem.layout.attribute[a].cells, n = problem.layout.attribute[a].count;
    gather_allowed(problem.layout, box, work);
    gather_barred(problem.layout, box, a, work);
    const auto fill = [&](CellState state) {
        for (Index c = 0; c < n; ++c) work.cell(c, STATE) = state;
    };
    fill(columns.together || columns.goal ? OPEN : PROVED);
    if (columns.goal) return; // its columns are of use together only
    for (Index k = 0; k < columns.size(); ++k) {
        if (!best_of_cells(problem, box, k, a, work)) return fill(OPEN);
        for (Index c = 0; c < n; ++c) {
            const bool short_of = work.reach(begin + c, 1) < columns.need[k];
            if (short_of == columns.together) work.cell(c, STATE) = short_of ? PROVED : OPEN;
        }
    }
}

bool reach_cells(const Problem& problem, const Box& box, Index a, Array<Index, 2> reach, Workspace& work) {
    const Layout& layout = problem.layout;
    const Attribute& attribute = layout.attribute[a];
    const Index n_columns = problem.columns.size();
    gather_allowed(layout, box, work);
    for (Index c = 0; c < attribute.count; ++c) work.room[attribute.words + (c >> 6)] |= Word{1} << (c & 63);
    for (Index row = 0; row < layout.n_trees() * n_columns; ++row) {
        if (work.clock->up(cost_of_walk(layout))) return false;
        for (Index c = 0; c < attribute.count; ++c) work.reach(attribute.cells + c, 0) = least;
        walk(problem, box, row / n_columns, row % n_columns, a, work);
        for (Index c = 0; c < attribute.count; ++c) reach(row, c) = work.reach(attribute.cells + c, 0);
    }
    return true;
}

} // namespace suffice
