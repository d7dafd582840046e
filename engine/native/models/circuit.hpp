// What a model of models makes of the raw scores of its members: a circuit of monotone functions, on intervals.
//
// A gate that does one floating-point operation of the library (in its order) rounds to nearest, as the library does:
// rounding never turns an order round, so the ends of an interval go to the ends of what the library can get. A gate
// that stands for more than one operation, or for the mathematical library's exponential, is wider by a proved error.
// So for scores in their intervals the library's own numbers lie in the intervals of their gates.
#pragma once

#include "../base/shared.hpp"

namespace suffice {

// What a gate does (the order of OPS in engine's circuits.py). x, y: its arguments; a, b: its numbers.
enum class Op : int {
    raw,       // score number `own`
    constant,  // a
    add,       // x + y
    subtract,  // x - y
    scale,     // x * a
    divide,    // x / a
    logistic,  // 1 / (1 + exp(-x)), to within a of itself
    logarithm, // log(x), to within a of itself
    table,     // a piecewise linear function, the ends go on: table number `own`, to within a of its greatest size
    step,      // whether x >= a, as 1 or 0
    softmax,   // exp(x_own) / sum of exp(x): the arguments are a group; a: half the distance from 1 to the next number
    share,     // x_own / sum of x, none negative; 1 / n where the sum is 0; a: as before
    vote,      // whether x_own is the first greatest, as 1 or 0
    clip,      // x, at least a and at most b
    widen,     // x, to within a of itself and b
    single,    // x as a float32
    lead_softmax, // how much greater the share of x_own in the softmax is than that of x_b (b: a place in the group);
                  // a: as before
    lead_share,   // the same of shares
    root,         // the square root of x (of 0 below it), to within a of itself
};

struct Range {
    double lo = 0.0, hi = 0.0;
};

struct Circuit {
    Shared<std::int32_t> op; // of each gate; arguments come before it
    Shared<std::int32_t> at; // the arguments of gate g are argument[at[g]] … argument[at[g + 1] - 1]
    Shared<std::int32_t> argument;
    Shared<std::int32_t> own;      // see Op
    Shared<double, 2> number;      // a and b
    Shared<std::int32_t> table_at; // the points of table t are x[table_at[t]] … x[table_at[t + 1] - 1], x rising
    Shared<double> x, y;
    Index n_scores = 0;

    Index size() const { return op.size(); }
};

// Write the interval of each gate for intervals of the scores.
void evaluate(const Circuit& circuit, Array<const Range> scores, Array<Range> gates);

// The intervals of some gates, lower and upper ends, for each row of intervals of the scores: shape (m, 2 * n).
Buffer<double, 2> evaluate_rows(const Circuit& circuit, Array<const double, 2> low, Array<const double, 2> high,
                                Ints gates);

} // namespace suffice
