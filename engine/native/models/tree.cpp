#include "tree.hpp"

namespace suffice {

Index reached_leaf(const Tree& tree, Flags truth) {
    Index node = 0;
    while (tree.literal[node] != 0) node = tree.next(node, truth[std::abs(tree.literal[node]) - 1]);
    return node;
}

Buffer<std::int32_t> path_of(const Tree& tree, Flags truth) {
    std::vector<std::int32_t> path;
    Index node = 0;
    while (tree.literal[node] != 0) {
        const std::int32_t number = std::abs(tree.literal[node]);
        const bool holds = truth[number - 1];
        path.push_back(holds ? number : -number);
        node = tree.next(node, holds);
    }
    return Buffer<std::int32_t>::copy_of({path.data(), {static_cast<Index>(path.size())}});
}

Buffer<std::int32_t> outcomes_of_rows(const Tree& tree, const Conditions& conditions, Array<const double, 2> rows) {
    Buffer<std::int32_t> out(rows.size());
    for (Index row = 0; row < rows.size(); ++row) {
        Index node = 0;
        while (tree.literal[node] != 0) {
            node = tree.next(node, conditions.true_at(std::abs(tree.literal[node]) - 1, rows.row(row)));
        }
        out[row] = tree.outcome[node];
    }
    return out;
}

Buffer<std::int32_t> walk_ranks(const Tree& tree, Flags truth) {
    struct Step {
        Index node;
        bool back; // from the subtree that agrees with the instance
    };
    const auto unmet = static_cast<std::int32_t>(truth.size());
    auto rank = Buffer<std::int32_t>::full({truth.size()}, unmet);
    std::vector<Step> stack{{0, false}};
    std::int32_t following = 0;
    while (!stack.empty()) {
        const Step step = stack.back();
        stack.pop_back();
        if (tree.literal[step.node] == 0) continue;
        const Index condition = std::abs(tree.literal[step.node]) - 1;
        if (step.back) {
            if (rank[condition] == unmet) rank[condition] = following++;
            stack.push_back({tree.next(step.node, !truth[condition]), false});
        } else {
            stack.push_back({step.node, true});
            stack.push_back({tree.next(step.node, truth[condition]), false});
        }
    }
    return rank;
}

} // namespace suffice
