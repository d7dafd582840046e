// Searches for an input that a box of each group of choices holds (see choices.hpp).
#pragma once

#include "choices.hpp"
#include "workspace.hpp"

namespace suffice {

// Look for an input outside O in the box, where the question has choices: NONE (proved), FOUND (`work.point`) or
// UNKNOWN. `prefer` guides the search.
Answer choose(const Problem& problem, const Box& box, Ints prefer, Workspace& work);

} // namespace suffice
