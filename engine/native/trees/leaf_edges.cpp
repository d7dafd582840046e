#include "leaf_edges.hpp"

namespace suffice {

namespace {

// The cut nearest to a range of cells that lies between it and a cell, -1 if the cell is in the range.
Index excluding_cut(Index cell, Index low, Index high) {
    if (cell < low) return low - 1;
    return cell > high ? high : -1;
}

// The element that excludes a range of cells, -1 if nothing does.
Index excluding_element(const LeafQuestion& question, Index e) {
    const Index a = question.leaves.attribute[e];
    const Index cut = excluding_cut(question.cells[a], question.leaves.low[e], question.leaves.high[e]);
    if (cut < 0) return -1;
    return question.per_feature ? question.space.feature[a] : question.space.base[a] + cut;
}

bool holds(Ints items, Index wanted) { return std::find(items.begin(), items.end(), wanted) != items.end(); }

// Whether an element is above another one in the forest.
bool lies_under(Ints up, Index item, Index other) {
    for (Index walk = up[item]; walk >= 0; walk = up[walk]) {
        if (walk == other) return true;
    }
    return false;
}

// Counts through the choices of one element from each group; the elements of all edges come first.
struct Choices {
    std::vector<std::int32_t> fixed;   // elements that every edge of the leaf holds
    std::vector<std::int32_t> element; // of group g: element[begin[g]] … element[begin[g + 1] - 1], an edge holds one
    std::vector<Index> begin{0};
    std::vector<Index> digit;

    void clear() {
        fixed.clear();
        element.clear();
        begin.assign(1, 0);
    }
    void close_group() { begin.push_back(static_cast<Index>(element.size())); }
    void start() { digit.assign(begin.size() - 1, 0); }

    // Count one up, the first group fastest; false after the last choice.
    bool advance() {
        for (std::size_t g = 0; g < digit.size(); ++g) {
            if (++digit[g] < begin[g + 1] - begin[g]) return true;
            digit[g] = 0;
        }
        return false;
    }
    void write(EdgeList& edges) const {
        edges.member.insert(edges.member.end(), fixed.begin(), fixed.end());
        for (std::size_t g = 0; g < digit.size(); ++g) edges.member.push_back(element[begin[g] + digit[g]]);
    }
};

// Add the distinct weakest elements that exclude listed cells as a group. One is left out if a listed one is implied by
// the same drop or less (an ancestor, or met before).
void add_nearest(Ints listed, Ints own, Ints up, Choices& choices) {
    const auto mark = static_cast<std::ptrdiff_t>(choices.element.size());
    for (const std::int32_t cell : listed) {
        const std::int32_t item = own[cell];
        bool nearest = true;
        for (const std::int32_t other : listed) nearest = nearest && !lies_under(up, item, own[other]);
        const auto met = std::find(choices.element.begin() + mark, choices.element.end(), item);
        if (nearest && met == choices.element.end()) choices.element.push_back(item);
    }
    choices.close_group();
}

void gather(const LeafQuestion& question, const ElementForest& forest, Index leaf, Choices& choices) {
    const LeafTable& leaves = question.leaves;
    choices.clear();
    for (Index e = leaves.start[leaf]; e < leaves.start[leaf + 1]; ++e) {
        const Index a = leaves.attribute[e];
        if (leaves.ranged(e)) {
            const Index element = excluding_element(question, e);
            if (element >= 0) choices.fixed.push_back(static_cast<std::int32_t>(element));
        } else if (!holds(leaves.listed(e), question.cells[a])) {
            if (question.per_feature) {
                choices.fixed.push_back(question.space.feature[a]);
            } else {
                add_nearest(leaves.listed(e), forest.own.part(forest.base[a], forest.base[a + 1]), forest.up, choices);
            }
        }
    }
    choices.start();
}

} // namespace

void edges_of_ranges(const LeafQuestion& question, EdgeList& edges) {
    const LeafTable& leaves = question.leaves;
    edges.clear();
    for (Index leaf = 0; leaf < leaves.size(); ++leaf) {
        if (question.good[leaves.outcome[leaf]]) continue;
        for (Index e = leaves.start[leaf]; e < leaves.start[leaf + 1]; ++e) {
            const Index element = excluding_element(question, e);
            if (element >= 0) edges.member.push_back(static_cast<std::int32_t>(element));
        }
        edges.close(static_cast<std::int32_t>(leaf));
    }
}

bool edges_of_cells(const LeafQuestion& question, const ElementForest& forest, Index limit, EdgeList& edges) {
    Choices choices;
    edges.clear();
    for (Index leaf = 0; leaf < question.leaves.size(); ++leaf) {
        if (question.good[question.leaves.outcome[leaf]]) continue;
        gather(question, forest, leaf, choices);
        bool more = true;
        while (more) {
            choices.write(edges);
            edges.close(static_cast<std::int32_t>(leaf));
            if (edges.size() >= limit) return false;
            more = choices.advance();
        }
    }
    return true;
}

void localise_in_space(const LeafQuestion& question, const EdgeList& raw, Flags banned, Ints up, Edges& edges) {
    const Space& space = question.space;
    const Implications implied{question.cells, space.base, space.owner, space.interval, up};
    localise(raw, banned, question.per_feature || !space.chained ? nullptr : &implied, edges);
}

} // namespace suffice
