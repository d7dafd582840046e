#include "goal.hpp"

#include <cmath>
#include <limits>
#include <vector>

namespace suffice {

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

// Room for one evaluation: a goal is asked by many threads, and often.
struct Scratch {
    std::vector<Range> scores, gates;

    Array<Range> of_scores(Index n) {
        if (static_cast<Index>(scores.size()) < n) scores.resize(n);
        return {scores.data(), {n}};
    }
    Array<Range> of_gates(Index n) {
        if (static_cast<Index>(gates.size()) < n) gates.resize(n);
        return {gates.data(), {n}};
    }
};

thread_local Scratch scratch;

// A number that is at least so many units of 2^-shift.
double at_least(Index units, int shift) {
    return std::nextafter(std::ldexp(static_cast<double>(units), -shift), infinity);
}

} // namespace

bool Goal::met(Index question, Array<const Range> gates, bool surely) const {
    for (Index p = at[question]; p < at[question + 1]; ++p) {
        const double one = surely ? gates[left[p]].lo : gates[left[p]].hi;
        const double other = surely ? gates[right[p]].hi : gates[right[p]].lo;
        if (!(strict[p] ? one > other : one >= other)) return false;
    }
    return true;
}

bool Goal::possible(Index question, const Index* bound, Index stride) const {
    const Array<Range> scores = scratch.of_scores(circuit->n_scores), gates = scratch.of_gates(circuit->size());
    for (Index i = 0; i < circuit->n_scores; ++i) {
        scores[i] = {low[i], high[i]};
        if (upward[i] >= 0) scores[i].hi = std::min(high[i], at_least(bound[upward[i] * stride] + error, shift));
        if (downward[i] >= 0) scores[i].lo = std::max(low[i], -at_least(bound[downward[i] * stride] + error, shift));
        if (scores[i].lo > scores[i].hi) scores[i].lo = scores[i].hi; // rounding only
    }
    evaluate(*circuit, scores, gates);
    if (question >= 0) return met(question, gates, false);
    for (Index q = 0; q < size(); ++q) {
        if (met(q, gates, false)) return true;
    }
    return false;
}

bool Goal::bad(Reals values) const {
    const Array<Range> scores = scratch.of_scores(circuit->n_scores), gates = scratch.of_gates(circuit->size());
    for (Index i = 0; i < circuit->n_scores; ++i) scores[i] = {values[i], values[i]};
    evaluate(*circuit, scores, gates);
    for (Index q = 0; q < size(); ++q) {
        if (met(q, gates, away)) return true;
    }
    return false;
}

} // namespace suffice
