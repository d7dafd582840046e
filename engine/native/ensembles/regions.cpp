#include "regions.hpp"

namespace suffice {

namespace {

void finish(const Layout& layout, Box& box, bool late) {
    if (late)
        sweep(layout, box);
    else
        settle(layout, box);
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

} // namespace suffice
