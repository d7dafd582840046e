// What is checked once where Python's objects come in.
#pragma once

#include "../ensembles/layout.hpp"

#include <cstdlib>
#include <stdexcept>
#include <vector>

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

// Check that children are nodes and that every walk ends; return the highest number of a condition.
inline Index check_nodes(Ints literal, Ints left, Ints right) {
    const Index n = literal.size();
    need(left.size() == n && right.size() == n, "arrays of nodes differ in length");
    std::vector<std::int32_t> parents(static_cast<std::size_t>(n));
    Index highest = 0;
    for (Index i = 0; i < n; ++i) {
        if (literal[i] == 0) continue;
        highest = std::max<Index>(highest, std::abs(literal[i]));
        need(left[i] >= 0 && left[i] < n && right[i] >= 0 && right[i] < n, "a child is no node");
        ++parents[left[i]];
        ++parents[right[i]];
    }
    std::vector<Index> ready;
    for (Index i = 0; i < n; ++i) {
        if (parents[i] == 0) ready.push_back(i);
    }
    Index seen = 0;
    for (; !ready.empty(); ++seen) {
        const Index i = ready.back();
        ready.pop_back();
        if (literal[i] == 0) continue;
        if (--parents[left[i]] == 0) ready.push_back(left[i]);
        if (--parents[right[i]] == 0) ready.push_back(right[i]);
    }
    need(seen == n, "nodes go round in a circle");
    return highest;
}

// Check that values are at least `low` and below `high`.
inline void check_range(Ints values, Index low, Index high, const char* what) {
    for (const Index value : values) need(value >= low && value < high, what);
}

// Check that numbers begin at 0, never fall, and end at `last`.
inline void check_begins(Longs begins, Index last, const char* what) {
    need(begins.size() > 0 && begins[0] == 0 && begins[begins.size() - 1] == last, what);
    for (Index i = 1; i < begins.size(); ++i) need(begins[i - 1] <= begins[i], what);
}

} // namespace suffice
