// The best that each tree can still reach within a box of cells, kept up to date as the box changes.
//
// A changed range touches only the nodes whose test it decides or opens, and their ancestors as far as they change.
#pragma once

#include "cells.hpp"
#include "problem.hpp"

namespace suffice {

struct Box {
    Buffer<Index> lo, hi;        // range of the cells of interval attributes
    Buffer<std::int32_t> barred; // of listed cells: how often each is barred (0: allowed)
    Buffer<std::int8_t> side;    // of elements: 1: true in all allowed cells; -1: in none; 0: open
    Buffer<Index, 2> best;       // the greatest worth of the leaves that a node still reaches, by column
    Buffer<Index> bound;         // the offsets and the bests of all roots, added up
    Buffer<Word> room;           // for sets of cells of listed attributes
    std::vector<Index> changed;  // elements whose nodes are not yet up to date

    Box(const Layout& layout, const Columns& columns, Ints cells); // the box of one cell an attribute
};

// Make the box the one of these cells, from nothing.
void place(const Layout& layout, const Columns& columns, Box& box, Ints cells);

// Bring the nodes that test an element, and their ancestors, up to date.
void touch(const Layout& layout, Box& box, Index e);

// Allow the cells lo … hi of an interval attribute.
void set_range(const Layout& layout, Box& box, Index a, Index lo, Index hi);

// Bring a listed attribute up to date after its barred cells changed.
void refresh_cells(const Layout& layout, Box& box, Index a);

// Many changes at once: first these, then `settle` brings the nodes up to date, by whichever is quicker: walks from the
// changed ones to the roots, or one `sweep` over all of them.
void put_range(const Layout& layout, Box& box, Index a, Index lo, Index hi);
void put_cells(const Layout& layout, Box& box, Index a);
void put_cell(const Layout& layout, Box& box, Index a, Index cell); // this one only
void settle(const Layout& layout, Box& box);
void sweep(const Layout& layout, Box& box);

// Allow all cells of an attribute, or one only.
void open_attribute(const Layout& layout, Box& box, Index a);
void fix_attribute(const Layout& layout, Box& box, Index a, Index cell);

// Whether the bounds alone show that no input in the box is bad.
bool bounds_decide(const Columns& columns, const Box& box);

// Whether a column (-1: one of all of them) cannot reach what it needs in a box.
bool hopeless_box(const Columns& columns, const Box& box, Index only);

} // namespace suffice
