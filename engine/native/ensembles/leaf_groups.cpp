#include "leaf_groups.hpp"

#include "cells.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

namespace suffice {

namespace {

constexpr double margin = 1e-9; // of the greatest sum: far more than what adding thousands of floats may lose

struct PathLeaf {
    Word mask = 0; // the groups that its path contradicts, as bits of their numbers modulo 64
    std::int32_t row = 0;
    std::int32_t size = 0, n_kept = 0; // groups that its path contradicts, and needs as they are
    Index groups = 0, kept = 0;        // where they begin
};

// The leaves of all trees within the outer box.
struct PathLeaves {
    std::vector<Index> at; // those of tree t: at[t] … at[t + 1] - 1
    std::vector<PathLeaf> leaf;
    std::vector<std::int32_t> groups, kept;

    Array<const std::int32_t> groups_of(const PathLeaf& one) const { return {groups.data() + one.groups, {one.size}}; }
    Array<const std::int32_t> kept_of(const PathLeaf& one) const { return {kept.data() + one.kept, {one.n_kept}}; }
};

bool is_listed(std::int32_t g, Array<const std::int32_t> among) {
    return std::find(among.begin(), among.end(), g) != among.end();
}

// Lists the leaves with what their paths ask for.
class Lister {
  public:
    Lister(const ChangeQuestion& q, Ints group_of, Ints other)
        : q_(q), layout_(q.problem.layout), group_of_(group_of), other_(other), outside_(layout_.n_elements()) {
        look_outside();
    }

    PathLeaves all(Clock& clock) {
        PathLeaves out;
        out.at.assign(1, 0);
        for (std::int32_t root : layout_.root) {
            const std::size_t before = out.leaf.size();
            add_tree(root, out);
            out.at.push_back(static_cast<Index>(out.leaf.size()));
            if (clock.up(static_cast<Index>(out.leaf.size() - before) + 1)) break;
        }
        return out;
    }

  private:
    struct Frame {
        std::int32_t node;
        std::int32_t n_changed, n_kept; // groups that its parent's path contradicts and keeps …
        std::int32_t changes, keeps;    // … and the one that the last test adds to either (-1: none)
    };

    // Note for each element the side on which the outer box has no cell (0: there is none).
    void look_outside() {
        Buffer<Word> room(layout_.n_words());
        for (Index a = 0; a < layout_.n_attributes(); ++a) {
            const Attribute& attribute = layout_.attribute[a];
            if (!attribute.interval) gather_cells(layout_, a, q_.outer.barred, room);
            for (Index e = attribute.base; e < layout_.attribute[a + 1].base; ++e) {
                const Index p = e - attribute.base;
                const int side = !attribute.interval   ? side_of_set(layout_, a, e, room)
                                 : q_.outer.lo[a] > p  ? 1
                                 : q_.outer.hi[a] <= p ? -1
                                                       : 0;
                outside_[e] = static_cast<std::int8_t>(-side);
            }
        }
    }

    void add_tree(std::int32_t root, PathLeaves& out) {
        stack_.assign(1, {root, 0, 0, -1, -1});
        while (!stack_.empty()) {
            Frame frame = stack_.back();
            stack_.pop_back();
            if (frame.changes >= 0) put(changed_, frame.n_changed++, frame.changes);
            if (frame.keeps >= 0) put(kept_, frame.n_kept++, frame.keeps);
            if (layout_.node[frame.node].element < 0)
                add_leaf(frame, out);
            else
                push_children(frame);
        }
    }

    void push_children(const Frame& frame) {
        const Node& node = layout_.node[frame.node];
        const Index e = node.element, a = layout_.test[e].owner;
        const int here = layout_.side_in_cell(a, e, q_.cells[a]);
        const std::int32_t g = group_of_[a];
        for (const int side : {-1, 1}) {
            if (side != here && (g < 0 || outside_[e] == side)) continue;
            Frame child{side > 0 ? node.high : node.low, frame.n_changed, frame.n_kept, -1, -1};
            if (side != here) {
                if (!is_listed(g, {changed_.data(), {frame.n_changed}})) child.changes = g;
            } else if (g >= 0 && other_[g] >= 0 && layout_.side_in_cell(a, e, other_[g]) != here) {
                child.keeps = g;
            }
            stack_.push_back(child);
        }
    }

    void add_leaf(const Frame& frame, PathLeaves& out) {
        PathLeaf leaf;
        leaf.row = layout_.node[frame.node].leaf;
        leaf.size = frame.n_changed;
        leaf.n_kept = frame.n_kept;
        leaf.groups = static_cast<Index>(out.groups.size());
        leaf.kept = static_cast<Index>(out.kept.size());
        for (std::int32_t i = 0; i < frame.n_changed; ++i) leaf.mask |= Word{1} << (changed_[i] & 63);
        out.groups.insert(out.groups.end(), changed_.begin(), changed_.begin() + frame.n_changed);
        out.kept.insert(out.kept.end(), kept_.begin(), kept_.begin() + frame.n_kept);
        out.leaf.push_back(leaf);
    }

    static void put(std::vector<std::int32_t>& path, std::int32_t i, std::int32_t g) {
        if (static_cast<std::size_t>(i) == path.size()) path.push_back(g);
        path[i] = g;
    }

