// What each tree on its own can still reach in a box, exactly.
//
// On interval attributes the bounds of `Box::best` are that already: two open tests on one path leave a cell between
// them. On attributes that are listed cell by cell two open tests may exclude each other, so paths have to be followed,
// with the sets of cells that they leave.
#pragma once

#include "box.hpp"
#include "workspace.hpp"

namespace suffice {

enum CellState : std::int32_t { OPEN = 0, PROVED = 1, REFUSED = 2 }; // what is known of a cell: work.cell(c, STATE)
inline constexpr Index STATE = 0;

// Whether the sums of the trees' exact best worths show that no input in the box is bad (false if it was stopped).
bool alone_decides(const Problem& problem, const Box& box, Workspace& work);

// Write for each cell of a listed attribute that the box bars: PROVED if nothing is bad with it alone. That is what the
// trees can reach, each on its own; cells of which it does not say so are OPEN.
void prove_cells(const Problem& problem, const Box& box, Index a, Workspace& work);

// Write for each tree and column (row t * n_columns + k) the greatest worth with each cell of a listed attribute alone,
// the other attributes as the box allows; false if it was stopped.
bool reach_cells(const Problem& problem, const Box& box, Index a, Array<Index, 2> reach, Workspace& work);

} // namespace suffice
