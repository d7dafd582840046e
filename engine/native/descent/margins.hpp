// How far scores are from being valid, and which of them the loss moves (`margins.py` says what they mean).
#pragma once

#include "rounding.hpp"

#include <limits>

namespace suffice {

template <class T> constexpr T infinite = std::numeric_limits<T>::infinity();

// The largest of the marked scores of a row and its place (-1: none is marked, or it is not among the marked ones), the
// first of equals; NaN is larger than all.
template <class T> struct Top {
    T score = -infinite<T>;
    Index place;

    Top(Array<const T> scores, Array<const bool> marked) : place(!marked.empty() && marked[0] ? 0 : -1) {
        for (Index j = 0; j < scores.size() && score == score; ++j) {
            if (!marked[j] || scores[j] <= score) continue;
            score = scores[j];
            place = j;
        }
    }
};

template <class T> T margin_of(Array<const T> scores, Array<const bool> wanted, Array<const bool> others) {
    return Top<T>(scores, wanted).score - Top<T>(scores, others).score;
}

// By how much the margin exceeds `kappa` and a rounding error; what is no number is not valid.
template <class T>
T excess_of(Array<const T> scores, Array<const bool> wanted, Array<const bool> others, T kappa, T rounding) {
    T top = T(0);
    for (const T score : scores) {
        if (score == score) top = std::max(top, std::abs(score)); // infinite ones are cut below
    }
    const T needed = kappa + rounding * clipped(top, T(1), T(1e4));
    const T excess = margin_of(scores, wanted, others) - needed;
    if (excess != excess) return -infinite<T>;
    return excess == -infinite<T> ? std::numeric_limits<T>::lowest() : excess;
}

// The paper's loss differentiated by the scores: 1 at the best other one, -1 at the best wanted one, 0 once it is flat.
template <class T>
void loss_slope(Array<const T> scores, Array<const bool> wanted, Array<const bool> others, T kappa, Array<T> slope) {
    slope.fill(T(0));
    const Top<T> best(scores, wanted), rival(scores, others);
    if (!(rival.score - best.score >= -kappa)) return;
    if (best.place >= 0) slope[best.place] -= T(1);
    if (rival.place >= 0) slope[rival.place] += T(1);
}

} // namespace suffice
