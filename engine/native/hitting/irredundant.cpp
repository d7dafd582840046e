#include "irredundant.hpp"

#include "../base/bits.hpp"

#include <unordered_set>

namespace suffice {

namespace {

// Element x implies y, or is y, iff enter[x] <= enter[y] < leave[x].
struct Spans {
    std::vector<std::int32_t> enter, leave, root;
};

Spans spans_of(const std::vector<std::int32_t>& parent) {
    const auto m = static_cast<std::int32_t>(parent.size());
    Spans out{std::vector<std::int32_t>(m), std::vector<std::int32_t>(m), std::vector<std::int32_t>(m)};
    std::vector<std::int32_t> depth(m), size(m, 1), used(m, 1), order(m);
    for (std::int32_t i = 0; i < m; ++i) {
        order[i] = i;
        std::int32_t walk = i;
        while (parent[walk] >= 0) {
            walk = parent[walk];
            ++depth[i];
            ++size[walk];
        }
        out.root[i] = walk;
    }
    std::stable_sort(order.begin(), order.end(), [&](std::int32_t a, std::int32_t b) { return depth[a] < depth[b]; });
    std::int32_t following = 0;
    for (const std::int32_t i : order) {
        if (parent[i] < 0) {
            out.enter[i] = following;
            following += size[i];
        } else {
            out.enter[i] = out.enter[parent[i]] + used[parent[i]]; // places already given out below the parent
            used[parent[i]] += size[i];
        }
    }
    for (std::int32_t i = 0; i < m; ++i) out.leave[i] = out.enter[i] + size[i];
    return out;
}

// Compares edges by what each of their elements implies.
class Comparison {
  public:
    explicit Comparison(const Edges& edges)
        : edges_(edges), spans_(spans_of(edges.parent)), signature_(static_cast<std::size_t>(edges.size())) {
        for (Index k = 0; k < edges.size(); ++k) {
            for (const std::int32_t item : edges.edge(k)) signature_[k] |= Word{1} << (spans_.root[item] & 63);
        }
    }

    // Whether each element of edge b implies, or is, an element of edge a: then a is redundant.
    bool implies(Index b, Index a) const {
        if ((signature_[b] & ~signature_[a]) != 0) return false;
        const Ints those = edges_.edge(a);
        for (const std::int32_t x : edges_.edge(b)) {
            const auto under = [&](std::int32_t y) {
                return spans_.enter[x] <= spans_.enter[y] && spans_.enter[y] < spans_.leave[x];
            };
            if (std::none_of(those.begin(), those.end(), under)) return false;
        }
        return true;
    }

  private:
    const Edges& edges_;
    Spans spans_;
    std::vector<Word> signature_;
};

// The edges by size; of equal ones the first, where few elements make many of them.
std::vector<std::int32_t> candidates(const Edges& edges) {
    std::vector<std::int32_t> order;
    const bool few = edges.n_elements() <= 63 && edges.size() >= 64;
    std::unordered_set<Word> met;
    for (std::int32_t k = 0; k < edges.size(); ++k) {
        Word mask = 0;
        if (few) {
            for (const std::int32_t item : edges.edge(k)) mask |= Word{1} << item;
        }
        if (!few || met.insert(mask).second) order.push_back(k);
    }
    const auto smaller = [&](std::int32_t a, std::int32_t b) { return edges.edge(a).size() < edges.edge(b).size(); };
    std::stable_sort(order.begin(), order.end(), smaller);
    return order;
}

std::vector<std::int32_t> minimal_edges(const Edges& edges) {
    const Comparison compare(edges);
    std::vector<std::int32_t> kept;
    std::size_t group = 0; // the first kept edge of the current size
    for (const std::int32_t a : candidates(edges)) {
        if (!kept.empty() && edges.edge(kept.back()).size() < edges.edge(a).size()) group = kept.size();
        const auto implies_it = [&](std::int32_t b) { return compare.implies(b, a); };
        if (std::any_of(kept.begin(), kept.end(), implies_it)) continue;
        // an edge of the same size met earlier may be made redundant by this one
        const auto implied = [&](std::int32_t b) { return compare.implies(a, b); };
        kept.erase(std::remove_if(kept.begin() + static_cast<std::ptrdiff_t>(group), kept.end(), implied), kept.end());
        kept.push_back(a);
    }
    return kept;
}

} // namespace

void irredundant(const Edges& edges, Edges& out, std::vector<std::int32_t>& used) {
    const std::vector<std::int32_t> kept = minimal_edges(edges);
    std::vector<std::int32_t> local(edges.ids.size(), -1);
    for (const std::int32_t k : kept) {
        for (const std::int32_t item : edges.edge(k)) local[item] = 0;
    }
    out.clear();
    out.ids.clear();
    used.clear();
    for (std::int32_t e = 0; e < edges.n_elements(); ++e) {
        if (local[e] < 0) continue;
        local[e] = static_cast<std::int32_t>(used.size());
        used.push_back(e);
        out.ids.push_back(edges.ids[e]);
    }
    out.parent.assign(used.size(), -1);
    for (std::size_t i = 0; i < used.size(); ++i) {
        std::int32_t walk = edges.parent[used[i]];
        while (walk >= 0 && local[walk] < 0) walk = edges.parent[walk];
        if (walk >= 0) out.parent[i] = local[walk];
    }
    for (const std::int32_t k : kept) {
        for (const std::int32_t item : edges.edge(k)) out.member.push_back(local[item]);
        out.close(edges.source[k]);
    }
}

} // namespace suffice
