#include "steps.hpp"

namespace suffice {

Steps::Steps(const Layout& form, Ints instance) : layout(form), cells(instance) {
    const auto add = [&](Index a, Index length, int way, Index cell) {
        const auto number = static_cast<std::int32_t>(chain.size());
        chain.push_back({static_cast<std::int32_t>(a), static_cast<std::int32_t>(owner.size()),
                         static_cast<std::int32_t>(length), way, static_cast<std::int32_t>(cell)});
        owner.insert(owner.end(), static_cast<std::size_t>(length), number);
    };
    at.push_back(0);
    for (Index a = 0; a < layout.n_attributes(); ++a) {
        const Attribute& attribute = layout.attribute[a];
        if (attribute.interval) {
            add(a, attribute.count - 1 - cells[a], 1, -1);
            add(a, cells[a], -1, -1);
        } else {
            for (Index c = 0; c < attribute.count; ++c) {
                if (c != cells[a]) add(a, 1, 0, c);
            }
        }
        at.push_back(n_chains());
    }
}

std::int32_t Steps::deciding(Index e, Ints point) const {
    const Index a = layout.test[e].owner;
    const Attribute& attribute = layout.attribute[a];
    if (!attribute.interval) return chain[at[a] + point[a] - (point[a] > cells[a] ? 1 : 0)].first;
    const Index cut = e - attribute.base; // true above
    if (point[a] > cells[a]) return static_cast<std::int32_t>(chain[at[a]].first + cut - cells[a]);
    return static_cast<std::int32_t>(chain[at[a] + 1].first + cells[a] - cut - 1);
}

void Steps::reach(Ints point, Extents& out) const {
    out.assign(chain.size(), 0);
    for (Index a = 0; a < layout.n_attributes(); ++a) {
        const Index gap = point[a] - cells[a];
        if (gap == 0) continue;
        if (layout.attribute[a].interval)
            out[at[a] + (gap > 0 ? 0 : 1)] = static_cast<std::int32_t>(std::abs(gap));
        else
            out[at[a] + point[a] - (gap > 0 ? 1 : 0)] = 1;
    }
}

void Steps::put(const Extents& extents, Box& box) const {
    for (Index a = 0; a < layout.n_attributes(); ++a) {
        const Attribute& attribute = layout.attribute[a];
        if (attribute.interval) {
            put_range(layout, box, a, cells[a] - extents[at[a] + 1], cells[a] + extents[at[a]]);
            continue;
        }
        box.barred[attribute.cells + cells[a]] = 0;
        for (Index i = at[a]; i < at[a + 1]; ++i) box.barred[attribute.cells + chain[i].cell] = extents[i] > 0 ? 0 : 1;
        put_cells(layout, box, a);
    }
    settle(layout, box);
}

void Steps::read(const Box& box, Extents& out) const {
    out.assign(chain.size(), 0);
    for (Index i = 0; i < n_chains(); ++i) {
        const Chain& one = chain[i];
        const Index a = one.attribute;
        if (one.way == 0)
            out[i] = box.barred[layout.attribute[a].cells + one.cell] == 0 ? 1 : 0;
        else
            out[i] = static_cast<std::int32_t>(one.way > 0 ? box.hi[a] - cells[a] : cells[a] - box.lo[a]);
    }
}

void Steps::close(Extents& extents) const {
    for (Index a = 0; a < layout.n_attributes(); ++a) {
        const Attribute& attribute = layout.attribute[a];
        if (attribute.interval) continue;
        std::vector<Index> kept; // elements on which all allowed cells agree with the instance
        for (Index e = attribute.base; e < layout.attribute[a + 1].base; ++e) {
            bool agrees = true;
            for (Index i = at[a]; agrees && i < at[a + 1]; ++i) {
                agrees = extents[i] == 0 || layout.true_in(e, chain[i].cell) == layout.true_in(e, cells[a]);
            }
            if (agrees) kept.push_back(e);
        }
        for (Index i = at[a]; i < at[a + 1]; ++i) {
            bool allowed = true;
            for (Index e : kept) allowed = allowed && layout.true_in(e, chain[i].cell) == layout.true_in(e, cells[a]);
            if (allowed) extents[i] = 1;
        }
    }
}

} // namespace suffice
