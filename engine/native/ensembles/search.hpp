// Branch and bound for an input outside O within a box.
#pragma once

#include "box.hpp"
#include "workspace.hpp"

namespace suffice {

// Whether the model's own arithmetic decides outside O at a point that meets all clauses.
bool is_bad(const Problem& problem, Ints point, Workspace& work);

// Move a point into a box, in one attribute.
void clip(const Layout& layout, const Box& box, Index a, IntsOut point);

// Look for an input outside O in the box, by one column or (-1) by all of them together: NONE (proved), FOUND
// (`work.point` is one, confirmed by the model's own arithmetic) or UNKNOWN. `prefer` guides the search.
Answer search(const Problem& problem, const Box& box, Index only, Ints prefer, Workspace& work);

// Whether some input in the box is outside O: NONE, FOUND (`work.point`) or UNKNOWN.
Answer box_holds(const Problem& problem, const Box& box, Ints prefer, Workspace& work);

} // namespace suffice
