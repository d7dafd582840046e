// Decision trees over conditions.
#pragma once

#include "../domain/conditions.hpp"

#include <vector>

namespace suffice {

// Node 0 is the root; a leaf has the literal 0, another node's literal sends an input right if it is true, else left.
struct Tree {
    Shared<std::int32_t> literal, left, right;
    Shared<std::int32_t> outcome; // class index of a leaf
    Index n_conditions = 0;       // the highest number of a condition in it

    // The child to which an input goes.
    Index next(Index node, bool condition) const { return condition == (literal[node] > 0) ? right[node] : left[node]; }
};

// The leaf that an input reaches, told by the truth of the conditions.
Index reached_leaf(const Tree& tree, Flags truth);

// The conditions on the path of an input, by their numbers, as literals that are true there.
Buffer<std::int32_t> path_of(const Tree& tree, Flags truth);

// The class index of each row of values.
Buffer<std::int32_t> outcomes_of_rows(const Tree& tree, const Conditions& conditions, Array<const double, 2> rows);

// The rank of each condition in the walk [subtree that agrees with the instance, node, other subtree]; the number of
// conditions where it is not met.
Buffer<std::int32_t> walk_ranks(const Tree& tree, Flags truth);

} // namespace suffice
