// What is checked once where Python's objects come in.
#pragma once

#include "../ensembles/layout.hpp"

#include <cstdlib>
#include <stdexcept>

namespace suffice {

inline void need(bool met, const char* what) {
    if (!met) throw std::invalid_argument(what);
}

inline void check_trees(const SignedTrees& trees, Index n_conditions) {
    const Index n = trees.literal.size();
    need(trees.left.size() == n && trees.right.size() == n && trees.leaf.size() == n,
         "arrays of nodes differ in length");
    for (Index i = 0; i < n; ++i) {
        const Index literal = trees.literal[i];
        if (literal == 0) continue;
        need(std::abs(literal) <= n_conditions, "a node tests a condition that there is not");
        need(trees.left[i] > i && trees.left[i] < n && trees.right[i] > i && trees.right[i] < n,
             "a child does not come after its node");
    }
    for (Index root : trees.root) need(root >= 0 && root < n, "a root is no node");
}

} // namespace suffice
