#include "listed_items.hpp"

namespace suffice {

namespace {

bool within(Array<const Word> some, Array<const Word> all) {
    for (Index w = 0; w < some.size(); ++w) {
        if ((some[w] & ~all[w]) != 0) return false;
    }
    return true;
}

bool has(Array<const Word> set, Index cell) { return (set[cell >> 6] >> (cell & 63) & 1) != 0; }

} // namespace

ListedItems::ListedItems(const Layout& layout, Ints cells) : layout_(layout), at_(1, 0) {
    for (Index e = 0; e < layout.n_elements(); ++e) {
        const Index a = layout.test[e].owner;
        at_.push_back(at_.back() + (layout.attribute[a].interval ? 0 : layout.n_words(a)));
    }
    barred_ = Buffer<Word>(at_.back());
    for (Index e = 0; e < layout.n_elements(); ++e) {
        const Index a = layout.test[e].owner;
        if (layout.attribute[a].interval) continue;
        const bool here = layout.true_in(e, cells[a]);
        for (Index c = 0; c < layout.attribute[a].count; ++c) {
            if (layout.true_in(e, c) != here) barred_[at_[e] + (c >> 6)] |= Word{1} << (c & 63);
        }
    }
}

bool ListedItems::covered(Index a, Array<const Word> set, Index cell) const {
    for (Index e = layout_.attribute[a].base; e < layout_.attribute[a + 1].base; ++e) {
        if (has(barred_by(e), cell) && within(barred_by(e), set)) return true;
    }
    return false;
}

void ListedItems::beyond(Index a, Array<const Word> set, Index cell, Words out) const {
    out.fill(0);
    for (Index e = layout_.attribute[a].base; e < layout_.attribute[a + 1].base; ++e) {
        const Array<const Word> mine = barred_by(e);
        if (!has(mine, cell)) continue;
        for (Index w = 0; w < mine.size(); ++w) out[w] |= mine[w] & ~set[w];
    }
}

void ListedItems::together(Index a, Array<const Word> set, Index cell, Words out) const {
    out.fill(~Word{0});
    for (Index e = layout_.attribute[a].base; e < layout_.attribute[a + 1].base; ++e) {
        const Array<const Word> mine = barred_by(e);
        if (has(mine, cell) || !within(mine, set)) continue;
        for (Index w = 0; w < mine.size(); ++w) out[w] &= ~mine[w];
    }
}

} // namespace suffice
