// Boxes that sets of elements, or regions, stand for. `late`: all nodes are brought up to date in one sweep at the end.
#pragma once

#include "box.hpp"

namespace suffice {

// Make the box what a closed set of elements leaves around the instance.
void set_box(const Layout& layout, Box& box, Ints cells, Flags kept, bool late);

// Make the box a range for each interval attribute, and allowed cells for the others (not empty).
void set_region(const Layout& layout, Box& box, Ints low, Ints high, Flags allowed, bool late);

// Write the closed set of elements that a box stands for (literals that all of its cells satisfy).
void kept_in_box(const Layout& layout, const Box& box, FlagsOut kept);

} // namespace suffice
