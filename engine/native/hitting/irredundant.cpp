#include "irredundant.hpp"

#include "../base/bits.hpp"
#include "implied.hpp"

#include <algorithm>
#include <utility>

namespace suffice {

namespace {

// Edge b makes edge a redundant if each of its elements implies, or is, one of a's: all are above a's elements. So b is
// filed under the one of its elements that is above the fewest elements of edges, and a looks only into the files above
// its own elements.
class Filed {
  public:
    explicit Filed(const Edges& edges) : edges_(edges), spans_(spans_of(edges.parent)), few_(edges.size() <= few) {
        if (!few_) choose_files();
    }

    // The edges by size, and of one size those first that can make others redundant: their elements are nearer to
    // roots.
    std::vector<std::int32_t> order() const {
        std::vector<std::pair<Index, std::int32_t>> keyed;
        keyed.reserve(edges_.size());
        for (std::int32_t k = 0; k < edges_.size(); ++k) {
            Index depth = 0;
            for (const std::int32_t x : edges_.edge(k)) depth += spans_.depth[x];
            keyed.emplace_back((edges_.edge(k).size() << 44) + depth, k);
        }
        std::sort(keyed.begin(), keyed.end());
        std::vector<std::int32_t> out;
        out.reserve(keyed.size());
        for (const auto& [key, k] : keyed) out.push_back(k);
        return out;
    }

    void file(std::int32_t b) {
        if (few_) return filed_.push_back({sign(b), b, -1});
        std::int32_t& first = first_[chosen_[b]];
        filed_.push_back({sign(b), b, first});
        first = static_cast<std::int32_t>(filed_.size()) - 1;
    }

    // Whether a filed edge makes edge a redundant; `looked` counts what was looked at.
    bool is_implied(std::int32_t a, Index& looked) {
        entered_.clear();
        for (const std::int32_t y : edges_.edge(a)) entered_.push_back(spans_.enter[y]);
        std::sort(entered_.begin(), entered_.end());
        const Word roots = sign(a);
        if (few_) {
            looked += static_cast<Index>(filed_.size());
            return std::any_of(filed_.begin(), filed_.end(),
                               [&](const Entry& entry) { return (entry.roots & ~roots) == 0 && covers(entry.edge); });
        }
        for (const std::int32_t y : edges_.edge(a)) {
            for (std::int32_t x = is_file_[y] ? y : above_[y]; x >= 0 && stamp_[x] != a; x = above_[x]) {
                stamp_[x] = a;
                ++looked;
                for (std::int32_t i = first_[x]; i >= 0; i = filed_[i].next) {
                    ++looked;
                    if ((filed_[i].roots & ~roots) == 0 && covers(filed_[i].edge)) return true;
                }
            }
        }
        return false;
    }

  private:
    struct Entry {
        Word roots; // of its elements' trees
        std::int32_t edge;
        std::int32_t next; // of the same file, -1: none
    };

    Word sign(std::int32_t k) const {
        Word out = 0;
        for (const std::int32_t x : edges_.edge(k)) out |= Word{1} << (spans_.root[x] & 63);
        return out;
    }

    // Whether all elements of edge b are above elements that were entered.
    bool covers(std::int32_t b) const {
        const auto is_above = [&](std::int32_t x) {
            const auto found = std::lower_bound(entered_.begin(), entered_.end(), spans_.enter[x]);
            return found != entered_.end() && *found < spans_.leave[x];
        };
        const Ints those = edges_.edge(b);
        return std::all_of(those.begin(), those.end(), is_above);
    }

    void choose_files() {
        const auto m = static_cast<std::int32_t>(edges_.ids.size());
        first_.assign(m, -1);
        above_.assign(m, -1);
        stamp_.assign(m, -1);
        std::vector<Index> before(m + 1); // members entered before each place
        for (const std::int32_t x : edges_.member) ++before[spans_.enter[x] + 1];
        for (std::int32_t i = 0; i < m; ++i) before[i + 1] += before[i];
        const auto met = [&](std::int32_t x) { return before[spans_.leave[x]] - before[spans_.enter[x]]; };
        is_file_.assign(m, 0);
        chosen_.reserve(edges_.size());
        for (Index k = 0; k < edges_.size(); ++k) {
            const Ints edge = edges_.edge(k);
            const auto fewest = std::min_element(edge.begin(), edge.end(),
                                                 [&](std::int32_t a, std::int32_t b) { return met(a) < met(b); });
            chosen_.push_back(fewest == edge.end() ? -1 : *fewest);
            if (fewest != edge.end()) is_file_[*fewest] = 1;
        }
        std::vector<std::int32_t> at(m);
        for (std::int32_t x = 0; x < m; ++x) at[spans_.enter[x]] = x;
        for (const std::int32_t x : at) { // roots first
            const std::int32_t up = edges_.parent[x];
            if (up >= 0) above_[x] = is_file_[up] ? up : above_[up];
        }
    }

    static constexpr Index few = 32; // edges that are not worth the making of files

    const Edges& edges_;
    Spans spans_;
    const bool few_;
    std::vector<Entry> filed_;
    std::vector<std::int32_t> first_;   // in the file of an element, -1: none
    std::vector<std::int8_t> is_file_;  // whether an edge will be, or would be, filed under an element
    std::vector<std::int32_t> above_;   // the nearest such element that implies an element, -1: none
    std::vector<std::int32_t> chosen_;  // of edges: under which element they are filed, -1: they have none
    std::vector<std::int32_t> stamp_;   // the last edge that looked into a file
    std::vector<std::int32_t> entered_; // places of the elements of the edge at hand
};

// The edges that no others make redundant, smallest first; false: it was given up.
bool minimal_edges(const Edges& edges, std::vector<std::int32_t>& kept, Clock& clock) {
    if (clock.up(1 + edges.n_elements() / 8)) return false;
    Filed filed(edges);
    Index looked = edges.size() + edges.n_elements();
    for (const std::int32_t a : filed.order()) {
        if (clock.up(1 + looked / 32)) return false;
        looked = 0;
        if (edges.edge(a).size() == 0) { // nothing hits it: it makes all others redundant
            kept.assign(1, a);
            return true;
        }
        if (filed.is_implied(a, looked)) continue;
        filed.file(a);
        kept.push_back(a);
    }
    const auto smaller = [&](std::int32_t a, std::int32_t b) {
        const Index one = edges.edge(a).size(), other = edges.edge(b).size();
        return one != other ? one < other : a < b;
    };
    std::sort(kept.begin(), kept.end(), smaller);
    return true;
}

} // namespace

bool irredundant(const Edges& edges, Edges& out, std::vector<std::int32_t>& used, Clock& clock) {
    std::vector<std::int32_t> kept;
    if (!minimal_edges(edges, kept, clock)) return false;
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
    return true;
}

} // namespace suffice
