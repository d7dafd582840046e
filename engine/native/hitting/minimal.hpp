// A minimal hitting set of edges over a forest of elements.
#pragma once

#include "edges.hpp"

#include <optional>

namespace suffice {

// The elements in the order of deletion: dear and rarely needed trees of the forest first, stronger before weaker. An
// element is worth the sum over its edges of 2^-size; a tree is worth its elements' sum divided by its root's cost.
std::vector<std::int32_t> deletion_order(const Edges& edges, Reals cost);

// Delete elements from a closed hitting set until it is minimal; `order` names stronger elements before weaker ones.
// False, with `kept` unchanged, if it misses an edge.
bool shrink(const Edges& edges, Ints order, FlagsOut kept);

// A minimal closed set that hits all edges, as a mark for each local element; nothing if no set does.
std::optional<Buffer<bool>> minimal_hitting_set(const Edges& edges, Reals cost);

// The global elements of a closed set that no others in it imply.
std::vector<std::int32_t> written(const Edges& edges, Flags kept);

} // namespace suffice
