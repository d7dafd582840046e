#include "front.hpp"

namespace suffice {

namespace {

// The undecided part of the tree at hand.
struct Open {
    struct Leaf {
        Index worth;
        std::int32_t node, above; // `above`: see Entry
    };
    Leaf leaf[word_bits];
    std::int32_t rank[word_bits]; // the leaves, best first
    Index size = 0;
};

// The first node from here on that the box does not decide.
std::int32_t descend(const Layout& layout, const Workspace& work, std::int32_t node) {
    while (layout.node[node].element >= 0) {
        const int side = decided(layout, work, layout.node[node].element);
        if (side == 0) break;
        node = side > 0 ? layout.node[node].high : layout.node[node].low;
    }
    return node;
}

// Open the tree, shallow leaves first, and write its tests as entries of row r; return the number after the last one.
Index open_tree(const Layout& layout, std::int32_t root, Index r, Open& tree, Workspace& work) {
    Index end = work.row[r].first, before = 0;
    tree.leaf[0] = {0, descend(layout, work, root), 0};
    tree.size = 1;
    while (tree.size > before && tree.size < work.widest) { // a pass opens each leaf once
        before = tree.size;
        for (Index i = 0; i < before; ++i) {
            const auto [worth, node, above] = tree.leaf[i];
            const Node& test = layout.node[node];
            if (test.element < 0 || tree.size == work.widest) continue;
            work.entry[end++] = {0, 0, static_cast<std::int32_t>(r), test.element, above};
            const auto here = static_cast<std::int32_t>(end);
            tree.leaf[i] = {0, descend(layout, work, test.low), -here};
            tree.leaf[tree.size++] = {0, descend(layout, work, test.high), here};
        }
    }
    return end;
}

// Write the leaves' worths and sort them, best first; tell whether they are all the same (and none is deep).
bool rank_leaves(const Problem& problem, const Box& box, Index k, Open& tree) {
    const bool kinds = !problem.columns.kind.empty();
    bool same = true;
    std::int32_t kind = -1;
    for (Index i = 0; i < tree.size; ++i) {
        const Node& node = problem.layout.node[tree.leaf[i].node];
        const Index worth = tree.leaf[i].worth = box.best(tree.leaf[i].node, k);
        same = same && node.element < 0 && worth == tree.leaf[0].worth;
        if (same && kinds) {
            const std::int32_t mine = problem.columns.kind_of(node.leaf, k);
            same = kind < 0 || kind == mine;
            kind = mine;
        }
        Index j = i;
        for (; j > 0 && tree.leaf[tree.rank[j - 1]].worth < worth; --j) tree.rank[j] = tree.rank[j - 1];
        tree.rank[j] = static_cast<std::int32_t>(i);
    }
    return same;
}

// Write the sorted leaves as row r, and the sides of its entries.
void write_leaves(const Problem& problem, const Open& tree, Index k, Index r, Workspace& work) {
    const bool kinds = !problem.columns.kind.empty();
    FrontRow& row = work.row[r];
    RowLeaves& out = work.of_row[r];
    row.deep = row.seen = 0;
    for (Index rank = 0; rank < tree.size; ++rank) {
        const Open::Leaf& leaf = tree.leaf[tree.rank[rank]];
        const Word bit = Word{1} << rank;
        const Node& node = problem.layout.node[leaf.node];
        out.worth[rank] = leaf.worth;
        out.kind[rank] = 0;
        if (node.element >= 0)
            row.deep |= bit;
        else if (kinds)
            out.kind[rank] = problem.columns.kind_of(node.leaf, k);
        for (std::int32_t above = leaf.above; above != 0;) {
            Entry& entry = work.entry[std::abs(above) - 1];
            (above > 0 ? entry.high : entry.low) |= bit;
            above = entry.above;
        }
    }
    row.left = first_bits(tree.size);
    work.total[row.column].bound += out.worth[0];
}

// Write one tree's undecided part as row r; return the number after its last entry (a constant has none).
Index add_tree(const Problem& problem, const Box& box, Index k, std::int32_t root, Index r, Workspace& work) {
    Open tree;
    const Index end = open_tree(problem.layout, root, r, tree, work);
    if (rank_leaves(problem, box, k, tree)) {
        work.total[work.row[r].column].bound += tree.leaf[0].worth;
        return work.row[r].first;
    }
    write_leaves(problem, tree, k, r, work);
    return end;
}

} // namespace

bool start(const Problem& problem, const Box& box, Index only, Workspace& work) {
    for (std::size_t a = 0; a < work.span.size(); ++a) work.span[a] = {box.lo[a], box.hi[a]};
    for (Index c = 0; c < box.barred.size(); ++c) work.barred[c] = box.barred[c] != 0 ? 1 : 0;
    work.side.copy_from(box.side);
    const Columns& columns = problem.columns;
    const Index first = columns.first_of(only);
    for (Index k = 0; k < columns.count_of(only); ++k) work.total[k].need = columns.need_of(only, first + k);
    work.goal = columns.goal.get();
    work.question = only;
    if (work.goal != nullptr && only >= 0) work.least_need = work.total[only].need;
    work.n_trail = 0;
    work.n_level = -1;
    work.level[0] = {0, 0};
    return deepen(problem, box, only, work);
}

bool deepen(const Problem& problem, const Box& box, Index only, Workspace& work) {
    const Index first = problem.columns.first_of(only), n_columns = problem.columns.count_of(only);
    const Index n = work.n_level + 1;
    if (n + 1 >= static_cast<Index>(work.level.size())) return false;
    auto [rows, entries] = work.level[n];
    for (Index k = 0; k < n_columns; ++k) {
        work.below(n, k) = work.total[k].bound;
        work.total[k].bound = problem.columns.offset[first + k];
        for (std::int32_t root : problem.layout.root) {
            if (rows + 1 >= work.row.size() || entries + word_bits > work.entry.size()) return false;
            work.row[rows].first = static_cast<std::int32_t>(entries);
            work.row[rows].column = static_cast<std::int32_t>(k);
            const Index end = add_tree(problem, box, first + k, root, rows, work);
            if (end > entries) {
                ++rows;
                entries = end;
            }
        }
    }
    work.row[rows].first = static_cast<std::int32_t>(entries);
    work.level[n + 1] = {rows, entries};
    work.n_level = n;
    list_entries(problem.layout, work);
    return true;
}

void list_entries(const Layout& layout, Workspace& work) {
    const Index n = work.n_level, n_elements = layout.n_elements();
    const Index first = work.level[n].entry, last = work.level[n + 1].entry;
    std::int32_t* const at = &work.at[n * (n_elements + 1)];
    std::fill(at, at + n_elements + 1, 0);
    for (Index i = first; i < last; ++i) ++at[work.entry[i].element + 1];
    at[0] = static_cast<std::int32_t>(first);
    for (Index e = 0; e < n_elements; ++e) at[e + 1] += at[e];
    for (Index i = last - 1; i >= first; --i) { // fill from the ends: at[e + 1] sinks to where e begins
        const Entry& entry = work.entry[i];
        const Index place = --at[entry.element + 1];
        work.if_true[place] = {entry.low, entry.row};
        work.if_false[place] = {entry.high, entry.row};
    }
    for (Index e = 0; e < n_elements; ++e) at[e] = at[e + 1];
    at[n_elements] = static_cast<std::int32_t>(last);
}

} // namespace suffice
