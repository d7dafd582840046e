#include "blocks.hpp"

#include <limits>

namespace suffice {

namespace {

constexpr Index none = std::numeric_limits<Index>::max();

struct Walk {
    const Problem& problem;
    const Steps& steps;
    Ints point;
    Index k;
    Blocks& blocks;
    std::vector<Taken> path;
    std::vector<Index> worth; // of the leaves of the block, in their order
    Index least = none;       // of the tree

    // Whether the path decides a step: 1 taken, -1 not, 0 open.
    int known(std::int32_t step) const {
        for (const Taken& one : path) {
            if (steps.owner[one.step] != steps.owner[step]) continue;
            if (one.on && one.step >= step) return 1;
            if (!one.on && one.step <= step) return -1;
        }
        return 0;
    }

    void go(Index here) {
        const Layout& layout = problem.layout;
        const Node& node = layout.node[here];
        if (node.element < 0) return leave(node.leaf);
        const Index a = layout.test[node.element].owner;
        const int near = layout.side_in_cell(a, node.element, steps.cells[a]);
        const int far = layout.side_in_cell(a, node.element, point[a]);
        const Index with = far > 0 ? node.high : node.low, without = near > 0 ? node.high : node.low;
        if (near == far) return go(with);
        const std::int32_t step = steps.deciding(node.element, point);
        const int state = known(step);
        for (const bool on : {true, false}) {
            if (state == (on ? -1 : 1)) continue;
            if (state == 0) path.push_back({step, on});
            go(on ? with : without);
            if (state == 0) path.pop_back();
        }
    }

    void leave(Index leaf) {
        const auto first = static_cast<std::int32_t>(blocks.step.size());
        std::int32_t n_on = 0;
        for (const Taken& one : path) n_on += one.on ? 1 : 0;
        blocks.step.insert(blocks.step.end(), path.begin(), path.end());
        blocks.leaf.push_back({0.0, static_cast<std::int32_t>(blocks.n_trees), first,
                               static_cast<std::int32_t>(blocks.step.size()), n_on});
        worth.push_back(problem.columns.worth(leaf, k));
        least = std::min(least, worth.back());
    }
};

} // namespace

void Blocks::add_sums(const Problem& problem, const Steps& steps, Ints point, Index k, Index certain) {
    Walk walk{problem, steps, point, k, *this, {}, {}};
    Block made{static_cast<std::int32_t>(leaf.size()), 0, static_cast<std::int32_t>(n_trees), 0, 0.0};
    Index room = certain - 1 - problem.columns.offset[k], greatest = 1;
    std::vector<Index> gain;
    for (std::int32_t root : problem.layout.root) {
        const Index begun = static_cast<Index>(walk.worth.size());
        walk.least = none;
        walk.go(root);
        room -= walk.least;
        const Index end = static_cast<Index>(walk.worth.size());
        if (end == begun + 1) { // the same leaf for all boxes
            leaf.pop_back();
            walk.worth.pop_back();
            continue;
        }
        for (Index i = begun; i < end; ++i) walk.worth[i] -= walk.least;
        for (Index i = begun; i < end; ++i) greatest = std::max(greatest, walk.worth[i]);
        ++n_trees;
    }
    for (Index i = 0; i < static_cast<Index>(walk.worth.size()); ++i) {
        leaf[made.first + i].gain = static_cast<double>(walk.worth[i]) / static_cast<double>(greatest);
    }
    made.room = static_cast<double>(room) / static_cast<double>(greatest);
    made.last = static_cast<std::int32_t>(leaf.size());
    made.last_tree = static_cast<std::int32_t>(n_trees);
    block.push_back(made);
}

void Blocks::add_point(const Steps& steps, Ints point) {
    Extents far;
    steps.reach(point, far);
    const auto first = static_cast<std::int32_t>(step.size());
    for (Index i = 0; i < steps.n_chains(); ++i) {
        if (far[i] > 0) step.push_back({steps.chain[i].first + far[i] - 1, true});
    }
    const auto last = static_cast<std::int32_t>(step.size());
    const auto tree = static_cast<std::int32_t>(n_trees++), place = static_cast<std::int32_t>(leaf.size());
    leaf.push_back({1.0, tree, first, last, last - first, 1.0});
    // of this "tree" no other leaf is told, so that nothing is said before all steps are known: one of no gain
    leaf.push_back({0.0, tree, last, last, 0, 0.0});
    block.push_back({place, place + 2, tree, tree + 1, 0.5});
}

} // namespace suffice
