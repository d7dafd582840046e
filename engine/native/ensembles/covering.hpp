// Clauses of the hitting-set problem of an ensemble: counterexamples that differ on a minimal set of variables.
//
// A set of variables is tried. While there is a counterexample, it is narrowed: variables on which it differs are put
// back, without a search if the point stays bad, then by searches in the rest. What is left is a clause; one of its
// variables is added to the set, and the next counterexample is looked for, until the set holds.
#pragma once

#include "search.hpp"

#include <vector>

namespace suffice {

// Which variable excludes a cell.
struct Units {
    Shared<Index> at;           // where the cells of each attribute begin in `block`
    Shared<std::int32_t> block; // the variable that excludes the cell, -1: none does
    Shared<Index> member_at;    // the attributes whose cells variable v excludes: members[member_at[v]] …
    Shared<std::int32_t> members;
    Shared<bool> whole; // variables that can be made true and false on their own: features and sides

    Index size() const { return whole.size(); }
};

// How a gathering ended, beside Answer.
inline constexpr int FULL = 3; // enough clauses (no room, or the next one takes too long), or one that is empty

class Gathering {
  public:
    Gathering(const Problem& problem, Shared<std::int32_t> cells, Units units, Ints order, Index room);

    // The set that is tried; variables in the order in which they are put back.
    Buffer<bool> on;
    Buffer<std::int32_t> order;
    // What was found: clauses (variables that may still differ) and their counterexamples.
    Buffer<bool, 2> clauses;
    Buffer<std::int32_t, 2> points;
    Index found = 0;

    // Make the box what the set leaves.
    void place(Box& box) const { place_units(box, on); }

    // Add to the set, one clause after another, until it holds (NONE), there is no room for more (FULL), or it is given
    // up (UNKNOWN).
    int gather(Box& box, Index room, Workspace& work);

    // Make variables of the set, which holds, false, one after another, while it still does. Only what a variable newly
    // allows is searched: the rest of the box held before.
    Answer drop(Box& box, Ints first_to_last, Workspace& work);

  private:
    void place_attribute(Box& box, Index a, Flags on) const;
    void place_units(Box& box, Flags on) const;
    void place_members(Box& box, Index v, Flags on) const;
    Answer ask(const Box& box, Workspace& work) const;
    void pull(Index v, Workspace& work);
    void take(Box& box, Workspace& work);
    Index record();
    Index next();
    void turn_on(Index v);
    Answer slabs(Box& box, Index v, Workspace& work);

    const Problem& problem_;
    Shared<std::int32_t> cells_;
    Units units_;
    Buffer<bool> left_;          // while narrowing: all variables but those that may still differ
    Buffer<std::int32_t> point_; // the counterexample
    Index done_ = 0;             // how far narrowing is in the order
    Buffer<double> weight_;      // how much the clauses so far want each variable
};

} // namespace suffice
