// Room for a search, made once and used again.
//
// A search looks at a **front**: of each tree what the box leaves undecided, down to 64 leaves; what lies deeper counts
// with its best worth. A row of the front is one tree (or several merged ones) for one column: its leaves are the bits
// of a word, best first, so that the best one left is the lowest bit. An entry of a row is a test with the leaves on
// its low and on its high side; a decided test takes the leaves of the other side away. Where all rows are decided but
// for what lies deeper, a second **level** takes over: a new front in the smaller box.
#pragma once

#include "../base/clock.hpp"
#include "../base/room.hpp"
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
    Word left;           // leaves that are left
    Word deep;           // those that stand for subtrees
    Word seen;           // leaves that were left when it was looked at; 0: it was not
    Index gap;           // how far their worths reach apart, -1 if nothing is open
    std::int32_t test;   // the first open one, -1 if it was not looked for
    std::int32_t first;  // first entry
    std::int32_t column; // whose worths it has
};

struct RowLeaves {
    Index worth[word_bits];       // of each leaf
    std::int32_t kind[word_bits]; // see Columns::kind
};

struct Entry {
    Word low, high; // leaves on its sides
    std::int32_t row;
    std::int32_t element;
    std::int32_t above; // the entry above it (and one), with its side as sign; 0: none
};

// What a row loses when a test is decided.
struct Loss {
    Word leaves;
    Index row;
};

// What a step of a search takes back: a row's leaves, or one of these.
enum Undo : std::int32_t { UNDO_RANGE = -1, UNDO_CELL = -2, UNDO_SIDE = -3 };

struct Step {
    std::int32_t what;  // the row, or an Undo
    std::int32_t which; // attribute, cell, or element
    Word old;           // leaves, or a range in two halves
};

struct Decision {
    Index element = 0;
    Index trail = 0;         // where its undo begins
    int side = 0, sides = 0; // sides that are left to try
};

struct Level {
    Index row = 0, entry = 0; // its first ones
};

// What is known of a row while rows are merged.
struct Merging {
    Index begin, end;    // its entries
    Index most, partner; // the row after it with which it is best merged, and what that brings
    bool live;
};

// An entry while rows are merged; cuts of one attribute follow each other in their order.
struct Cut {
    Word low, high;              // leaves on its sides
    Word low_before, high_after; // the low sides of all up to it, the high sides of all from it on
    std::int32_t element, owner;
};

// A node on a path through one tree, and a word of a set that the path has made smaller.
struct Visit {
    std::int32_t node;
    std::int32_t side; // of its parent
    Index mark;        // how many words were saved before it, and one; 0: it was not entered
};

struct SavedWord {
    Index at;
    Word old;
};

// Room for a search among boxes of leaves (choosing.hpp).
struct ChoiceRoom {
    enum What : std::int32_t { RANGE, CELLS, OPTION };
    struct Change { // to be taken back
        What what;
        std::int32_t which; // attribute, word of cells, or box
        Word old;
    };
    struct Far {
        std::int32_t far, option; // demands that the preferred point does not meet
    };
    struct Frame {
        std::int32_t group;
        std::size_t order, trail; // where its boxes and its changes begin
    };
    std::vector<Span> span;           // what the chosen boxes have in common …
    std::vector<Word> cells;          // … and the same of listed attributes
    std::vector<std::uint8_t> alive;  // boxes that can still be chosen …
    std::vector<std::int32_t> left;   // … so many of each group
    std::vector<std::uint8_t> chosen; // groups that have chosen
    std::vector<std::int64_t> weight; // how often each group was in the way
    std::vector<Far> order;           // boxes that are yet to be tried
    std::vector<Frame> frame;
    std::vector<Change> trail;
    std::uint32_t random = 20190;
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
    // The front, level after level.
    std::vector<Total> total;     // of each column
    Room<FrontRow> row;           // and one more
    Room<RowLeaves> of_row;       // what the leaves of each row are worth
    Room<Entry> entry;            // row after row
    Room<std::int32_t> at;        // what elements take away: of element e of level n, at[n * (n_elements + 1) + e] …
    Room<Loss> if_true, if_false; // … from the rows when it is true, or false
    std::vector<Level> level;     // and one that ends them
    Buffer<Index, 2> below;       // the bounds of the level below each one
    Index n_level = 0;            // the uppermost level
    const Goal* goal = nullptr;   // what is asked of a circuit over the scores, if that is what is asked …
    Index question = -1;          // … which of its questions …
    Index least_need = 0;         // … and what the column of it needs in any box
    Room<Step> trail;             // what to take back
    Index n_trail = 0;            // steps in use
    std::vector<Decision> frame;  // open decisions
    Buffer<Index> tried;          // stamp of the choice in which a test was last tried
    Buffer<Index> fall;           // of the bounds, when a test is tried
    Index stamp = 0;              // grows with each choice
    Room<Index> gain;             // what merging two rows brings, of each pair of the first ones
    Room<Merging> merging;        // of rows
    Room<Cut> cut;                // of the entries
    Room<Visit> visit;            // a path through one tree
    Room<SavedWord> saved;        // what it changed
    Buffer<std::int32_t, 2> cell; // two numbers for each cell of a listed attribute
    Buffer<Index, 2> reach;       // of listed cells: worths, or by how much the bounds fall
    Buffer<Word> lost;            // of listed cells: leaves of a row
    Buffer<Word> room;            // for sets of cells of listed attributes
    Buffer<Word, 2> cell_sets;    // of the cells of the listed attribute at hand
    std::vector<Index> literals;  // of that attribute

    ChoiceRoom choice;
    Index nodes = 0;              // of all searches so far
    Index limit = Index{1} << 62; // nodes at which to give up
    Index most_merged = 0;        // rows that can be merged
    Index patience = 250;         // nodes after which rows are merged
    Index widest = word_bits;     // leaves that a row has at most
    Clock* clock = nullptr;       // kept by the owner

    // Room for searches over a layout by so many columns at once; what is found depends on neither patience nor widest.
    Workspace(const Layout& layout, Index n_columns, Index n_outputs, Clock& clock, Index patience = 250,
              Index widest = word_bits);

    // Whether to give up: asked in every loop.
    bool given_up(Index work_done = 1) { return clock->up(work_done) || nodes > limit; }
};

} // namespace suffice
