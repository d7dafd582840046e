#include "goal.hpp"

#include <cmath>
#include <limits>
#include <vector>

namespace suffice {

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr Index least_need = -(Index{1} << 61); // every sum reaches it

// Room for one evaluation: a goal is asked by many threads, and often.
struct Scratch {
    std::vector<Range> scores, gates;
    std::vector<double> totals;

    Array<Range> of_scores(Index n) {
        if (static_cast<Index>(scores.size()) < n) scores.resize(n);
        return {scores.data(), {n}};
    }
    Array<Range> of_gates(Index n) {
        if (static_cast<Index>(gates.size()) < n) gates.resize(n);
        return {gates.data(), {n}};
    }
    Array<double> of_totals(Index n) {
        if (static_cast<Index>(totals.size()) < n) totals.resize(n);
        return {totals.data(), {n}};
    }
};

thread_local Scratch scratch;

// A number that is at least so many units of 2^-shift.
double at_least(Index units, int shift) {
    return std::nextafter(std::ldexp(static_cast<double>(units), -shift), infinity);
}

} // namespace

Index Relaxation::cell_of(Index score, Range range, double low) const {
    // rounding loses less: of a cell, and of scores far from 0, which cells of a small range are measured in
    const double near = 1e-6 + 0x1p-48 * std::abs(low) * cells[score];
    const Index n_cells = least.size() / (start.size() * side.size());
    const auto last = static_cast<double>(n_cells - 1);
    if (!std::isfinite(cells[score]))
        return side[score] > 0 ? n_cells - 1 : 0; // too small a range for cells: all of it
    const double place =
        side[score] > 0 ? (range.hi - low) * cells[score] + near : (range.lo - low) * cells[score] - near;
    return static_cast<Index>(std::clamp(place, 0.0, last));
}

bool Goal::met(Index question, Array<const Range> gates, bool surely) const {
    for (Index p = at[question]; p < at[question + 1]; ++p) {
        const double one = surely ? gates[left[p]].lo : gates[left[p]].hi;
        const double other = surely ? gates[right[p]].hi : gates[right[p]].lo;
        if (!(strict[p] ? one > other : one >= other)) return false;
        if (!surely && margin[p] >= 0 && gates[margin[p]].hi < 0) return false;
    }
    return true;
}

// The intervals of the scores where columns are at most these.
Array<Range> Goal::scores_of(const Index* bound, Index stride) const {
    const Array<Range> scores = scratch.of_scores(circuit->n_scores);
    for (Index i = 0; i < circuit->n_scores; ++i) {
        scores[i] = {low[i], high[i]};
        if (upward[i] >= 0) scores[i].hi = std::min(high[i], at_least(bound[upward[i] * stride] + error, shift));
        if (downward[i] >= 0) scores[i].lo = std::max(low[i], -at_least(bound[downward[i] * stride] + error, shift));
        if (scores[i].lo > scores[i].hi) scores[i].lo = scores[i].hi; // rounding only
    }
    return scores;
}

Index Goal::need(Index question, Array<const Range> scores) const {
    const Index n_prices = relaxed.start.width(), n = circuit->n_scores;
    if (n_prices == 0) return least_need;
    const Array<double> total = scratch.of_totals(n_prices);
    total.copy_from(relaxed.start.row(question));
    const Index n_cells = relaxed.least.size() / (size() * n);
    for (Index i = 0; i < n; ++i) {
        if (relaxed.side[i] == 0) continue;
        const Array<const double> part =
            relaxed.least.row((question * n + i) * n_cells + relaxed.cell_of(i, scores[i], low[i]));
        for (Index price = 0; price < n_prices; ++price) total[price] += part[price];
    }
    const double units = std::ldexp(*std::max_element(total.begin(), total.end()), relaxed.shift[question]);
    constexpr double most = 0x1p60;
    return static_cast<Index>(std::floor(std::clamp(units, -most, most))) - relaxed.lost[question];
}

// Scores a bit out of place do not matter here: cells are told with room.
Index Goal::need(Index question, const Index* bound, Index stride) const {
    const Array<Range> scores = scratch.of_scores(circuit->n_scores);
    const double unit = std::ldexp(1.0, -shift);
    for (Index i = 0; i < circuit->n_scores; ++i) {
        scores[i] = {low[i], high[i]};
        if (upward[i] >= 0) scores[i].hi = static_cast<double>(bound[upward[i] * stride] + error) * unit;
        if (downward[i] >= 0) scores[i].lo = -static_cast<double>(bound[downward[i] * stride] + error) * unit;
    }
    return need(question, scores);
}

bool Goal::possible(Index question, const Index* bound, Index stride) const {
    const Array<Range> scores = scores_of(bound, stride), gates = scratch.of_gates(circuit->size());
    if (question >= 0 && bound[question * stride] < need(question, scores)) return false;
    evaluate(*circuit, scores, gates);
    if (question >= 0) return met(question, gates, false);
    for (Index q = 0; q < size(); ++q) {
        if (bound[q * stride] >= need(q, scores) && met(q, gates, false)) return true;
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
