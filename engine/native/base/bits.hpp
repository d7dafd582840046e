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

// The word of which the first n bits are set (n at most 64).
inline Word first_bits(std::int64_t n) { return n > 0 ? ~Word{0} >> (word_bits - n) : 0; }

// How many bits are set.
inline int count_bits(Word word) {
#if defined(__x86_64__) && !defined(__POPCNT__)
    word -= word >> 1 & 0x5555555555555555; // quicker than the library's function, which knows of no instruction either
    word = (word & 0x3333333333333333) + (word >> 2 & 0x3333333333333333);
    return static_cast<int>(((word + (word >> 4)) & 0x0F0F0F0F0F0F0F0F) * 0x0101010101010101 >> 56);
#else
    return std::popcount(word);
#endif
}

} // namespace suffice
