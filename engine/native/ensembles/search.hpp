// Branch and bound for an input outside O within a box.
//
// Bounds are the sums of the best worths that the rows of a front can still reach. A quick dive follows the widest
// row's best leaf; if it ends nowhere the search starts again and chooses tests by strong branching; if that takes more
// than a few nodes it starts once more with merged rows, whose bounds are better.
#pragma once

#include "box.hpp"
#include "branching.hpp"
#include "workspace.hpp"

namespace suffice {

inline constexpr Index DEEPER = -1; // in the place of an element: a finer front

// Whether the model's own arithmetic decides outside O at a point that meets all clauses.
bool is_bad(const Problem& problem, Ints point, Workspace& work);

// Move a point into a box, in one attribute.
void clip(const Layout& layout, const Box& box, Index a, IntsOut point);

// Look for an input outside O in the box, by one column or (-1) by all of them together: NONE (proved), FOUND
// (`work.point` is one, confirmed by the model's own arithmetic) or UNKNOWN. `prefer` guides the search.
Answer search(const Problem& problem, const Box& box, Index only, Ints prefer, Workspace& work);

// Whether some input in the box is outside O: NONE, FOUND (`work.point`) or UNKNOWN.
Answer box_holds(const Problem& problem, const Box& box, Ints prefer, Workspace& work);

// An undecided element of a clause, or -1.
Index open_element(const Layout& layout, const Workspace& work, Index clause);

// Decide what was chosen, an element or a finer front, and remember how to take that back; false: there is no room.
bool go(const Problem& problem, const Box& box, Index only, Index depth, const Choice& choice, Workspace& work);

// Take back all decisions, and what was concluded before the first one: the front is as `start` made it.
void unwind(Workspace& work, Index depth);

// Take back the decision at a depth; return what is left to try there: its other side, or none.
Choice turn(Workspace& work, Index depth);

} // namespace suffice
