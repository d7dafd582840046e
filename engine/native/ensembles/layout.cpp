#include "layout.hpp"

#include <utility>

namespace suffice {

namespace {

// What a path allows, and what is known of the attributes.
struct Path {
    const Layout& layout;
    std::vector<Index> lo, hi;        // of interval attributes
    std::vector<std::int32_t> barred; // of listed cells: by how many tests of the path
};

struct Frame {
    std::int32_t node;   // in the source
    std::int32_t parent; // in the copy
    int side;            // of the parent; 0: a root
    bool entered;
    Index lo, hi; // the range before
};

Path whole_path(const Layout& layout) {
    Path path{layout, {}, {}, {}};
    for (Index a = 0; a < layout.n_attributes(); ++a) {
        path.lo.push_back(0);
        path.hi.push_back(layout.attribute[a].count - 1);
    }
    path.barred.assign(layout.n_listed_cells(), 0);
    return path;
}

// The side of an element that the cells still allowed leave: 1, -1, or 0 for both.
int decided(const Path& path, Index e) {
    const Index a = path.layout.test[e].owner;
    const Attribute& attribute = path.layout.attribute[a];
    if (attribute.interval) {
        const Index p = e - attribute.base;
        if (p < path.lo[a]) return 1;
        return p >= path.hi[a] ? -1 : 0;
    }
    bool above = false, below = false;
    for (Index c = 0; c < attribute.count; ++c) {
        if (path.barred[attribute.cells + c] != 0) continue;
        (path.layout.true_in(e, c) ? above : below) = true;
    }
    if (above && below) return 0;
    return above ? 1 : -1;
}

void count_barred(Path& path, Index e, int side, int step) {
    const Attribute& attribute = path.layout.attribute[path.layout.test[e].owner];
    for (Index c = 0; c < attribute.count; ++c) {
        if (path.layout.true_in(e, c) != (side > 0)) path.barred[attribute.cells + c] += step;
    }
}

// Allow only the cells on one side of an element.
void follow(Path& path, Index e, Frame& frame) {
    const Index a = path.layout.test[e].owner;
    const Attribute& attribute = path.layout.attribute[a];
    if (!attribute.interval) return count_barred(path, e, frame.side, 1);
    frame.lo = path.lo[a];
    frame.hi = path.hi[a];
    if (frame.side > 0)
        path.lo[a] = std::max(path.lo[a], e - attribute.base + 1);
    else
        path.hi[a] = std::min(path.hi[a], e - attribute.base);
}

// Take back what `follow` did.
void come_back(Path& path, Index e, const Frame& frame) {
    const Index a = path.layout.test[e].owner;
    if (!path.layout.attribute[a].interval) return count_barred(path, e, frame.side, -1);
    path.lo[a] = frame.lo;
    path.hi[a] = frame.hi;
}

// The side of its condition's element on which a node sends inputs right.
int right_side(const SignedTrees& trees, const ElementsOfConditions& conditions, Index node) {
    const std::int32_t literal = trees.literal[node];
    const int side = conditions.side[std::abs(literal) - 1];
    return literal > 0 ? side : -side;
}

// The first node from here on that the path does not decide (or a leaf).
Index first_open(const Path& path, const SignedTrees& trees, const ElementsOfConditions& conditions, Index node) {
    while (trees.literal[node] != 0) {
        const Index e = conditions.element[std::abs(trees.literal[node]) - 1];
        const int said = e >= 0 ? decided(path, e) : 1; // a constant's side tells whether it is true
        if (said == 0) break;
        node = said == right_side(trees, conditions, node) ? trees.right[node] : trees.left[node];
    }
    return node;
}

void copy_tree(Path& path, const SignedTrees& trees, const ElementsOfConditions& conditions, Index t, Layout& out,
               std::vector<Frame>& frames) {
    frames.assign(1, {trees.root[t], -1, 0, false, 0, 0});
    while (!frames.empty()) {
        const std::size_t top = frames.size() - 1;
        Frame& frame = frames[top];
        if (frame.entered) {
            if (frame.side != 0) come_back(path, out.node[frame.parent].element, frame);
            frames.pop_back();
            continue;
        }
        frame.entered = true;
        if (frame.side != 0) follow(path, out.node[frame.parent].element, frame);
        const Index node = first_open(path, trees, conditions, frame.node);
        const auto here = static_cast<std::int32_t>(out.node.size());
        Node made;
        made.parent = frame.parent;
        if (frame.parent < 0)
            out.root[t] = here;
        else
            (frame.side > 0 ? out.node[frame.parent].high : out.node[frame.parent].low) = here;
        if (trees.literal[node] == 0) {
            made.leaf = trees.leaf[node];
            out.node.push_back(made);
            continue;
        }
        made.element = conditions.element[std::abs(trees.literal[node]) - 1];
        made.owner = static_cast<std::int32_t>(out.test[made.element].owner);
        const Attribute& attribute = out.attribute[made.owner];
        if (attribute.interval) made.cut = static_cast<std::int32_t>(made.element - attribute.base);
        out.node.push_back(made);
        const bool right_is_high = right_side(trees, conditions, node) > 0;
        const std::int32_t high = right_is_high ? trees.right[node] : trees.left[node];
        const std::int32_t low = right_is_high ? trees.left[node] : trees.right[node];
        frames.push_back({high, here, 1, false, 0, 0});
        frames.push_back({low, here, -1, false, 0, 0});
    }
}

void list_tests(Layout& out) {
    out.inner.reserve(out.node.size() / 2);
    for (std::size_t i = 0; i < out.node.size(); ++i) {
        const Node& node = out.node[i];
        if (node.element < 0) continue;
        out.inner.push_back({static_cast<std::int32_t>(i), node.element, node.low, node.high});
    }
}

void list_by_element(Layout& out) {
    out.at.assign(out.test.size() + 1, 0);
    for (const Node& node : out.node) {
        if (node.element >= 0) ++out.at[node.element + 1];
    }
    for (std::size_t e = 0; e < out.test.size(); ++e) out.at[e + 1] += out.at[e];
    out.testing.resize(out.at.back());
    std::vector<Index> next(out.at.begin(), out.at.end() - 1);
    for (std::size_t i = 0; i < out.node.size(); ++i) {
        if (out.node[i].element >= 0) out.testing[next[out.node[i].element]++] = static_cast<std::int32_t>(i);
    }
}

} // namespace

Layout lay_out(const SignedTrees& trees, const ElementsOfConditions& conditions, std::vector<Attribute> attribute,
               std::vector<Test> test, std::vector<Word> truth) {
    Layout out;
    out.attribute = std::move(attribute);
    out.test = std::move(test);
    out.truth = std::move(truth);
    out.root = Buffer<std::int32_t>(trees.root.size());
    out.node.reserve(trees.literal.size());
    out.clause_at.assign(1, 0);
    Path path = whole_path(out);
    std::vector<Frame> frames;
    for (Index t = 0; t < trees.root.size(); ++t) copy_tree(path, trees, conditions, t, out, frames);
    out.node.shrink_to_fit();
    list_tests(out);
    for (const Node& node : out.node) out.n_leaf_rows = std::max<Index>(out.n_leaf_rows, node.leaf + 1);
    list_by_element(out);
    return out;
}

void reach_leaves(const Layout& layout, Ints point, IntsOut leaves) {
    for (Index t = 0; t < layout.n_trees(); ++t) {
        const Node* node = &layout.node[layout.root[t]];
        while (node->element >= 0) {
            const std::int32_t cell = point[node->owner];
            const bool high = node->cut >= 0 ? cell > node->cut : layout.true_in(node->element, cell);
            node = &layout.node[high ? node->high : node->low];
        }
        leaves[t] = node->leaf;
    }
}

Index unmet_clause(const Layout& layout, Ints point) {
    for (Index c = 0; c < layout.n_clauses(); ++c) {
        bool met = false;
        for (Index i = layout.clause_at[c]; i < layout.clause_at[c + 1] && !met; ++i) {
            met = layout.side_at(layout.clause[i].element, point) == layout.clause[i].side;
        }
        if (!met) return c;
    }
    return -1;
}

} // namespace suffice
