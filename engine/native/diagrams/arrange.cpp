#include "arrange.hpp"

#include <algorithm>
#include <limits>

namespace suffice {

namespace {

using Children = std::vector<std::vector<std::int32_t>>;

// The forest where a joint element stands between its members and their parent, for the order only.
struct Order {
    std::vector<std::int32_t> parent;
    Children children;
    std::vector<std::int32_t> roots;
};

Order ordered(const ElementForest& forest) {
    const auto m = static_cast<std::int32_t>(forest.parent.size());
    Order out;
    out.parent.assign(forest.parent.begin(), forest.parent.end());
    for (Index k = 0; k < forest.n_joint(); ++k) {
        const Ints members = forest.joint_member.part(forest.joint_start[k], forest.joint_start[k + 1]);
        out.parent.push_back(out.parent[static_cast<std::size_t>(members[0])]);
        for (std::int32_t i : members) out.parent[static_cast<std::size_t>(i)] = m + static_cast<std::int32_t>(k);
    }
    out.children.resize(out.parent.size());
    for (std::size_t i = 0; i < out.parent.size(); ++i) {
        auto& family = out.parent[i] < 0 ? out.roots : out.children[static_cast<std::size_t>(out.parent[i])];
        family.push_back(static_cast<std::int32_t>(i));
    }
    return out;
}

// The roots, the tree with the greatest least hint first.
std::vector<std::int32_t> last_tree_first(const Order& order, Reals hint) {
    std::vector<double> first(order.parent.size(), std::numeric_limits<double>::infinity());
    std::vector<std::int32_t> below;
    for (std::int32_t root : order.roots) {
        double& least = first[static_cast<std::size_t>(root)];
        below = {root};
        while (!below.empty()) {
            const std::int32_t i = below.back();
            below.pop_back();
            if (i < hint.size()) least = std::min(least, hint[i]);
            const auto& children = order.children[static_cast<std::size_t>(i)];
            below.insert(below.end(), children.begin(), children.end());
        }
    }
    std::vector<std::int32_t> out = order.roots;
    std::stable_sort(out.begin(), out.end(), [&](std::int32_t a, std::int32_t b) {
        return first[static_cast<std::size_t>(a)] > first[static_cast<std::size_t>(b)];
    });
    return out;
}

} // namespace

Arrangement arrange(const ElementForest& forest, Reals hint) {
    const Order order = ordered(forest);
    const auto m = static_cast<std::int32_t>(forest.parent.size());
    const auto children_of = [&](std::int32_t i) -> const std::vector<std::int32_t>& {
        return order.children[static_cast<std::size_t>(i)];
    };
    Arrangement out;
    auto& [element, position, chains] = out;
    const std::size_t size = order.parent.size();
    chains = {std::vector<std::int32_t>(size + 1), std::vector<std::int32_t>(size + 1),
              std::vector<std::int32_t>(size + 1)};
    chains.chain[size] = -1;
    struct Item { // a tree that is to be placed, or (from a chain's first variable) the end of the block below a chain
        std::int32_t root;
        std::size_t begin;
        std::size_t end;
    };
    std::vector<Item> stack;
    for (std::int32_t root : last_tree_first(order, hint)) stack.push_back({root, 0, 0});
    std::int32_t n_chains = 0;
    while (!stack.empty()) {
        const auto [root, first, last] = stack.back();
        stack.pop_back();
        if (root < 0) {
            std::fill(chains.block_end.begin() + static_cast<Index>(first),
                      chains.block_end.begin() + static_cast<Index>(last), static_cast<std::int32_t>(element.size()));
            continue;
        }
        const std::size_t begin = element.size();
        if (root >= m) chains.joint[begin + 1] = static_cast<std::int32_t>(children_of(root).size());
        element.push_back(root);
        while (children_of(element.back()).size() == 1 && children_of(element.back())[0] < m) {
            element.push_back(children_of(element.back())[0]);
        }
        const auto& below = children_of(element.back());
        std::reverse(element.begin() + static_cast<Index>(begin), element.end());
        std::fill(chains.chain.begin() + static_cast<Index>(begin),
                  chains.chain.begin() + static_cast<Index>(element.size()), n_chains++);
        stack.push_back({-1, begin, element.size()});
        for (auto child = below.rbegin(); child != below.rend(); ++child) stack.push_back({*child, 0, 0});
    }
    position.resize(size);
    for (std::size_t v = 0; v < size; ++v)
        position[static_cast<std::size_t>(element[v])] = static_cast<std::int32_t>(v);
    return out;
}

Clauses clauses_of(Longs start, Ints member, const ElementForest& forest, const Arrangement& arrangement) {
    const auto place = [&](std::int32_t i) { return arrangement.position[static_cast<std::size_t>(i)]; };
    Clauses out;
    out.start.assign(1, 0);
    for (Index k = 0; k + 1 < start.size(); ++k) {
        const auto begin = static_cast<Index>(out.member.size());
        for (std::int32_t i : member.part(start[k], start[k + 1])) {
            out.member.push_back(place(i));
            for (std::int32_t above = forest.parent[i]; above >= 0; i = above, above = forest.parent[i]) {
                if (arrangement.chains.of(place(above)) != arrangement.chains.of(place(i))) {
                    out.member.push_back(place(above));
                }
            }
        }
        std::sort(out.member.begin() + begin, out.member.end());
        out.member.erase(std::unique(out.member.begin() + begin, out.member.end()), out.member.end());
        out.start.push_back(static_cast<Index>(out.member.size()));
    }
    return out;
}

} // namespace suffice
