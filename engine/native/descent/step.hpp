// Steps of the search for contrasts, for all rows under way: what happens between one slope of the model and the next.
//
// The same as the steps of tensors in `neural/cem/search/tensor_steps.py`, bit for bit, but in one pass over the
// numbers; a call of a tensor library costs more than all arithmetic of a small row.
#pragma once

#include "margins.hpp"

namespace suffice {

// Where the rows under way may be.
template <class T> struct DescentSets {
    Array<const T, 2> origin, near_lo, near_hi, far_lo, far_hi;
    Array<const bool, 2> wanted, others;
};

// The rows under way: what changes from step to step.
template <class T> struct DescentRows {
    Array<const Index> row; // place among all rows
    Array<const T> c;
    Array<Index> k;
    Array<T, 2> a, y, moved, ahead;
    Array<bool> hit;
    Array<T> best, near;
    Array<Index> stale;
    Array<const T> scale;
    Array<Index> places; // rows whose new state is to be judged
    Array<bool> ended;
};

// The best state of each of all rows.
template <class T> struct DescentBest {
    Array<T, 2> state;
    Array<T> total, c, nearest;
    Array<Index> iterations;
};

template <class T> struct DescentRule {
    Array<const T> rates; // of each iteration of a round
    T beta, gamma, least_slope, most_slope, kappa, rounding;
    Index patience;
};

template <class T> class Descent {
  public:
    Descent(const DescentSets<T>& sets, const DescentRows<T>& rows, const DescentBest<T>& best,
            const DescentRule<T>& rule)
        : sets_(sets), rows_(rows), best_(best), rule_(rule), still_(rows.row.size()), totals_(rows.row.size()),
          sum_(sets.origin.width()) {}

    Index size() const { return rows_.row.size(); }
    Index width() const { return sets_.origin.width(); }
    Index classes() const { return sets_.wanted.width(); }
    Index judged() const { return judged_; }

    // Step from y along the slope of the loss (and the pull of an auto-encoder): writes `moved` and `ahead`.
    void move(Array<const T, 2> slope, const Array<const T, 2>* pull) {
        for (Index i = 0; i < size(); ++i) {
            const T turn = T(rows_.k[i]);
            const T rate = rule_.rates[rows_.k[i]] * rows_.scale[i];
            const T weight = (turn + 1) / (turn + 4);
            for (Index j = 0; j < width(); ++j) {
                T gradient = rows_.c[i] * slope(i, j);
                if (pull != nullptr) gradient += rule_.gamma * (*pull)(i, j);
                gradient += 2 * (rows_.y(i, j) - sets_.origin(i, j));
                gradient = clipped(gradient, rule_.least_slope, rule_.most_slope);
                const T there = shrunk(i, j, rows_.y(i, j) - rate * gradient, rate * rule_.beta);
                rows_.moved(i, j) = there;
                rows_.ahead(i, j) = projected(i, j, there + weight * (there - rows_.a(i, j)));
            }
        }
    }

    // Take over the step; return how many of the states are to be judged: those that could be better than what their
    // row has, or would be its round's first. `steep` marks steps that were taken back.
    Index look(Array<const T, 2> scores, Array<const T, 2> states, const Array<const bool>* steep) {
        judged_ = 0;
        for (Index i = 0; i < size(); ++i) {
            still_[i] = (steep == nullptr || !(*steep)[i]) && stands_still(i);
            rows_.a.row(i).copy_from(rows_.moved.row(i));
            rows_.y.row(i).copy_from(rows_.ahead.row(i));
            ++rows_.k[i];
            ++rows_.stale[i];
            ++best_.iterations[rows_.row[i]];
            approach(i, margin_of<T>(scores.row(i), sets_.wanted.row(i), sets_.others.row(i)));
            const T total = distance(i, states.row(i));
            const T limit = rows_.hit[i] ? smaller(best_.total[rows_.row[i]], rows_.best[i]) : infinite<T>;
            if (!(total < limit) || !allowed(i, states.row(i))) continue;
            totals_[judged_] = total;
            rows_.places[judged_++] = i;
        }
        return judged_;
    }

    // Keep those of the judged places whose scores are valid; return how many.
    Index judge(Array<const T, 2> scores) {
        Index valid = 0;
        for (Index place = 0; place < judged_; ++place) {
            const Index i = rows_.places[place];
            const T excess =
                excess_of<T>(scores.row(place), sets_.wanted.row(i), sets_.others.row(i), rule_.kappa, rule_.rounding);
            T& nearest = best_.nearest[rows_.row[i]];
            nearest = larger(nearest, excess);
            if (!(excess >= 0)) continue;
            totals_[valid] = totals_[place];
            rows_.places[valid++] = i;
        }
        return judged_ = valid;
    }

    // Take over what is better among the valid places; `errors` are the terms of an auto-encoder there.
    void accept(Array<const T, 2> states, const Array<const T>* errors) {
        for (Index place = 0; place < judged_; ++place) {
            const Index i = rows_.places[place], row = rows_.row[i];
            const T total = errors == nullptr ? totals_[place] : totals_[place] + rule_.gamma * (*errors)[place];
            rows_.hit[i] = true;
            if (total < rows_.best[i]) rows_.stale[i] = 0;
            rows_.best[i] = smaller(rows_.best[i], total);
            if (!(total < best_.total[row])) continue;
            best_.state.row(row).copy_from(states.row(i));
            best_.total[row] = total;
            best_.c[row] = rows_.c[i];
        }
    }

    // Mark the rows that ended their round; return how many.
    Index finish() {
        Index count = 0;
        for (Index i = 0; i < size(); ++i) {
            rows_.ended[i] = still_[i] || rows_.k[i] >= rule_.rates.size() || rows_.stale[i] >= rule_.patience;
            count += rows_.ended[i];
        }
        return count;
    }

  private:
    static constexpr T nearer = T(1e-3);

    bool sided(Index i, Index j) const { return sets_.far_lo(i, j) <= sets_.far_hi(i, j); }

    T shrunk(Index i, Index j, T stepped, T threshold) const {
        const T origin = sets_.origin(i, j);
        const T moved = origin + soft(stepped - origin, threshold);
        const T near = clipped(moved, sets_.near_lo(i, j), sets_.near_hi(i, j));
        if (!sided(i, j)) return near;
        const T far = clipped(moved, sets_.far_lo(i, j), sets_.far_hi(i, j));
        const auto cost = [&](T state) {
            return T(0.5) * ((state - stepped) * (state - stepped)) + threshold * std::abs(state - origin);
        };
        return cost(far) < cost(near) ? far : near;
    }

    T projected(Index i, Index j, T state) const {
        const T near = clipped(state, sets_.near_lo(i, j), sets_.near_hi(i, j));
        if (!sided(i, j)) return near;
        const T far = clipped(state, sets_.far_lo(i, j), sets_.far_hi(i, j));
        return std::abs(far - state) < std::abs(near - state) ? far : near;
    }

    bool stands_still(Index i) const {
        for (Index j = 0; j < width(); ++j) {
            const T home = rows_.y(i, j);
            if (rows_.moved(i, j) != home || rows_.ahead(i, j) != home) return false;
        }
        return true;
    }

    void approach(Index i, T gap) {
        if (rows_.hit[i] || !(gap > rows_.near[i] + nearer * (1 + std::abs(gap)))) return;
        rows_.near[i] = gap;
        rows_.stale[i] = 0;
    }

    T distance(Index i, Array<const T> state) {
        for (Index j = 0; j < width(); ++j) {
            const T change = state[j] - sets_.origin(i, j);
            sum_[j] = rule_.beta * std::abs(change) + change * change;
        }
        return folded_sum(sum_);
    }

    bool allowed(Index i, Array<const T> state) const {
        for (Index j = 0; j < width(); ++j) {
            const bool near = state[j] >= sets_.near_lo(i, j) && state[j] <= sets_.near_hi(i, j);
            const bool far = state[j] >= sets_.far_lo(i, j) && state[j] <= sets_.far_hi(i, j);
            if (!near && !far && state[j] != sets_.origin(i, j)) return false;
        }
        return true;
    }

    DescentSets<T> sets_;
    DescentRows<T> rows_;
    DescentBest<T> best_;
    DescentRule<T> rule_;
    std::vector<std::uint8_t> still_;
    std::vector<T> totals_, sum_;
    Index judged_ = 0;
};

} // namespace suffice
