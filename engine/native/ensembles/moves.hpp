// Making the box of a search smaller, and taking that back: only what a move decides is touched.
#pragma once

#include "workspace.hpp"

namespace suffice {

// Allow only the cells lo … hi, a part of those that an interval attribute has.
void narrow_range(const Layout& layout, Workspace& work, Index a, Index lo, Index hi);

// Take away one cell of a listed attribute (`settle_cells` draws the consequences).
void bar_cell(const Layout& layout, Workspace& work, Index a, Index c);

// Decide the elements of a listed attribute whose cells were taken away.
void settle_cells(const Layout& layout, Workspace& work, Index a);

// Decide an open element.
void decide_element(const Layout& layout, Workspace& work, Index e, int side);

// Take back all steps since the trail had this length.
void undo(Workspace& work, Index mark);

} // namespace suffice
