// Boxes that sets of elements, or regions, stand for. `late`: it is settled later, before its bests
// and bounds are looked at.
#pragma once

#include "box.hpp"

namespace suffice {

// The cells of a listed attribute, in word w of their set, that the literal of an element at an instance's cell
// excludes.
inline Word excluded_cells(const Layout& layout, Index a, Index e, Index cell, Index w) {
    const Index beyond = (w + 1) * word_bits - layout.attribute[a].count; // bits that are no cells
    const Word all = beyond > 0 ? ~Word{0} >> beyond : ~Word{0};
    const Word is_true = layout.truth[layout.test[e].row + w];
    return all & (layout.true_in(e, cell) ? ~is_true : is_true);
}

// Make the box what a closed set of elements leaves around the instance.
void set_box(const Layout& layout, Box& box, Ints cells, Flags kept, bool late);

// Make the box the one of these cells.
void set_point(const Layout& layout, Box& box, Ints cells, bool late);

// Make the box a range for each interval attribute, and allowed cells for the others (not empty).
void set_region(const Layout& layout, Box& box, Ints low, Ints high, Flags allowed, bool late);

// Write the closed set of elements that a box stands for (literals that all of its cells satisfy).
void kept_in_box(const Layout& layout, const Box& box, FlagsOut kept);

// Mark the literals of a closed set that the others do not imply. Of an interval's bounds these are the strongest ones;
// of a listed attribute one goes, the weakest first, if those still there exclude all of its cells.
void mark_written(const Layout& layout, Ints cells, Flags kept, FlagsOut written);

} // namespace suffice
