// Arithmetic that rounds as the tensors of a search do: each operation on its own, NaN wherever an operand is one.
#pragma once

#include "../base/array.hpp"

#include <cmath>
#include <vector>

namespace suffice {

template <class T> T larger(T a, T b) { return a != a || a > b ? a : b; }
template <class T> T smaller(T a, T b) { return a != a || a < b ? a : b; }
template <class T> T clipped(T value, T low, T high) { return smaller(larger(value, low), high); }

// Shrink towards zero: the proximal step of `threshold * |value|`.
template <class T> T soft(T value, T threshold) {
    return larger(value - threshold, T(0)) + smaller(value + threshold, T(0));
}

// The sum of numbers by halves: `row_sum` of tensors adds in the same order. The numbers are used up.
template <class T> T folded_sum(std::vector<T>& values) {
    Index width = static_cast<Index>(values.size());
    if (width == 0) return T(0);
    while (width > 1) {
        const Index half = width / 2;
        for (Index j = 0; j < half; ++j) values[j] += values[half + j];
        if (width % 2) values[half] = values[width - 1];
        width = half + width % 2;
    }
    return values[0];
}

} // namespace suffice
