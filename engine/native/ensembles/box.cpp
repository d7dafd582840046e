#include "box.hpp"

namespace suffice {

namespace {

constexpr Index walk_length = 3; // steps up from a node that changes, about

// Renew the best worths of an inner node, by column, from its children; tell whether one changed.
inline bool renew(Box& box, Index here, const Node& node) {
    const Index n_columns = box.bound.size();
    Index* mine = &box.best(here, 0);
    Index change = 0;
    const auto write = [&](auto value_of) {
        if (node.parent < 0) {
            for (Index k = 0; k < n_columns; ++k) box.bound[k] += value_of(k) - mine[k];
        }
        for (Index k = 0; k < n_columns; ++k) {
            const Index value = value_of(k);
            change |= value ^ mine[k];
            mine[k] = value;
        }
    };
    const Index *low = &box.best(node.low, 0), *high = &box.best(node.high, 0);
    const int side = box.side[node.element];
    if (side == 0)
        write([=](Index k) { return std::max(low[k], high[k]); });
    else
        write([from = side > 0 ? high : low](Index k) { return from[k]; });
    return change != 0;
}

// Renew the best worths of all tests but not the bounds. No branches for one column: what they do is hard to foresee.
void renew_all(const Layout& layout, Box& box) {
    const Index n_columns = box.bound.size();
    const std::int8_t* side = box.side.data;
    Index* best = box.best.data;
    for (auto test = layout.inner.rbegin(); test != layout.inner.rend(); ++test) { // children before parents
        const Index *low = best + test->low * n_columns, *high = best + test->high * n_columns;
        const int at = side[test->element];
        Index* mine = best + test->node * n_columns;
        for (Index k = 0; k < n_columns; ++k) {
            const Index below = low[k], above = high[k];
            const Index both = below > above ? below : above;
            const Index one = at > 0 ? above : below;
            mine[k] = at == 0 ? both : one;
        }
    }
}

void add_roots(const Layout& layout, Box& box, Index sign) {
    for (Index k = 0; k < box.bound.size(); ++k) {
        for (std::int32_t root : layout.root) box.bound[k] += sign * box.best(root, k);
    }
}

// Allow the cells lo … hi of an interval attribute, and call `tell` for each element whose side changes.
template <class Tell> void give_range(const Layout& layout, Box& box, Index a, Index lo, Index hi, Tell tell) {
    const Index base = layout.attribute[a].base;
    const Index old_lo = box.lo[a], old_hi = box.hi[a];
    box.lo[a] = lo;
    box.hi[a] = hi;
    const auto give = [&](Index begin, Index end) {
        for (Index p = begin; p < end; ++p) {
            const int side = p < lo ? 1 : (p >= hi ? -1 : 0);
            if (box.side[base + p] == side) continue;
            box.side[base + p] = static_cast<std::int8_t>(side);
            tell(base + p);
        }
    };
    give(std::min(lo, old_lo), std::max(lo, old_lo));
    give(std::min(hi, old_hi), std::max(hi, old_hi));
}

// The same for a listed attribute whose barred cells changed.
template <class Tell> void give_cells(const Layout& layout, Box& box, Index a, Tell tell) {
    gather_cells(layout, a, box.barred, box.room);
    for (Index e = layout.attribute[a].base; e < layout.attribute[a + 1].base; ++e) {
        const int side = side_of_set(layout, a, e, box.room);
        if (box.side[e] == side) continue;
        box.side[e] = static_cast<std::int8_t>(side);
        tell(e);
    }
}

void allow_only(const Layout& layout, Box& box, Index a, Index cell) {
    const Attribute& attribute = layout.attribute[a];
    for (Index c = 0; c < attribute.count; ++c) box.barred[attribute.cells + c] = c == cell ? 0 : 1;
}

} // namespace

Box::Box(const Layout& layout, const Columns& columns, Ints cells)
    : lo(layout.n_attributes()), hi(layout.n_attributes()), barred(layout.n_listed_cells()), side(layout.n_elements()),
      best(layout.n_nodes(), columns.size()), bound(columns.size()), room(layout.n_words()) {
    place(layout, columns, *this, cells);
}

void place(const Layout& layout, const Columns& columns, Box& box, Ints cells) {
    for (Index a = 0; a < layout.n_attributes(); ++a) {
        box.lo[a] = box.hi[a] = cells[a];
        if (!layout.attribute[a].interval) allow_only(layout, box, a, cells[a]);
        for (Index e = layout.attribute[a].base; e < layout.attribute[a + 1].base; ++e) {
            box.side[e] = static_cast<std::int8_t>(layout.side_in_cell(a, e, cells[a]));
        }
    }
    const Index n_columns = columns.size();
    if (n_columns == 0) return;
    box.changed.clear();
    for (Index i = 0; i < layout.n_nodes(); ++i) {
        const Node& node = layout.node[i];
        if (node.element < 0) std::copy_n(&columns.worth(node.leaf, 0), n_columns, &box.best(i, 0));
    }
    renew_all(layout, box);
    for (Index k = 0; k < n_columns; ++k) box.bound[k] = columns.offset[k];
    add_roots(layout, box, 1);
}

void touch(const Layout& layout, Box& box, Index e) {
    if (box.bound.empty()) return;
    for (Index i = layout.at[e]; i < layout.at[e + 1]; ++i) {
        Index here = layout.testing[i];
        while (here >= 0 && renew(box, here, layout.node[here])) here = layout.node[here].parent;
    }
}

void set_range(const Layout& layout, Box& box, Index a, Index lo, Index hi) {
    give_range(layout, box, a, lo, hi, [&](Index e) { touch(layout, box, e); });
}

void refresh_cells(const Layout& layout, Box& box, Index a) {
    give_cells(layout, box, a, [&](Index e) { touch(layout, box, e); });
}

void put_range(const Layout& layout, Box& box, Index a, Index lo, Index hi) {
    give_range(layout, box, a, lo, hi, [&](Index e) { box.changed.push_back(e); });
}

void put_cells(const Layout& layout, Box& box, Index a) {
    give_cells(layout, box, a, [&](Index e) { box.changed.push_back(e); });
}

void put_cell(const Layout& layout, Box& box, Index a, Index cell) {
    if (layout.attribute[a].interval) return put_range(layout, box, a, cell, cell);
    allow_only(layout, box, a, cell);
    put_cells(layout, box, a);
}

void settle(const Layout& layout, Box& box) {
    Index touched = 0;
    for (Index e : box.changed) touched += layout.at[e + 1] - layout.at[e];
    if (touched > layout.n_nodes() / walk_length) return sweep(layout, box);
    for (Index e : box.changed) touch(layout, box, e);
    box.changed.clear();
}

void sweep(const Layout& layout, Box& box) {
    box.changed.clear();
    if (box.bound.empty()) return;
    add_roots(layout, box, -1);
    renew_all(layout, box);
    add_roots(layout, box, 1);
}

void open_attribute(const Layout& layout, Box& box, Index a) {
    const Attribute& attribute = layout.attribute[a];
    if (attribute.interval) return set_range(layout, box, a, 0, attribute.count - 1);
    for (Index c = 0; c < attribute.count; ++c) box.barred[attribute.cells + c] = 0;
    refresh_cells(layout, box, a);
}

void fix_attribute(const Layout& layout, Box& box, Index a, Index cell) {
    put_cell(layout, box, a, cell);
    settle(layout, box);
}

bool Columns::refuted(Index question, Longs sums) const {
    for (Index k = 0; k < size(); ++k) {
        if ((question < 0 || k == question) && sums[k] < need[k]) return true;
    }
    return goal && !goal->possible(question, sums.data, 1);
}

bool Columns::decided(Longs sums) const {
    if (goal) {
        bool open = false; // whether a column leaves a question open
        for (Index q = 0; q < goal->size(); ++q) open = open || sums[q] >= need[q];
        if (!open) return true;
        if (goal->size() == 1) return !goal->possible(0, sums.data, 1);
        for (Index q = 0; q < goal->size(); ++q) {
            if (!refuted(q, sums)) return false;
        }
        return true;
    }
    for (Index k = 0; k < size(); ++k) {
        const bool short_of = sums[k] < need[k];
        if (short_of == together) return together;
    }
    return !together;
}

bool bounds_decide(const Columns& columns, const Box& box) { return columns.decided(box.bound); }

bool hopeless_box(const Columns& columns, const Box& box, Index only) { return columns.refuted(only, box.bound); }

} // namespace suffice
