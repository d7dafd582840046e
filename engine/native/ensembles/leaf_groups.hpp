// What the leaves of an ensemble ask for: the groups that must change to reach them, and what that brings.
//
// For one column an **edge** of a tree is a leaf: the groups (attributes or features) of which the path to it
// contradicts a test, and how much more it is worth than the instance's. If only the groups F change, each tree brings
// at most the greatest worth of its edges within F. Where a change leaves a group no choice, an edge also **keeps** the
// groups that its path needs as they are. Edges that another edge of their tree makes useless (part of their groups,
// worth no less) are left out, and so are all after one that is always there.
//
// The worths are floats; the needs are lowered by more than their rounding.
#pragma once

#include "../base/bits.hpp"
#include "../base/clock.hpp"
#include "change_question.hpp"

#include <vector>

namespace suffice {

struct Edge {
    double worth = 0.0;
    Word mask = 0;   // its groups as bits of their numbers modulo 64
    Index first = 0; // its entries: up to those of the next edge …
    Index kept = 0;  // … and the groups that it keeps
};

struct EdgeEntry {
    std::int32_t group = 0;
    std::int32_t slot = 0; // the number of the pair (tree of the column, group)
};

struct Edges {
    Index n_trees = 0;                    // of a column
    std::vector<Index> tree_at;           // tree t of column k has the edges tree_at[k * n_trees + t] …, best first
    std::vector<Edge> edge;               // and one more that ends them
    std::vector<EdgeEntry> entry;         // of all edges
    std::vector<std::int32_t> keep;       // groups that edges keep
    std::vector<std::int32_t> slot_group; // group of each slot
    std::vector<Index> slot_at;           // slots of each column
    std::vector<double> need;             // what the worths of a column must reach to be bad

    Index n_columns() const { return static_cast<Index>(need.size()); }
    Index n_slots() const { return static_cast<Index>(slot_group.size()); }
};

// The edges of a question: leaves outside its outer box have none. `group_of` has the group of each attribute (-1: it
// does not change), `other` the one cell that a group can change to (-1: it has a choice). Useless if the clock is up.
Edges edges_of(const ChangeQuestion& q, Ints group_of, Ints other, Clock& clock);

} // namespace suffice
