// A question about a circuit over the scores of an ensemble: can one of its numbers be as great as another?
//
// A classifier is outside O = {c} if some class beats c: a question for each rival. It is outside the complement of {k}
// if k beats each other class: one question of several pairs. Where the intervals of two numbers overlap, it is in
// doubt which one the library finds greater.
#pragma once

#include "../models/circuit.hpp"

namespace suffice {

// What the relaxed columns must reach where scores are known to lie in smaller intervals: for each price (a factor of
// Lagrange) a start and the least that the part of each score adds.
struct Relaxation {
    Shared<double, 2> start; // of each question and price
    Shared<double, 2>
        least; // row (question * n_scores + score) * n_cells + cell, by prices: up to the cell, or from it
    Shared<std::int8_t> side;   // of each score: 1: up to a cell; -1: from a cell on; 0: it has no part
    Shared<double> cells;       // how many cells a unit of each score has
    Shared<std::int32_t> shift; // of each question: its column is the sum times 2^shift …
    Shared<Index> lost;         // … to within so much

    Index cell_of(Index score, Range range, double low) const;
};

struct Goal {
    std::shared_ptr<const Circuit> circuit;
    Shared<std::int32_t> at; // question q: all pairs at[q] … at[q + 1] - 1; the model is outside O if one is met
    Shared<std::int32_t> left, right; // pair p is met where gate left[p] is at least gate right[p] …
    Shared<bool> strict;              // … or greater
    Shared<std::int32_t> margin;      // a gate of which the upper end is below 0 only if it is not; -1: there is none
    bool away = false;                // whether what is in doubt counts as not met, instead of as met
    Shared<std::int32_t> upward, downward; // the columns that bound each score, and less than each score; -1: none
    Shared<double> low, high;              // between which numbers each score lies at all
    int shift = 0;                         // columns are scores times 2^shift …
    Index error = 0;                       // … to within so much
    Relaxation relaxed;

    Index size() const { return at.size() - 1; }

    // Whether a question (-1: one of them) may be met where columns are at most these: `bound[k * stride]` of column k.
    bool possible(Index question, const Index* bound, Index stride) const;

    // What the column of a question must reach there.
    Index need(Index question, const Index* bound, Index stride) const;

    // Whether the library decides outside O for these scores.
    bool bad(Reals scores) const;

  private:
    Array<Range> scores_of(const Index* bound, Index stride) const;
    Index need(Index question, Array<const Range> scores) const;
    bool met(Index question, Array<const Range> gates, bool surely) const;
};

} // namespace suffice
