// What libraries make of sums, bit by bit: the functions of their C++ code in the same precision and order.
//
// The exponentials and logarithms are those of the C library, which these libraries call too.
#pragma once

#include "../base/array.hpp"

namespace suffice {

Buffer<double> sigmoid32(Reals margins);               // XGBoost's 1 / (1 + exp(-m)) of float32 margins
Buffer<double> exp32(Reals margins);                   // exp(m) in float32
Buffer<double> log32(Reals numbers);                   // log(x) in float32
Buffer<double> logit32(Reals numbers);                 // -log(1 / p - 1) in float32
Buffer<double> exp64(Reals margins);                   // exp(m)
Buffer<double> sigmoid64(Reals margins, double slope); // LightGBM's 1 / (1 + exp(-slope * m))
Buffer<double> log1p_exp64(Reals margins);             // LightGBM's log(1 + exp(m))
Buffer<double> signed_square64(Reals margins);         // m * |m|

} // namespace suffice
