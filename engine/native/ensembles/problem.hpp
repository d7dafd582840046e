// What is asked of an ensemble: O, in the model's own floats and in whole numbers with a proved error.
#pragma once

#include "../base/shared.hpp"
#include "../models/decide.hpp"
#include "layout.hpp"

namespace suffice {

// Answers of searches.
enum Answer : int { NONE = 0, FOUND = 1, UNKNOWN = 2 };

// The model's own arithmetic and O.
struct Arithmetic {
    Shared<double, 2> values;        // what a leaf adds to the scores, shape (n_leaves, n_outputs)
    Shared<double> start;            // what the scores start from
    double divisor = 1.0;            // what the sums are divided by
    Shared<bool> good;               // O, for a classifier; empty for a regressor
    double lower = 0.0, upper = 0.0; // for a regressor: an interval, which is O …
    bool enter = false;              // … or, if set, whose outside is O
    bool single = false;             // whether sums are rounded to float32 after each addition
    int link = 0;                    // what lies between the scores and the greatest one (see decide)
};

// A question in whole numbers: column k is bad at an input if offset[k] + worth[leaf_1, k] + … >= need[k].
struct Columns {
    Shared<Index, 2> worth;     // what each leaf adds, shape (n_leaves, n_columns)
    Shared<Index> offset, need; // what the sums start from, and what they must reach
    bool together = false;      // whether an input is bad if all columns are (else: if one is)
    Shared<std::int32_t> kind;  // leaves of equal values share a number; empty where whole sums are exact

    Index size() const { return need.size(); }
};

// All of it; it views what others keep.
struct Problem {
    const Layout& layout;
    const Arithmetic& sums;
    const Columns& columns;
};

// Whether the model's own arithmetic decides outside O for one leaf row a tree (`scores`: room for them).
inline bool outside(Ints leaves, const Arithmetic& sums, RealsOut scores) {
    const Index n = sums.start.size();
    for (Index k = 0; k < n; ++k) scores[k] = sums.start[k];
    for (std::int32_t leaf : leaves) {
        for (Index k = 0; k < n; ++k) {
            const double total = scores[k] + sums.values(leaf, k);
            scores[k] = sums.single ? static_cast<double>(static_cast<float>(total)) : total;
        }
    }
    if (sums.divisor != 1.0) {
        for (Index k = 0; k < n; ++k) scores[k] /= sums.divisor;
    }
    if (sums.good.empty()) return (sums.lower <= scores[0] && scores[0] <= sums.upper) == sums.enter;
    return !sums.good[decide(scores, sums.link)];
}

} // namespace suffice
