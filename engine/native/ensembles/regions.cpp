#include "regions.hpp"

#include <numeric>

namespace suffice {

namespace {

// Settle the box, or leave that for later: no more waits than all elements.
void finish(const Layout& layout, Box& box, bool late) {
    if (!late) return settle(layout, box);
    if (static_cast<Index>(box.changed.size()) <= layout.n_elements()) return;
    box.changed.resize(layout.n_elements());
    std::iota(box.changed.begin(), box.changed.end(), Index{0});
}

// Bar the cells of a listed attribute that a literal which is kept excludes.
void bar_excluded(const Layout& layout, Box& box, Index a, Index cell, Flags kept) {
    const Attribute& attribute = layout.attribute[a];
    fill_set(layout, a, box.room, ~Word{0});
    for (Index e = attribute.base; e < layout.attribute[a + 1].base; ++e) {
        if (kept[e]) keep_alike(layout, a, e, cell, box.room);
    }
    for (Index c = 0; c < attribute.count; ++c)
        box.barred[attribute.cells + c] = in_set(layout, a, c, box.room) ? 0 : 1;
}

// The strongest of the bounds on each side of the instance's cell.
void mark_bounds(const Layout& layout, Index a, Index cell, Flags kept, FlagsOut written) {
    const Index base = layout.attribute[a].base, n = layout.attribute[a + 1].base - base;
    for (Index p = std::min(cell, n) - 1; p >= 0; --p) {
        if (!kept[base + p]) continue;
        written[base + p] = true;
        break;
    }
    for (Index p = cell; p < n; ++p) {
        if (!kept[base + p]) continue;
        written[base + p] = true;
        break;
    }
}

void mark_listed(const Layout& layout, Index a, Index cell, Flags kept, FlagsOut written) {
    struct Literal {
        Index element, n_cells;
    };
    std::vector<Literal> literals;
    std::vector<Index> times(layout.attribute[a].count); // how many literals that are there exclude each cell
    const auto each_excluded = [&](Index e, auto call) {
        for (Index w = 0; w < layout.n_words(a); ++w) {
            for (Word cells = excluded_cells(layout, a, e, cell, w); cells != 0; cells &= cells - 1) {
                call(times[w * word_bits + lowest(cells)]);
            }
        }
    };
    for (Index e = layout.attribute[a].base; e < layout.attribute[a + 1].base; ++e) {
        if (!kept[e]) continue;
        Index n_cells = 0;
        each_excluded(e, [&](Index& n) { ++n, ++n_cells; });
        literals.push_back({e, n_cells});
    }
    std::sort(literals.begin(), literals.end(), [](const Literal& one, const Literal& other) {
        return one.n_cells != other.n_cells ? one.n_cells < other.n_cells : one.element > other.element;
    });
    for (const Literal& literal : literals) {
        bool needed = false;
        each_excluded(literal.element, [&](Index n) { needed = needed || n == 1; });
        written[literal.element] = needed;
        if (!needed) each_excluded(literal.element, [](Index& n) { --n; });
    }
}

} // namespace

void set_box(const Layout& layout, Box& box, Ints cells, Flags kept, bool late) {
    for (Index a = 0; a < layout.n_attributes(); ++a) {
        const Attribute& attribute = layout.attribute[a];
        if (!attribute.interval) {
            bar_excluded(layout, box, a, cells[a], kept);
            put_cells(layout, box, a);
            continue;
        }
        Index lo = 0, hi = attribute.count - 1;
        for (Index p = 0; p < layout.attribute[a + 1].base - attribute.base; ++p) {
            if (!kept[attribute.base + p]) continue;
            if (p < cells[a])
                lo = std::max(lo, p + 1);
            else
                hi = std::min(hi, p);
        }
        put_range(layout, box, a, lo, hi);
    }
    finish(layout, box, late);
}

void set_point(const Layout& layout, Box& box, Ints cells, bool late) {
    for (Index a = 0; a < layout.n_attributes(); ++a) {
        put_cell(layout, box, a, cells[a]);
        box.lo[a] = box.hi[a] = cells[a]; // of listed attributes too, as `place` leaves them
    }
    finish(layout, box, late);
}

void set_region(const Layout& layout, Box& box, Ints low, Ints high, Flags allowed, bool late) {
    for (Index a = 0; a < layout.n_attributes(); ++a) {
        if (layout.attribute[a].interval) {
            put_range(layout, box, a, low[a], high[a]);
            continue;
        }
        for (Index c = layout.attribute[a].cells; c < layout.attribute[a + 1].cells; ++c) {
            box.barred[c] = allowed[c] ? 0 : 1;
        }
        put_cells(layout, box, a);
    }
    finish(layout, box, late);
}

void kept_in_box(const Layout& layout, const Box& box, FlagsOut kept) {
    for (Index e = 0; e < layout.n_elements(); ++e) kept[e] = box.side[e] != 0;
}

void mark_written(const Layout& layout, Ints cells, Flags kept, FlagsOut written) {
    written.fill(false);
    for (Index a = 0; a < layout.n_attributes(); ++a) {
        if (layout.attribute[a].interval)
            mark_bounds(layout, a, cells[a], kept, written);
        else
            mark_listed(layout, a, cells[a], kept, written);
    }
}

} // namespace suffice
