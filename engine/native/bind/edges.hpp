// What is looked at once where edges, or forests of elements, come in.
#pragma once

#include "../base/array.hpp"

#include <stdexcept>
#include <vector>

namespace suffice {

inline void demand(bool met, const char* what) {
    if (!met) throw std::invalid_argument(what);
}

// Part k is [start[k]] … [start[k + 1] - 1] of `size` things.
inline void check_parts(Longs start, Index size) {
    demand(start.size() > 0 && start[0] == 0 && start[start.size() - 1] == size, "start: expected 0 … the whole size");
    for (Index k = 0; k + 1 < start.size(); ++k) demand(start[k] <= start[k + 1], "start: expected ascending numbers");
}

inline void check_range(Ints items, Index least, Index end, const char* what) {
    for (Index i : items) demand(i >= least && i < end, what);
}

inline void check_edges(Longs start, Ints member, Index n_elements) {
    check_parts(start, member.size());
    check_range(member, 0, n_elements, "a member of an edge is no element");
}

// parent[i] is an element above i or -1, and no element stands above itself.
inline void check_forest(Ints parent) {
    check_range(parent, -1, parent.size(), "a parent is no element");
    std::vector<Index> met(static_cast<std::size_t>(parent.size()), -1); // from where a walk came by
    for (Index i = 0; i < parent.size(); ++i) {
        for (Index walk = i; walk >= 0; walk = parent[walk]) {
            Index& seen = met[static_cast<std::size_t>(walk)];
            demand(seen != i, "an element stands above itself");
            if (seen >= 0) break;
            seen = i;
        }
    }
}

} // namespace suffice
