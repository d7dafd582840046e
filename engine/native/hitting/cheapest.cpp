#include "cheapest.hpp"

#include "units.hpp"

#include <utility>

namespace suffice {

bool is_chains(const Edges& edges) {
    std::vector<char> met(edges.ids.size());
    for (const std::int32_t above : edges.parent) {
        if (above >= 0 && std::exchange(met[above], 1) != 0) return false;
    }
    return true;
}

std::optional<Cheapest> cheapest_of_chains(const Edges& edges, Longs cost, Index node_limit, Clock& clock) {
    std::vector<std::int32_t> unit(edges.ids.size()); // the chain of each element
    std::vector<Index> price;                         // of each chain: the cost of its strongest element
    for (std::int32_t i = 0; i < edges.n_elements(); ++i) {
        if (edges.parent[i] >= 0) continue;
        unit[i] = static_cast<std::int32_t>(price.size());
        price.push_back(cost[i]);
    }
    for (std::int32_t i = 0; i < edges.n_elements(); ++i) {
        std::int32_t walk = i;
        while (edges.parent[walk] >= 0) walk = edges.parent[walk];
        unit[i] = unit[walk];
    }
    std::vector<std::int32_t> member;
    for (const std::int32_t item : edges.member) member.push_back(unit[item]);
    const Index n = static_cast<Index>(member.size());
    UnitProblem problem({edges.start.data(), {edges.size() + 1}}, {member.data(), {n}},
                        {price.data(), {static_cast<Index>(price.size())}});
    problem.search(node_limit, clock);
    if (problem.upper() != problem.lower()) return std::nullopt;
    const Buffer<bool> chosen = problem.chosen();
    Buffer<bool> within(edges.n_elements());
    Buffer<double> dear(edges.n_elements());
    for (Index i = 0; i < edges.n_elements(); ++i) {
        within[i] = chosen[unit[i]];
        dear[i] = static_cast<double>(cost[i]);
    }
    const auto kept = minimal_hitting_set(edges, dear, std::move(within));
    if (!kept) return std::nullopt;
    return Cheapest{written(edges, *kept), problem.upper()};
}

} // namespace suffice
