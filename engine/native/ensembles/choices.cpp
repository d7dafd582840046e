#include "choices.hpp"

#include <algorithm>
#include <limits>

namespace suffice {

namespace {

// Adds box after box.
struct Building {
    const Layout& layout;
    Choices& out;

    // The demand of the box at hand on an attribute, as yet on all of its cells.
    Demand& on(Index a) {
        const Attribute& attribute = layout.attribute[a];
        for (Index i = out.at.back(); i < static_cast<Index>(out.demand.size()); ++i) {
            if (out.demand[i].attribute == a) return out.demand[i];
        }
        Demand made{static_cast<std::int32_t>(a), 0, static_cast<std::int32_t>(attribute.count - 1), -1};
        if (!attribute.interval) {
            made.set = static_cast<Index>(out.cells.size());
            out.cells.resize(out.cells.size() + static_cast<std::size_t>(layout.n_words(a)), ~Word{0});
        }
        out.demand.push_back(made);
        return out.demand.back();
    }

    // Ask that an element is true (side 1) or false (-1).
    void ask(Index e, Index side) {
        const Index a = layout.test[e].owner;
        Demand& demand = on(a);
        if (layout.attribute[a].interval) {
            const auto cut = static_cast<std::int32_t>(e - layout.attribute[a].base);
            if (side > 0)
                demand.lo = std::max(demand.lo, cut + 1);
            else
                demand.hi = std::min(demand.hi, cut);
            return;
        }
        const Word flip = side > 0 ? 0 : ~Word{0};
        for (Index w = 0; w < layout.n_words(a); ++w)
            out.cells[demand.set + w] &= layout.truth[layout.test[e].row + w] ^ flip;
    }

    void end_option() {
        out.group.push_back(static_cast<std::int32_t>(out.first.size() - 1));
        out.at.push_back(static_cast<Index>(out.demand.size()));
    }
    void end_group() { out.first.push_back(static_cast<Index>(out.group.size())); }
};

// The nodes of a tree below which all leaves are enough, and above which not all are.
void add_tree(Building& building, Index root, Index end, Array<const bool> enough) {
    const Layout& layout = building.layout;
    std::vector<bool> whole(static_cast<std::size_t>(end - root));
    for (Index i = end - 1; i >= root; --i) {
        const Node& node = layout.node[i];
        whole[i - root] = node.element < 0 ? enough[node.leaf] : whole[node.low - root] && whole[node.high - root];
    }
    if (whole[0]) return;
    for (Index i = root + 1; i < end; ++i) {
        if (!whole[i - root] || whole[layout.node[i].parent - root]) continue;
        for (Index below = i, node = layout.node[i].parent; node >= 0; below = node, node = layout.node[node].parent)
            building.ask(layout.node[node].element, layout.node[node].high == below ? 1 : -1);
        building.end_option();
    }
    building.end_group();
}

// What the leaves of one tree add to a column, least and most.
struct Extent {
    Index lo = std::numeric_limits<Index>::max(), hi = std::numeric_limits<Index>::min();
};

Index end_of(const Layout& layout, Index t) { return t + 1 < layout.n_trees() ? layout.root[t + 1] : layout.n_nodes(); }

// The only tree whose leaves differ in a column (-1: there is none, or more), and what all others add to it.
struct Alone {
    Index tree = -1;
    Index others = 0;
};

Alone alone_in(const Layout& layout, const Columns& columns, Index k) {
    Alone out;
    out.others = columns.offset[k];
    for (Index t = 0; t < layout.n_trees(); ++t) {
        Extent extent;
        for (Index i = layout.root[t]; i < end_of(layout, t); ++i) {
            if (layout.node[i].element >= 0) continue;
            extent.lo = std::min(extent.lo, columns.worth(layout.node[i].leaf, k));
            extent.hi = std::max(extent.hi, columns.worth(layout.node[i].leaf, k));
        }
        if (extent.lo == extent.hi) {
            out.others += extent.lo;
            continue;
        }
        if (out.tree >= 0) return {};
        out.tree = t;
    }
    return out;
}

// Whether each row of values is a leaf of one tree only.
bool rows_are_apart(const Layout& layout) {
    std::vector<std::int32_t> tree(layout.n_leaf_rows, -1);
    for (Index t = 0; t < layout.n_trees(); ++t) {
        for (Index i = layout.root[t]; i < end_of(layout, t); ++i) {
            const std::int32_t leaf = layout.node[i].leaf;
            if (leaf < 0) continue;
            if (tree[leaf] >= 0 && tree[leaf] != t) return false;
            tree[leaf] = static_cast<std::int32_t>(t);
        }
    }
    return true;
}

void list_wanted(const Layout& layout, Choices& out) {
    out.wanted_at.assign(layout.n_attributes() + 1, 0);
    for (const Demand& demand : out.demand) ++out.wanted_at[demand.attribute + 1];
    for (Index a = 0; a < layout.n_attributes(); ++a) out.wanted_at[a + 1] += out.wanted_at[a];
    out.wanted.resize(out.demand.size());
    std::vector<Index> next(out.wanted_at.begin(), out.wanted_at.end() - 1);
    for (Index i = 0; i < out.n_options(); ++i) {
        for (Index d = out.at[i]; d < out.at[i + 1]; ++d)
            out.wanted[next[out.demand[d].attribute]++] = {static_cast<std::int32_t>(i), static_cast<std::int32_t>(d)};
    }
}

} // namespace

Choices::Choices(const Layout& layout, Array<const bool> enough) : first(1, 0), at(1, 0) {
    Building building{layout, *this};
    for (Index t = 0; t < layout.n_trees(); ++t) {
        const Index end = t + 1 < layout.n_trees() ? layout.root[t + 1] : layout.n_nodes();
        add_tree(building, layout.root[t], end, enough);
    }
    for (Index c = 0; c < layout.n_clauses(); ++c) {
        for (Index i = layout.clause_at[c]; i < layout.clause_at[c + 1]; ++i) {
            building.ask(layout.clause[i].element, layout.clause[i].side);
            building.end_option();
        }
        building.end_group();
    }
    list_wanted(layout, *this);
}

std::shared_ptr<const Choices> choices_of(const Layout& layout, const Columns& columns) {
    if (columns.goal || columns.size() == 0 || layout.n_trees() < 2) return nullptr;
    if (!columns.together && columns.size() != 1) return nullptr;
    Buffer<bool> enough(layout.n_leaf_rows);
    enough.fill(true);
    for (Index k = 0; k < columns.size(); ++k) {
        const Alone alone = alone_in(layout, columns, k);
        if (alone.tree < 0) return nullptr;
        for (Index i = layout.root[alone.tree]; i < end_of(layout, alone.tree); ++i) {
            const std::int32_t leaf = layout.node[i].leaf;
            if (leaf >= 0 && alone.others + columns.worth(leaf, k) < columns.need[k]) enough[leaf] = false;
        }
    }
    if (!rows_are_apart(layout)) return nullptr;
    return std::make_shared<const Choices>(layout, enough);
}

} // namespace suffice
