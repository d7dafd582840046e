// What scores decide: the first greatest score, or the first of the greatest probabilities that a softmax makes of
// them.
#pragma once

#include "../base/array.hpp"

#include <cmath>

namespace suffice {

// Between the scores and the greatest one of them: nothing, or the library's softmax in single or double precision.
enum Link : int { IDENTITY = 0, SOFTMAX32 = 1, SOFTMAX64 = 2 };

// Scores that are further apart have different probabilities: float32 tells apart 1 and 1 - 2^-24.
inline constexpr std::array<double, 3> near_scores{0.0, 1e-5, 1e-13};

// The exponential of a score, as XGBoost (in single precision) and LightGBM compute it.
inline double power_of(double score, double greatest, int link) {
    if (link == SOFTMAX32)
        return std::exp(static_cast<float>(static_cast<float>(score) - static_cast<float>(greatest)));
    return std::exp(score - greatest);
}

inline double share_of(double score, double greatest, double total, int link) {
    const double power = power_of(score, greatest, link);
    if (link == SOFTMAX32) return static_cast<float>(power) / static_cast<float>(total);
    return power / total;
}

// The first class whose share in the softmax is that of the best one.
inline Index first_share(Reals scores, int link, Index best) {
    double total = 0.0;
    for (double score : scores) total += power_of(score, scores[best], link);
    const double greatest = share_of(scores[best], scores[best], total, link);
    for (Index first = 0; first < best; ++first) {
        if (share_of(scores[first], scores[best], total, link) == greatest) return first;
    }
    return best;
}

inline Index decide(Reals scores, int link) {
    Index best = 0;
    for (Index k = 1; k < scores.size(); ++k) {
        if (scores[k] > scores[best]) best = k;
    }
    if (link == IDENTITY) return best;
    for (Index k = 0; k < best; ++k) { // a class behind the best one cannot win by a tie
        if (scores[best] - scores[k] < near_scores[link]) return first_share(scores, link, best);
    }
    return best;
}

} // namespace suffice
