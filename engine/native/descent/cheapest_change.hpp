// The cheapest change under one linear condition (`neural/cem/search/linear.py` says what it is), bit for bit as there.
#pragma once

#include "rounding.hpp"

namespace suffice {

// minimise  beta |d|_1 + |d|_2^2 + h . d + (L/2) |d - e|_2^2   such that  g . d >= need,  lo <= d <= hi
template <class T> struct LinearRow {
    T beta;
    Array<const T> g, h, e, lo, hi;
    T need, damping;

    // The best change of one feature when the condition has this price.
    T at(Index j, T price) const {
        const T pull = damping * e[j] - h[j] + price * g[j];
        return clipped(soft(pull, beta) / (2 + damping), lo[j], hi[j]);
    }

    // By how much the condition is exceeded at a price.
    T reached(T price, std::vector<T>& sum) const {
        for (Index j = 0; j < g.size(); ++j) sum[j] = g[j] * at(j, price);
        return folded_sum(sum) - need;
    }

    // The price at which the condition is met, by false position.
    T price(std::vector<T>& sum, int growths, int steps) const {
        T low = 0, high = 1;
        T below = reached(low, sum);
        if (below >= 0) return 0;
        T above = reached(high, sum);
        for (int growth = 0; growth < growths && above < 0; ++growth) {
            low = high;
            below = above;
            high = high * 16;
            above = reached(high, sum);
        }
        int side = 0;
        for (int step = 0; step < steps; ++step) {
            const T share = above > below ? below / (below - above) : T(0.5);
            const T middle = share > 0 && share < 1 ? low + share * (high - low) : (low + high) / 2;
            const T value = reached(middle, sum);
            if (value >= 0) { // an end that stays twice counts half (Illinois)
                if (side > 0) below = below / 2;
                above = value;
                high = middle;
                side = 1;
            } else {
                if (side < 0) above = above / 2;
                below = value;
                low = middle;
                side = -1;
            }
        }
        return high;
    }
};

} // namespace suffice
