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

// A minimal closed set within a closed one that hits all edges, as marks; nothing if that misses one.
std::optional<Buffer<bool>> minimal_hitting_set(const Edges& edges, Reals cost, Buffer<bool> kept);

// The written elements of what is in every closed set that hits all edges: those of edges with one element.
std::vector<std::int32_t> singles(const Edges& edges);

// The global elements of a closed set that no others in it imply.
std::vector<std::int32_t> written(const Edges& edges, Flags kept);

} // namespace suffice
