// How many sets, or models, a finished diagram has.
//
// Results have a row modulo 2^64 and then one modulo each prime (below 2^31); without a number if the clock is up.
#pragma once

#include "diagram.hpp"

#include <optional>

namespace suffice {

// The number of sets of a family (column 0), and of those with a variable of each group.
std::optional<Buffer<std::uint64_t, 2>> count_sets(const Diagram& family, Longs primes, Ints group, Index n_groups,
                                                   Clock& clock);

// The number of models over all variables.
std::optional<Buffer<std::uint64_t>> count_models(const Diagram& models, Longs primes, Clock& clock);

} // namespace suffice
