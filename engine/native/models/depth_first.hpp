// The order of the nodes of trees: node, left, right.
#pragma once

#include "../base/array.hpp"

namespace suffice {

// The nodes below the roots, tree after tree; a node without a left child (-1) is a leaf. All nodes are in range.
// Fewer nodes than there are come back if some are reached from no root; none at all if one is reached twice.
Buffer<Index> depth_first(Longs root, Longs left, Longs right);

} // namespace suffice
