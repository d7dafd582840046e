// A question about a circuit over the scores of an ensemble: can one of its numbers be as great as another?
//
// A classifier is outside O = {c} if some class beats c: a question for each rival. It is outside the complement of {k}
// if k beats each other class: one question of several pairs. Where the intervals of two numbers overlap, it is in
// doubt which one the library finds greater.
#pragma once

#include "../models/circuit.hpp"

namespace suffice {

struct Goal {
    std::shared_ptr<const Circuit> circuit;
    Shared<std::int32_t> at; // question q: all pairs at[q] … at[q + 1] - 1; the model is outside O if one is met
    Shared<std::int32_t> left, right;      // pair p is met where gate left[p] is at least gate right[p] …
    Shared<bool> strict;                   // … or greater
    bool away = false;                     // whether what is in doubt counts as not met, instead of as met
    Shared<std::int32_t> upward, downward; // the columns that bound each score, and less than each score; -1: none
    Shared<double> low, high;              // between which numbers each score lies at all
    int shift = 0;                         // columns are scores times 2^shift …
    Index error = 0;                       // … to within so much

    Index size() const { return at.size() - 1; }

    // Whether a question (-1: one of them) may be met where columns are at most these: `bound[k * stride]` of column k.
    bool possible(Index question, const Index* bound, Index stride) const;

    // Whether the library decides outside O for these scores.
    bool bad(Reals scores) const;

  private:
    bool met(Index question, Array<const Range> gates, bool surely) const;
};

} // namespace suffice
