// Long loops over nodes look at the clock once in a while.
#pragma once

#include "../base/array.hpp"

namespace suffice {

inline constexpr Index often_nodes = 256;
inline constexpr Index often_work = 16; // hundreds of nanoseconds for so many nodes

inline bool often(Index i) { return i % often_nodes == 0; }

} // namespace suffice
