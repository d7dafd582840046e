// Widening a box as far as it holds: one sufficient reason, in passes over the attributes.
//
// A box that holds is widened by a slab: the cells that one attribute would newly have, everything else as in the box.
// The wider box holds iff the slab does, so nothing is proved twice. What was refused stays refused, because holding is
// monotone: the box at the end is maximal.
#pragma once

#include "box.hpp"
#include "change_question.hpp"
#include "leaves.hpp"
#include "workspace.hpp"

namespace suffice {

// What a widened box may rest on.
enum Mode : int {
    ALONE = 0, // the bounds of the whole box: what each tree on its own can still do (no slabs)
    QUICK = 1, // the bounds of slabs
    EXACT = 2  // searches
};

// Widen a box that holds until no literal can be dropped, attributes in the given order: NONE (it is maximal) or
// UNKNOWN (given up; the box still holds).
//
// `kept`: of listed attributes the literals that are kept, brought up to date. `guide` (a cell for each attribute) and
// `pool` (rows of them; those that begin with -1 are empty) are counterexamples that are known, before and after.
Answer shrink_literals(const Problem& problem, Box& box, Ints cells, FlagsOut kept, Ints order, Mode mode,
                       IntsOut guide, Array<std::int32_t, 2> pool, Workspace& work);

// The same where all attributes are listed, with searches over leaves (QUICK or EXACT).
Answer shrink_listed(const Problem& problem, Leaves& leaves, Box& box, Ints cells, FlagsOut kept, Ints order, Mode mode,
                     IntsOut guide, Array<std::int32_t, 2> pool, Workspace& work);

// Free whole groups of attributes (features) one after another in this order, while the box holds. `free`: of each
// group whether it is; at the end no more can be (else UNKNOWN).
Answer shrink_groups(const Problem& problem, Box& box, Ints cells, FlagsOut free, const Groups& groups, Ints order,
                     Mode mode, IntsOut guide, Array<std::int32_t, 2> pool, Workspace& work);

// Write for each group how much nearer its freedom alone brings the bounds to being bad (0: not at all). The box is
// left as it was; UNKNOWN if it was given up.
Answer loss_of_groups(const Problem& problem, Box& box, Ints cells, const Groups& groups, RealsOut out,
                      Workspace& work);

} // namespace suffice
