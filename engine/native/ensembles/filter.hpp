// Cells of listed attributes that no counterexample in the box of a search can have.
//
// With one cell of an attribute chosen each row of the front has left what the tests on that attribute leave there. If
// the best of it, over all rows, does not reach what is needed, the cell is taken away. One pass over the entries says
// so for all cells of all columns, about as dear as trying one test of each row; a column of fifty categories has too
// many subsets for tests, one after another, to find this out.
#pragma once

#include "workspace.hpp"

namespace suffice {

// Take away the cells with which some column cannot reach what it needs; tell whether nothing is left.
bool filter_cells(const Layout& layout, Workspace& work);

} // namespace suffice