    const ChangeQuestion& q_;
    const Layout& layout_;
    Ints group_of_, other_;
    Buffer<std::int8_t> outside_;
    std::vector<Frame> stack_;
    std::vector<std::int32_t> changed_, kept_; // by the path at hand
};

// Chooses the leaves that are edges, and writes them.
class Writer {
  public:
    Writer(const ChangeQuestion& q, const PathLeaves& leaves, Index n_groups)
        : q_(q), leaves_(leaves), few_(n_groups <= word_bits), own_(q.problem.layout.n_trees()),
          gain_(static_cast<Index>(leaves.leaf.size())), slot_of_(n_groups),
          seen_(Buffer<Index>::full({n_groups}, -1)) {
        reach_leaves(q.problem.layout, q.cells, own_);
    }

    Edges all(Clock& clock) {
        const Columns& columns = q_.problem.columns;
        Edges out;
        out.n_trees = own_.size();
        out.tree_at.assign(1, 0);
        out.slot_at.assign(1, 0);
        for (Index k = 0; k < columns.n_telling(); ++k) {
            Index now = columns.offset[k];
            for (Index t = 0; t < out.n_trees; ++t) {
                now += columns.worth(own_[t], k);
                add_tree(k, t, out);
                const Index n_leaves = leaves_.at[t + 1] - leaves_.at[t];
                if (clock.up(1 + n_leaves)) return out;
            }
            double scale =
                std::abs(static_cast<double>(columns.offset[k])) + std::abs(static_cast<double>(columns.need[k]));
            double gains = 0.0;
            for (double gain : gain_) gains += std::abs(gain);
            scale += gains;
            out.slot_at.push_back(out.n_slots());
            out.need.push_back(static_cast<double>(columns.need[k] - now) - margin * scale);
        }
        out.edge.push_back({0.0, 0, static_cast<Index>(out.entry.size()), static_cast<Index>(out.keep.size())});
        return out;
    }

  private:
    void add_tree(Index k, Index t, Edges& out) {
        const Index tree = k * out.n_trees + t;
        choose(k, t);
        for (Index i : chosen_) {
            const PathLeaf& leaf = leaves_.leaf[i];
            out.edge.push_back(
                {gain_[i], leaf.mask, static_cast<Index>(out.entry.size()), static_cast<Index>(out.keep.size())});
            for (std::int32_t g : leaves_.groups_of(leaf)) {
                if (seen_[g] != tree) {
                    seen_[g] = tree;
                    slot_of_[g] = static_cast<std::int32_t>(out.slot_group.size());
                    out.slot_group.push_back(g);
                }
                out.entry.push_back({g, slot_of_[g]});
            }
            const Array<const std::int32_t> kept = leaves_.kept_of(leaf);
            out.keep.insert(out.keep.end(), kept.begin(), kept.end());
        }
        out.tree_at.push_back(static_cast<Index>(out.edge.size()));
    }

    // Choose the leaves of a tree that are edges, greatest worth first, and write all gains.
    void choose(Index k, Index t) {
        const Columns& columns = q_.problem.columns;
        sorted_.clear();
        for (Index i = leaves_.at[t]; i < leaves_.at[t + 1]; ++i) {
            gain_[i] = static_cast<double>(columns.worth(leaves_.leaf[i].row, k) - columns.worth(own_[t], k));
            sorted_.push_back({-gain_[i], i});
        }
        std::sort(sorted_.begin(), sorted_.end());
        chosen_.clear();
        chosen_mask_.clear();
        for (const auto& [worth, i] : sorted_) {
            const PathLeaf& leaf = leaves_.leaf[i];
            if (is_useless(leaf)) continue;
            chosen_.push_back(i);
            chosen_mask_.push_back(leaf.mask);
            if (leaf.size + leaf.n_kept == 0) break;
        }
    }

    // Whether the groups of some chosen leaf are all among those of this one.
    bool is_useless(const PathLeaf& leaf) const {
        for (std::size_t c = 0; c < chosen_.size(); ++c) {
            if ((chosen_mask_[c] & ~leaf.mask) != 0) continue;
            const PathLeaf& one = leaves_.leaf[chosen_[c]];
            if (one.n_kept > leaf.n_kept) continue;
            if ((few_ || all_listed(leaves_.groups_of(one), leaves_.groups_of(leaf))) &&
                all_listed(leaves_.kept_of(one), leaves_.kept_of(leaf)))
                return true;
        }
        return false;
    }

    static bool all_listed(Array<const std::int32_t> some, Array<const std::int32_t> among) {
        return std::all_of(some.begin(), some.end(), [among](std::int32_t g) { return is_listed(g, among); });
    }

    const ChangeQuestion& q_;
    const PathLeaves& leaves_;
    bool few_;                                     // whether the bits of masks are exact
    Buffer<std::int32_t> own_;                     // the leaf row that each tree reaches at the instance
    Buffer<double> gain_;                          // of each leaf
    std::vector<std::pair<double, Index>> sorted_; // of a tree: less than no worth, and the leaf
    std::vector<Index> chosen_;
    std::vector<Word> chosen_mask_;
    Buffer<std::int32_t> slot_of_;
    Buffer<Index> seen_; // the tree in which a group was last met
};

} // namespace

Edges edges_of(const ChangeQuestion& q, Ints group_of, Ints other, Clock& clock) {
    const PathLeaves leaves = Lister(q, group_of, other).all(clock);
    if (clock.halted()) return {};
    return Writer(q, leaves, other.size()).all(clock);
}

} // namespace suffice
