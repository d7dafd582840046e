#include "minimal.hpp"

#include <utility>

namespace suffice {

namespace {

// At each root the sum of the values of its tree's elements.
std::vector<double> tree_values(const Edges& edges) {
    std::vector<double> value(edges.ids.size());
    for (Index k = 0; k < edges.size(); ++k) {
        double weight = 1.0;
        for (Index i = std::min<Index>(60, edges.edge(k).size()); i > 0; --i) weight *= 0.5;
        for (const std::int32_t item : edges.edge(k)) value[item] += weight;
    }
    std::vector<std::int32_t> root(edges.ids.size(), -1);
    std::vector<double> total(edges.ids.size());
    for (std::int32_t i = 0; i < edges.n_elements(); ++i) {
        std::int32_t walk = i;
        while (root[walk] < 0 && edges.parent[walk] >= 0) walk = edges.parent[walk];
        const std::int32_t top = root[walk] >= 0 ? root[walk] : walk;
        root[walk] = top;
        for (walk = i; root[walk] < 0; walk = edges.parent[walk]) root[walk] = top;
        total[top] += value[i];
    }
    return total;
}

// The elements tree by tree, parents before children; of siblings the first one first.
std::vector<std::int32_t> walk_trees(const std::vector<std::pair<double, std::int32_t>>& roots, const Edges& edges) {
    const std::size_t m = edges.ids.size();
    std::vector<std::int32_t> child(m, -1), sibling(m, -1); // the first child, then the next sibling
    for (std::int32_t i = 0; i < edges.n_elements(); ++i) {
        if (edges.parent[i] < 0) continue;
        sibling[i] = child[edges.parent[i]];
        child[edges.parent[i]] = i;
    }
    std::vector<std::int32_t> order, stack;
    order.reserve(m);
    for (const auto& [key, root] : roots) {
        stack.push_back(root);
        while (!stack.empty()) {
            const std::int32_t item = stack.back();
            stack.pop_back();
            order.push_back(item);
            for (std::int32_t below = child[item]; below >= 0; below = sibling[below]) stack.push_back(below);
        }
    }
    return order;
}

// The edges of each element, and how many elements of each edge are kept.
struct Hits {
    std::vector<Index> begin; // the edges of item i: edge[begin[i]] … edge[begin[i + 1] - 1]
    std::vector<std::int32_t> edge;
    std::vector<std::int32_t> count;

    explicit Hits(const Edges& edges)
        : begin(edges.ids.size() + 1), edge(edges.member.size()), count(edges.source.size()) {
        for (const std::int32_t item : edges.member) ++begin[item + 1];
        for (std::size_t i = 1; i < begin.size(); ++i) begin[i] += begin[i - 1];
        std::vector<Index> fill = begin;
        for (std::int32_t k = 0; k < edges.size(); ++k) {
            for (const std::int32_t item : edges.edge(k)) edge[fill[item]++] = k;
        }
    }
    Ints of(Index item) const { return {edge.data() + begin[item], {begin[item + 1] - begin[item]}}; }
};

} // namespace

std::vector<std::int32_t> deletion_order(const Edges& edges, Reals cost) {
    const std::vector<double> total = tree_values(edges);
    std::vector<std::pair<double, std::int32_t>> roots; // keys, equal ones in the order of the elements
    for (std::int32_t i = 0; i < edges.n_elements(); ++i) {
        if (edges.parent[i] < 0) roots.emplace_back(total[i] / std::max(cost[i], 1e-300), i);
    }
    std::sort(roots.begin(), roots.end());
    return walk_trees(roots, edges);
}

bool shrink(const Edges& edges, Ints order, FlagsOut kept) {
    Hits hits(edges);
    for (Index k = 0; k < edges.size(); ++k) {
        for (const std::int32_t item : edges.edge(k)) hits.count[k] += kept[item] ? 1 : 0;
        if (hits.count[k] == 0) return false;
    }
    for (const std::int32_t item : order) {
        const std::int32_t above = edges.parent[item];
        if (!kept[item] || (above >= 0 && kept[above])) continue; // an implied element stays as long as what implies it
        const Ints own = hits.of(item);
        const auto alone = [&hits](std::int32_t k) { return hits.count[k] == 1; };
        if (std::any_of(own.begin(), own.end(), alone)) continue;
        kept[item] = false;
        for (const std::int32_t k : own) --hits.count[k];
    }
    return true;
}

std::optional<Buffer<bool>> minimal_hitting_set(const Edges& edges, Reals cost, Buffer<bool> kept) {
    const std::vector<std::int32_t> order = deletion_order(edges, cost);
    if (!shrink(edges, {order.data(), {edges.n_elements()}}, kept)) return std::nullopt;
    return kept;
}

std::vector<std::int32_t> singles(const Edges& edges) {
    Buffer<bool> named(edges.n_elements()), kept(edges.n_elements());
    for (Index k = 0; k < edges.size(); ++k) {
        if (edges.edge(k).size() == 1) named[edges.edge(k)[0]] = true;
    }
    for (std::int32_t i = 0; i < edges.n_elements(); ++i) { // with all that they imply
        std::int32_t walk = i;
        while (walk >= 0 && !named[walk]) walk = edges.parent[walk];
        kept[i] = walk >= 0;
    }
    return written(edges, kept);
}

std::vector<std::int32_t> written(const Edges& edges, Flags kept) {
    std::vector<std::int32_t> out;
    for (Index i = 0; i < edges.n_elements(); ++i) {
        const std::int32_t above = edges.parent[i];
        if (kept[i] && !(above >= 0 && kept[above])) out.push_back(edges.ids[i]);
    }
    return out;
}

} // namespace suffice
