// What is checked at the border, once: loops of the core trust it.
#pragma once

#include "../ensembles/box.hpp"
#include "../ensembles/change_question.hpp"
#include "../ensembles/workspace.hpp"

#include <cstdlib>
#include <stdexcept>
#include <vector>

namespace suffice {

inline void need(bool met, const char* what) {
    if (!met) throw std::invalid_argument(what);
}

inline void check_point(const Layout& layout, Ints point) {
    need(point.size() == layout.n_attributes(), "expected a cell for each attribute");
    for (Index a = 0; a < point.size(); ++a) {
        need(point[a] >= 0 && point[a] < layout.attribute[a].count, "a cell is not in its attribute");
    }
}

inline void check_box(const Layout& layout, const Box& box) {
    need(box.lo.size() == layout.n_attributes() && box.side.size() == layout.n_elements() &&
             box.barred.size() == layout.n_listed_cells() && box.best.size() == layout.n_nodes(),
         "box: it is one of another layout");
}

inline void check_box(const Problem& problem, const Box& box) {
    check_box(problem.layout, box);
    need(box.bound.size() == problem.columns.size(), "box: it is one of other columns");
}

// `searched`: whether it is room for searches as well, by all columns together or by one at a time.
inline void check_work(const Problem& problem, const Workspace& work, bool searched = true) {
    const Layout& layout = problem.layout;
    need(work.point.size() == layout.n_attributes() && work.side.size() == layout.n_elements() &&
             work.leaves.size() == layout.n_trees() && work.scores.size() == problem.sums.start.size(),
         "work: it is room for another model");
    const Index columns = std::max<Index>(1, problem.columns.count_of(problem.columns.question(0)));
    need(!searched || static_cast<Index>(work.total.size()) == columns,
         "work: it is room for another number of columns");
}

inline void check_numbers(Ints numbers, Index n, const char* what) {
    for (Index number : numbers) need(number >= 0 && number < n, what);
}

inline void check_groups(const Layout& layout, const Groups& groups) {
    check_numbers(groups.members, layout.n_attributes(), "groups: a member is no attribute");
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
