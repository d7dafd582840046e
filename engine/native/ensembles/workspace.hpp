// Room for a search, made once and used again.
//
// A search looks at a **front**: of each tree what the box leaves undecided, down to 64 leaves; what lies deeper counts
// with its best worth. A row of the front is one tree (or several merged ones) for one column: its leaves are the bits
// of a word, best first, so that the best one left is the lowest bit. An entry of a row is a test with the leaves on
// its low and on its high side; a decided test takes the leaves of the other side away. Where all rows are decided but
// for what lies deeper, a second **level** takes over: a new front in the smaller box.
#pragma once

#include "../base/clock.hpp"
#include "problem.hpp"

#include <vector>

namespace suffice {

struct Span {
    Index lo = 0, hi = 0;
};

struct Total {
    Index bound = 0; // the sum of the best worths left
    Index need = 0;  // what it must reach
};

struct FrontRow {
    Word left = 0;   // leaves that are left
    Word deep = 0;   // those that stand for subtrees
    Index first = 0; // first entry
    Index column = 0;
    Index gap = 0; // how far the worths that are left reach apart, -1 if nothing is open
};

struct Entry {
    Index row = 0;
    Index element = 0;
    Index above = 0;        // the entry above it with its side as sign (0: none)
    Word low = 0, high = 0; // leaves on its sides
};

struct Decision {
    Index element = 0, side = 0, sides = 0; // sides that are left to try
    Index trail = 0;                        // where its undo begins
    Index number = 0;                       // room for one number more
};

struct Workspace {
    // The box of the search.
    std::vector<Span> span;      // of interval attributes
    Buffer<std::int32_t> barred; // of listed cells: whether one is barred
    Buffer<std::int8_t> side;    // of their elements: 1: true in all allowed cells; -1: in none; 0: open
    // A point: a cell of each attribute within the box; the counterexample, once one is found.
    Buffer<std::int32_t> point;
    Buffer<std::int32_t> leaves; // leaf rows that it reaches
    Buffer<double> scores;       // the model's scores there
    // The front.
    std::vector<Total> total;     // of each column
    std::vector<FrontRow> row;    // and one more
    Buffer<Index, 2> worth, kind; // of each row's leaves: worths, kinds (see Columns::kind)
    std::vector<Entry> entry;
    Buffer<Index> at, item;       // the entries of each element, level after level
    Buffer<Index, 2> trail;       // what to take back, shape (m, 3)
    std::vector<Decision> frame;  // open decisions
    Buffer<Index, 2> level;       // first row and first entry of each level; the bounds of the level below it
    Buffer<Index, 2> work;        // leaves of the tree at hand: node, entry above, worth, rank; or pairs to merge
    Buffer<Index, 2> gain;        // what merging two rows brings
    Buffer<Index, 2> merged;      // of rows: entries, whether they are left, whether they changed
    Buffer<std::int32_t, 2> cell; // two numbers for each cell of a listed attribute
    Buffer<Index, 2> reach;       // of listed cells: leaves of a row; by how much the bounds fall
    Buffer<Word> room;            // for sets of cells of listed attributes, and as much again twice
    Buffer<Index> tried;          // stamp of the choice in which a test was last tried

    Index nodes = 0;                // of all searches so far
    Index limit = Index{1} << 62;   // nodes at which to give up
    Index n_trail = 0, n_level = 0; // entries in use
    Index stamp = 0;                // grows with each choice
    Index patience = 250;           // nodes after which rows are merged
    Index widest = word_bits;       // leaves that a row has at most
    Clock* clock = nullptr;         // kept by the owner

    // Room for searches over a layout by so many columns at once; what is found depends on neither patience nor widest.
    Workspace(const Layout& layout, Index n_columns, Index n_outputs, Clock& clock, Index patience = 250,
              Index widest = word_bits);

    // Whether to give up: asked in every loop.
    bool given_up(Index work_done = 1) { return clock->up(work_done) || nodes > limit; }
};

} // namespace suffice
