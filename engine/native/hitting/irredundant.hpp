// The edges that no others make redundant: who hits those hits all.
#pragma once

#include "../base/clock.hpp"
#include "edges.hpp"

namespace suffice {

// Write the edges that no other edge makes redundant, smallest first, over the elements that they use; `used` tells the
// old numbers of these. An element's parent that is gone gives way to its own parent. False:
// it was given up, and nothing is written.
bool irredundant(const Edges& edges, Edges& out, std::vector<std::int32_t>& used, Clock& clock);

} // namespace suffice
