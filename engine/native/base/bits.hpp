// Sets of up to 64 things as the bits of a word.
#pragma once

#include <bit>
#include <cstdint>

namespace suffice {

using Word = std::uint64_t;

inline constexpr int word_bits = 64;

// The number of the lowest bit that is set (64 if none is).
inline int lowest(Word word) { return std::countr_zero(word); }

// The number of the highest bit that is set (-1 if none is).
inline int highest(Word word) { return word_bits - 1 - std::countl_zero(word); }

// How many bits are set.
inline int count_bits(Word word) { return std::popcount(word); }

} // namespace suffice
