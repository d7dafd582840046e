// From the scores of classes to the class, as the models' libraries decide.
#pragma once

#include "../base/array.hpp"

namespace suffice {

// What lies between the scores and the greatest of them (the order of LINKS in engine's ensembles.py).
enum Link : int { identity = 0, softmax32 = 1, softmax64 = 2 };

// Scores that are further apart have different probabilities: float32 tells apart 1 and 1 - 2^-24.
inline constexpr std::array<double, 3> near_scores{0.0, 1e-5, 1e-13};

// The first class whose share in the softmax is that of the best one.
Index first_share(Reals scores, int link, Index best);

// The first greatest score, or the first of the greatest probabilities that a softmax makes of the scores. A softmax
// rounds: near scores may become equal probabilities, and then the first class of them wins, though its score is a bit
// smaller.
inline Index decide(Reals scores, int link) {
    Index best = 0;
    for (Index k = 1; k < scores.size(); ++k) {
        if (scores[k] > scores[best]) best = k;
    }
    if (link == Link::identity) return best;
    const double near = near_scores[static_cast<std::size_t>(link)];
    for (Index k = 0; k < best; ++k) { // a class behind the best one cannot win by a tie
        if (scores[best] - scores[k] < near) return first_share(scores, link, best);
    }
    return best;
}

// decide of each row of scores.
Buffer<std::int32_t> decide_rows(Array<const double, 2> scores, int link);

// The softmax of scores as the library computes it: in single precision but for the sum, or in double.
Buffer<double> softmax(Reals scores, int link);

} // namespace suffice
