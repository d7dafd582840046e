// Edges over a forest of elements, as bits.
#pragma once

#include "../base/array.hpp"
#include "../base/bits.hpp"

namespace suffice {

struct ListedEdges {
    Index n_edges;
    Buffer<Word, 2> cover;   // the edges that each element hits
    Buffer<Word, 2> own;     // the edges that contain it
    Buffer<Word, 2> hitters; // the elements that hit each edge

    // Edge k is member[start[k]] … member[start[k + 1] - 1]; parent[i] is the element that implies i, -1: none.
    ListedEdges(Longs start, Ints member, Ints parent)
        : n_edges(start.size() - 1), cover(parent.size(), words_for(n_edges)), own(parent.size(), words_for(n_edges)),
          hitters(n_edges, words_for(parent.size())) {
        for (Index k = 0; k < n_edges; ++k) {
            for (Index i : member.part(start[k], start[k + 1])) {
                put(own.row(i), k);
                for (; i >= 0; i = parent[i]) {
                    put(cover.row(i), k);
                    put(hitters.row(k), i);
                }
            }
        }
    }

    Index n_elements() const { return cover.size(); }

    static Index words_for(Index n) { return (n + word_bits - 1) / word_bits; }
    static void put(Array<Word> set, Index i) { set[i / word_bits] |= Word{1} << (i % word_bits); }
};

} // namespace suffice
