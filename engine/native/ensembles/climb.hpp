// Climbing: looks for an input outside O by moving one attribute at a time, uphill, from many points.
//
// It proves nothing, but where several columns must be reached together it finds in a moment what a search for a proof
// comes to late: all cells of an attribute are looked at in one pass over the trees that test it.
#pragma once

#include "box.hpp"
#include "workspace.hpp"

#include <cstdint>

namespace suffice {

// Climb from a point towards one at which all columns reach what they need, from point to point until one is found
// (FOUND: `work.point`, confirmed by the model's own arithmetic), or `rounds` climbs have ended or time is up
// (UNKNOWN). The same seed goes the same way.
Answer climb(const Problem& problem, const Box& box, Ints from, std::uint64_t seed, Index rounds, Workspace& work);

} // namespace suffice
