#include "filter.hpp"

#include "branching.hpp"
#include "cells.hpp"
#include "moves.hpp"

namespace suffice {

namespace {

constexpr Index few = 6; // cells of attributes that tests alone sort out
constexpr Index never = Index{1} << 61;

// Whether an attribute is listed and has more than a few cells.
bool has_many(const Layout& layout, Index a) {
    return !layout.attribute[a].interval && layout.attribute[a].count > few;
}

// Write for each allowed cell the leaves of a row that the tests on its attribute take away; tell if there are some.
bool lose(const Layout& layout, Workspace& work, Index r) {
    bool some = false;
    work.lost.fill(0);
    const Word left = work.row[r].left;
    for (Index x = work.row[r].first; x < work.row[r + 1].first; ++x) {
        const Entry& entry = work.entry[x];
        const Word low = left & entry.low, high = left & entry.high;
        if (low == 0 || high == 0) continue;
        const Test& test = layout.test[entry.element];
        if (!has_many(layout, test.owner)) continue;
        some = true;
        const Attribute& attribute = layout.attribute[test.owner];
        const auto put = [&](Index w, Word cells, Word gone) {
            for (; cells != 0; cells &= cells - 1) {
                work.lost[attribute.cells + w * word_bits + lowest(cells)] |= gone;
            }
        };
        for (Index w = 0; w < layout.n_words(test.owner); ++w) {
            const Word cells = work.room[attribute.words + w], is_true = layout.truth[test.row + w];
            put(w, cells & is_true, low);
            put(w, cells & ~is_true, high);
        }
    }
    return some;
}

// Write for each allowed cell by how much the bounds fall when its attribute has no other.
void measure_falls(const Layout& layout, Workspace& work) {
    work.reach.fill(0);
    for (Index a = 0; a < layout.n_attributes(); ++a) {
        if (has_many(layout, a)) gather_cells(layout, a, work.barred, work.room);
    }
    for (Index r = work.level[work.n_level].row; r < work.level[work.n_level + 1].row; ++r) {
        const Word left = work.row[r].left;
        if ((left & (left - 1)) == 0 || !lose(layout, work, r)) continue;
        const Index* worth = work.of_row[r].worth;
        const Index k = work.row[r].column;
        const int best = lowest(left);
        for (Index c = 0; c < work.lost.size(); ++c) {
            if ((work.lost[c] >> best & 1) == 0) continue;
            const Word now = left & ~work.lost[c];
            Index& fall = work.reach(c, 1 + k);
            fall = now != 0 ? fall + worth[lowest(now)] - worth[best] : -never;
        }
    }
}

// Take away the cells of an attribute that do not reach what is needed; return how many, -1 if none is left.
Index take_cells(const Layout& layout, Workspace& work, Index a) {
    const Index begin = layout.attribute[a].cells;
    Index fell = 0, rest = 0;
    for (Index c = 0; c < layout.attribute[a].count; ++c) {
        if (work.barred[begin + c] != 0) continue;
        bool possible = true;
        for (std::size_t k = 0; k < work.total.size(); ++k) {
            possible = possible && work.total[k].bound + work.reach(begin + c, 1 + k) >= work.total[k].need;
        }
        if (possible) {
            ++rest;
        } else {
            bar_cell(layout, work, a, c);
            ++fell;
        }
    }
    return rest > 0 ? fell : -1;
}

} // namespace

bool filter_cells(const Layout& layout, Workspace& work) {
    while (true) {
        Index fell = 0;
        measure_falls(layout, work);
        for (Index a = 0; a < layout.n_attributes(); ++a) {
            const Index gone = has_many(layout, a) ? take_cells(layout, work, a) : 0;
            if (gone < 0) return true;
            fell += gone;
        }
        if (fell == 0) return false;
        for (Index a = 0; a < layout.n_attributes(); ++a) {
            if (has_many(layout, a)) settle_cells(layout, work, a);
        }
        if (hopeless(work)) return true;
    }
}

} // namespace suffice
