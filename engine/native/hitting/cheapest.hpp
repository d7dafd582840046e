// The cheapest closed hitting set where the forest is made of chains: whole chains are chosen, then weakened.
#pragma once

#include "../base/clock.hpp"
#include "minimal.hpp"

namespace suffice {

struct Cheapest {
    std::vector<std::int32_t> elements; // written global elements
    Index cost = 0;
};

// Whether no element has two elements right below it.
bool is_chains(const Edges& edges);

// Search over at most so many nodes, none of the edges being empty; `cost` is that of each local element, equal in a
// chain. Nothing if it is not proved by then, or time is up.
std::optional<Cheapest> cheapest_of_chains(const Edges& edges, Longs cost, Index node_limit, Clock& clock);

} // namespace suffice
