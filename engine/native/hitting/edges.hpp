// The sets that every reason must hit.
#pragma once

#include "../base/array.hpp"

#include <vector>

namespace suffice {

// Edge k is member[start[k]] … member[start[k + 1] - 1]; it comes from leaf source[k] of a table.
struct EdgeList {
    std::vector<Index> start{0};
    std::vector<std::int32_t> member;
    std::vector<std::int32_t> source;

    Index size() const { return static_cast<Index>(source.size()); }
    Ints edge(Index k) const { return {member.data() + start[k], {start[k + 1] - start[k]}}; }
    void clear() {
        start.assign(1, 0);
        member.clear();
        source.clear();
    }
    void close(std::int32_t from) {
        start.push_back(static_cast<Index>(member.size()));
        source.push_back(from);
    }
};

// Edges over local elements 0 … m - 1 in the order of their global numbers `ids`. parent[i] is the next stronger
// element among them that implies i (-1: none). No edge holds two elements of which one implies the other; elements
// ascend.
struct Edges : EdgeList {
    std::vector<std::int32_t> ids;
    std::vector<std::int32_t> parent;

    Index n_elements() const { return static_cast<Index>(ids.size()); }
};

// How literals imply each other at an instance: in chains on either side of its cell where cuts describe an attribute
// (elements base[a] … base[a + 1] - 1), else by links upwards.
struct Implications {
    Ints cells;
    Longs base;
    Ints owner;     // the attribute of each element
    Flags interval; // which attributes cuts describe
    Ints up;        // the next stronger element, -1: none (nothing is looked at where cuts describe all)
};

// Renumber the elements that occur, drop banned ones, sort and deduplicate each edge, and link the forest (`implied`
// null: no implications). `edges` is made anew.
void localise(const EdgeList& raw, Flags banned, const Implications* implied, Edges& edges);

} // namespace suffice
