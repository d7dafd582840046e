// Many contrastive reasons from one counterexample: it is brought near in many orders.
//
// Different orders mostly end at different reasons, so this finds many quickly; it never tells that none is missing.
#pragma once

#include "narrow.hpp"

namespace suffice {

// Bring a counterexample near in each of some orders (of groups or of attributes), and write where it ends as a row of
// `points`; return how many rows are written: fewer than there are orders if it was given up.
Index harvest(const ChangeQuestion& q, const Groups& groups, bool by_group, Ints start,
              Array<const std::int32_t, 2> orders, Array<std::int32_t, 2> points, Workspace& work);

} // namespace suffice
