#include "regions.hpp"

namespace suffice {

namespace {

void give_range(const Layout& layout, Box& box, Index a, Index lo, Index hi, bool late) {
    if (late)
        put_range(layout, box, a, lo, hi);
    else if (box.lo[a] != lo || box.hi[a] != hi)
        set_range(layout, box, a, lo, hi);
}

void give_cells(const Layout& layout, Box& box, Index a, bool late) {
    if (late)
        put_cells(layout, box, a);
    else
        refresh_cells(layout, box, a);
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

} // namespace

void set_box(const Layout& layout, Box& box, Ints cells, Flags kept, bool late) {
    for (Index a = 0; a < layout.n_attributes(); ++a) {
        const Attribute& attribute = layout.attribute[a];
        if (!attribute.interval) {
            bar_excluded(layout, box, a, cells[a], kept);
            give_cells(layout, box, a, late);
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
        give_range(layout, box, a, lo, hi, late);
    }
    if (late) sweep(layout, box);
}

void set_region(const Layout& layout, Box& box, Ints low, Ints high, Flags allowed, bool late) {
    for (Index a = 0; a < layout.n_attributes(); ++a) {
        if (layout.attribute[a].interval) {
            give_range(layout, box, a, low[a], high[a], late);
            continue;
        }
        for (Index c = layout.attribute[a].cells; c < layout.attribute[a + 1].cells; ++c) {
            box.barred[c] = allowed[c] ? 0 : 1;
        }
        give_cells(layout, box, a, late);
    }
    if (late) sweep(layout, box);
}

void kept_in_box(const Layout& layout, const Box& box, FlagsOut kept) {
    for (Index e = 0; e < layout.n_elements(); ++e) kept[e] = box.side[e] != 0;
}

} // namespace suffice
