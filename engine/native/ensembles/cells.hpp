// Sets of cells of listed attributes as words of 64 bits: what a set leaves of an attribute's tests.
//
// A column of hundreds of categories has hundreds of tests, each true on a set of its cells. What the allowed cells say
// of a test is one comparison of two sets: a word or two a test, not a step for each cell.
#pragma once

#include "layout.hpp"

namespace suffice {

using Words = Array<Word>; // room for the sets of all listed attributes, each at `Attribute::words`

// Write the cells of a listed attribute that are not barred as a set.
inline void gather_cells(const Layout& layout, Index a, Ints barred, Words room) {
    const Attribute& attribute = layout.attribute[a];
    for (Index w = attribute.words; w < layout.attribute[a + 1].words; ++w) room[w] = 0;
    for (Index c = 0; c < attribute.count; ++c) {
        if (barred[attribute.cells + c] == 0) room[attribute.words + (c >> 6)] |= Word{1} << (c & 63);
    }
}

// 1 if an element of a listed attribute is true in all cells of its set, -1 if in none, else 0.
inline int side_of_set(const Layout& layout, Index a, Index e, Array<const Word> room) {
    const Index first = layout.attribute[a].words, row = layout.test[e].row;
    Word above = 0, below = 0;
    for (Index w = 0; w < layout.n_words(a); ++w) {
        above |= room[first + w] & layout.truth[row + w];
        below |= room[first + w] & ~layout.truth[row + w];
    }
    if (above != 0) return below != 0 ? 0 : 1;
    return -1;
}

// Whether a cell is in the set of its attribute.
inline bool in_set(const Layout& layout, Index a, Index c, Array<const Word> room) {
    return (room[layout.attribute[a].words + (c >> 6)] >> (c & 63)) & 1;
}

// Make the set of an attribute these words: all cells (~Word{0}) or none (0).
inline void fill_set(const Layout& layout, Index a, Words room, Word word) {
    for (Index w = layout.attribute[a].words; w < layout.attribute[a + 1].words; ++w) room[w] = word;
}

// Take from the set the cells on which an element is not as in `cell`: those that its literal there excludes.
inline void keep_alike(const Layout& layout, Index a, Index e, Index cell, Words room) {
    const Index first = layout.attribute[a].words, row = layout.test[e].row;
    const Word flip = layout.true_in(e, cell) ? Word{0} : ~Word{0};
    for (Index w = 0; w < layout.n_words(a); ++w) room[first + w] &= layout.truth[row + w] ^ flip;
}

} // namespace suffice
