#include "leaf_blocks.hpp"

#include "path_box.hpp"

namespace suffice {

namespace {

class Walk {
  public:
    Walk(const SignedTrees& trees, const CellTable& table, Ints cells, Flags wanted)
        : trees_(trees), table_(table), cells_(cells), wanted_(wanted), box_(table), met_(table.n_attributes(), -1) {}

    void walk(Index root, Clock& clock) {
        const Index first = n_leaves();
        stack_.assign(1, {root, 0, 0});
        while (!stack_.empty() && !clock.up()) {
            const auto [node, literal, level] = stack_.back();
            stack_.pop_back();
            while (box_.depth() > std::max<Index>(level - 1, 0)) box_.widen();
            if (literal != 0 && !box_.narrow(literal)) continue;
            const Index test = trees_.literal[node];
            if (test != 0) {
                stack_.push_back({trees_.right[node], test, level + 1});
                stack_.push_back({trees_.left[node], -test, level + 1});
            } else if (!wanted_[trees_.leaf[node]] && !add_leaf()) {
                keep_own_leaf(first);
                break;
            }
        }
        while (box_.depth() > 0) box_.widen();
        out.tree.push_back(n_leaves());
    }

    LeafBlocks out;

  private:
    struct Visit {
        Index node, literal, level; // `literal` leads there (0: a root)
    };

    Index n_leaves() const { return static_cast<Index>(out.start.size()) - 1; }

    // List what shuts out the leaf at hand; tell whether anything does (else it is the instance's own).
    bool add_leaf() {
        const Index leaf = n_leaves(), before = static_cast<Index>(out.entry.size());
        for (Index i = 0; i < box_.depth(); ++i) {
            const Index a = box_.attribute_at(i);
            if (met_[a] == visit_) continue;
            met_[a] = visit_;
            add_entry(a);
        }
        ++visit_;
        out.start.push_back(static_cast<Index>(out.entry.size()));
        return out.start[leaf + 1] > before;
    }

    void add_entry(Index a) {
        const Index own = cells_[a], base = table_.attribute[a].first;
        if (table_.attribute[a].interval) {
            if (box_.low(a) > own)
                out.entry.push_back(base + box_.low(a));
            else if (box_.high(a) < own)
                out.entry.push_back(base + box_.high(a));
        } else if (box_.is_shut(base + own)) {
            for (Index c = base; c < base + table_.n_cells(a); ++c) {
                if (!box_.is_shut(c)) out.cell.push_back(c);
            }
            out.span.push_back(static_cast<Index>(out.cell.size()));
            out.entry.push_back(1 - static_cast<Index>(out.span.size()));
        }
    }

    // Nothing else of this tree matters.
    void keep_own_leaf(Index first) {
        out.entry.resize(out.start[first]);
        out.start.resize(first + 1);
        out.start.push_back(out.start[first]);
    }

    const SignedTrees& trees_;
    const CellTable& table_;
    const Ints cells_;
    const Flags wanted_;
    PathBox box_;
    std::vector<Index> met_; // the last leaf at which each attribute was met
    Index visit_ = 0;
    std::vector<Visit> stack_;
};

} // namespace

LeafBlocks leaf_blocks(const SignedTrees& trees, const CellTable& table, Ints cells, Flags wanted, Clock& clock) {
    Walk walk(trees, table, cells, wanted);
    for (Index root : trees.root) walk.walk(root, clock);
    return std::move(walk.out);
}

} // namespace suffice
