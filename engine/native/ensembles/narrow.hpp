// Bringing a counterexample as near to the instance as it goes: one contrastive reason.
//
// Every contrastive reason is the set of literals on which the instance and some input outside O differ, and no other
// input outside O differs on a proper part of them. So a known counterexample is narrowed: the **span** of the instance
// and the point holds the inputs that differ on no other literals. An attribute is put back if the point stays outside
// O, or if a search finds another one in the rest of the span; the span of the new point takes its place. What was
// refused stays refused, because spans only shrink: the last point is minimal.
#pragma once

#include "change_question.hpp"
#include "search.hpp"

namespace suffice {

// The elements whose literals are true at the instance and false at the point.
Buffer<bool> differing_elements(const Layout& layout, Ints cells, Ints point);

// Whether the point differs from the instance on a group; all groups on which it does.
bool differs(const Groups& groups, Index g, Ints cells, Ints point);
Buffer<bool> differing_groups(const Groups& groups, Ints cells, Ints point);

// Allow all cells of an attribute that the outer box has; `put_within`: to be settled with other changes.
void put_within(const ChangeQuestion& q, Box& box, Index a);
void open_within(const ChangeQuestion& q, Box& box, Index a);

// Make a counterexample of the outer box one that differs on a minimal set of literals; `order` has the attributes to
// bring back, first those that are to stay as they are most of all. NONE: nothing nearer is left; UNKNOWN: given up
// (the point is a counterexample all the same). The box may be any; at the end it is the span of instance and point.
Answer narrow_literals(const ChangeQuestion& q, Box& box, IntsOut point, Ints order, Workspace& work);

// The same by groups, in this order; attributes of no group do not change. At the end the box is open, within the outer
// box, on the groups on which the point differs.
Answer narrow_groups(const ChangeQuestion& q, Box& box, const Groups& groups, IntsOut point, Ints order,
                     Workspace& work);

} // namespace suffice
