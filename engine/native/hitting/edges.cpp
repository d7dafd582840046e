#include "edges.hpp"

namespace suffice {

namespace {

// The parent of local element i in a chain: its neighbour on the same side of the instance's cell, if that is nearer.
std::int32_t parent_in_chain(const Implications& implied, const std::vector<std::int32_t>& ids, std::int32_t i) {
    const std::int32_t a = implied.owner[ids[i]];
    const Index middle = implied.base[a] + implied.cells[a]; // cuts below it lie under the instance's cell
    const auto m = static_cast<std::int32_t>(ids.size());
    if (ids[i] < middle) {
        const bool nearer = i + 1 < m && ids[i + 1] < middle && implied.owner[ids[i + 1]] == a;
        return nearer ? i + 1 : -1;
    }
    const bool nearer = i > 0 && ids[i - 1] >= middle && implied.owner[ids[i - 1]] == a;
    return nearer ? i - 1 : -1;
}

void link(const Implications& implied, const std::vector<std::int32_t>& local, Edges& edges) {
    for (std::int32_t i = 0; i < edges.n_elements(); ++i) {
        if (implied.interval[implied.owner[edges.ids[i]]]) {
            edges.parent[i] = parent_in_chain(implied, edges.ids, i);
            continue;
        }
        std::int32_t walk = implied.up[edges.ids[i]];
        while (walk >= 0 && local[walk] < 0) walk = implied.up[walk];
        if (walk >= 0) edges.parent[i] = local[walk];
    }
}

// Add an element to the edge at the end, in its place, once.
void insert(std::int32_t item, Index begin, std::vector<std::int32_t>& member) {
    auto place = member.end();
    while (place != member.begin() + begin && *(place - 1) > item) --place;
    if (place != member.begin() + begin && *(place - 1) == item) return;
    member.insert(place, item);
}

} // namespace

void localise(const EdgeList& raw, Flags banned, const Implications* implied, Edges& edges) {
    std::vector<std::int32_t> local(static_cast<std::size_t>(banned.size()), -1);
    for (const std::int32_t item : raw.member) {
        if (!banned[item]) local[item] = 0;
    }
    edges.clear();
    edges.ids.clear();
    for (std::int32_t e = 0; e < banned.size(); ++e) {
        if (local[e] < 0) continue;
        local[e] = static_cast<std::int32_t>(edges.ids.size());
        edges.ids.push_back(e);
    }
    edges.parent.assign(edges.ids.size(), -1);
    if (implied != nullptr) link(*implied, local, edges);
    edges.start.reserve(raw.start.size());
    edges.member.reserve(raw.member.size());
    edges.source.reserve(raw.source.size());
    for (Index k = 0; k < raw.size(); ++k) {
        const auto begin = static_cast<Index>(edges.member.size());
        for (const std::int32_t item : raw.edge(k)) {
            if (local[item] >= 0) insert(local[item], begin, edges.member);
        }
        edges.close(raw.source[k]);
    }
}

} // namespace suffice
