#include "box.hpp"

namespace suffice {

namespace {

// The best worth of an inner node, by column, from its children.
inline Index best_of(const Box& box, const Node& node, int side, Index k) {
    if (side > 0) return box.best(node.high, k);
    if (side < 0) return box.best(node.low, k);
    return std::max(box.best(node.low, k), box.best(node.high, k));
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
    for (Index i = layout.n_nodes() - 1; i >= 0; --i) {
        const Node& node = layout.node[i];
        for (Index k = 0; k < n_columns; ++k) {
            box.best(i, k) =
                node.element < 0 ? columns.worth(node.leaf, k) : best_of(box, node, box.side[node.element], k);
        }
    }
    for (Index k = 0; k < n_columns; ++k) {
        Index total = columns.offset[k];
        for (std::int32_t root : layout.root) total += box.best(root, k);
        box.bound[k] = total;
    }
}

void touch(const Layout& layout, Box& box, Index e) {
    const Index n_columns = box.bound.size();
    for (Index i = layout.at[e]; i < layout.at[e + 1]; ++i) {
        Index here = layout.testing[i];
        while (true) {
            const Node& node = layout.node[here];
            const int side = box.side[node.element];
            bool changed = false;
            for (Index k = 0; k < n_columns; ++k) {
                const Index value = best_of(box, node, side, k), old = box.best(here, k);
                if (value == old) continue;
                changed = true;
                box.best(here, k) = value;
                if (node.parent < 0) box.bound[k] += value - old;
            }
            if (!changed || node.parent < 0) break;
            here = node.parent;
        }
    }
}

void set_range(const Layout& layout, Box& box, Index a, Index lo, Index hi) {
    const Index base = layout.attribute[a].base;
    const Index old_lo = box.lo[a], old_hi = box.hi[a];
    box.lo[a] = lo;
    box.hi[a] = hi;
    const auto renew = [&](Index begin, Index end) {
        for (Index p = begin; p < end; ++p) {
            const int side = p < lo ? 1 : (p >= hi ? -1 : 0);
            if (box.side[base + p] == side) continue;
            box.side[base + p] = static_cast<std::int8_t>(side);
            touch(layout, box, base + p);
        }
    };
    renew(std::min(lo, old_lo), std::max(lo, old_lo));
    renew(std::min(hi, old_hi), std::max(hi, old_hi));
}

void refresh_cells(const Layout& layout, Box& box, Index a) {
    gather_cells(layout, a, box.barred, box.room);
    for (Index e = layout.attribute[a].base; e < layout.attribute[a + 1].base; ++e) {
        const int side = side_of_set(layout, a, e, box.room);
        if (box.side[e] == side) continue;
        box.side[e] = static_cast<std::int8_t>(side);
        touch(layout, box, e);
    }
}

void put_range(const Layout& layout, Box& box, Index a, Index lo, Index hi) {
    box.lo[a] = lo;
    box.hi[a] = hi;
    const Attribute& attribute = layout.attribute[a];
    for (Index p = 0; p < attribute.count - 1; ++p) {
        box.side[attribute.base + p] = static_cast<std::int8_t>(p < lo ? 1 : (p >= hi ? -1 : 0));
    }
}

void put_cells(const Layout& layout, Box& box, Index a) {
    gather_cells(layout, a, box.barred, box.room);
    for (Index e = layout.attribute[a].base; e < layout.attribute[a + 1].base; ++e) {
        box.side[e] = static_cast<std::int8_t>(side_of_set(layout, a, e, box.room));
    }
}

void sweep(const Layout& layout, Box& box) {
    const Index n_columns = box.bound.size();
    for (Index i = layout.n_nodes() - 1; i >= 0; --i) { // children before parents
        const Node& node = layout.node[i];
        if (node.element < 0) continue;
        const int side = box.side[node.element];
        for (Index k = 0; k < n_columns; ++k) {
            const Index value = best_of(box, node, side, k);
            if (node.parent < 0) box.bound[k] += value - box.best(i, k);
            box.best(i, k) = value;
        }
    }
}

void open_attribute(const Layout& layout, Box& box, Index a) {
    const Attribute& attribute = layout.attribute[a];
    if (attribute.interval) return set_range(layout, box, a, 0, attribute.count - 1);
    for (Index c = 0; c < attribute.count; ++c) box.barred[attribute.cells + c] = 0;
    refresh_cells(layout, box, a);
}

void fix_attribute(const Layout& layout, Box& box, Index a, Index cell) {
    if (layout.attribute[a].interval) return set_range(layout, box, a, cell, cell);
    allow_only(layout, box, a, cell);
    refresh_cells(layout, box, a);
}

bool bounds_decide(const Columns& columns, const Box& box) {
    for (Index k = 0; k < columns.size(); ++k) {
        const bool short_of = box.bound[k] < columns.need[k];
        if (short_of == columns.together) return columns.together;
    }
    return !columns.together;
}

bool hopeless_box(const Columns& columns, const Box& box, Index only) {
    for (Index k = 0; k < columns.size(); ++k) {
        if ((only < 0 || k == only) && box.bound[k] < columns.need[k]) return true;
    }
    return false;
}

} // namespace suffice
