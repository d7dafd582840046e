// Arithmetic of large counts: modulo 2^64, and modulo several primes at once. The Chinese remainder theorem makes the
// exact number of the remainders.
#pragma once

#include "../base/array.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <vector>

namespace suffice {

struct Modulo64 {
    using Value = std::uint64_t;
    static constexpr Index lanes = 1;

    Value one() const { return 1; }
    Value add(Value a, Value b) const { return a + b; }
    Value subtract(Value a, Value b) const { return a - b; }
    Value multiply(Value a, Value b) const { return a * b; }
    Value doubled(Value a, Index times) const { return times < 64 ? a << times : 0; }
    static std::uint64_t lane(Value a, Index) { return a; }
};

// Modulo primes below 2^31, one a lane.
class ModuloPrimes {
  public:
    static constexpr Index lanes = 4;
    using Value = std::array<std::uint32_t, lanes>;

    // The primes from number `first` on (the last one again where there are too few); the powers of two up to 2^most.
    ModuloPrimes(Longs primes, Index first, Index most = 0) : powers_(static_cast<std::size_t>(most) + 1, one()) {
        for (Index k = 0; k < lanes; ++k) {
            prime_[k] = static_cast<std::uint32_t>(primes[std::min(first + k, primes.size() - 1)]);
        }
        for (std::size_t i = 1; i < powers_.size(); ++i) powers_[i] = add(powers_[i - 1], powers_[i - 1]);
    }

    Value one() const { return {1, 1, 1, 1}; }
    Value add(const Value& a, const Value& b) const { // a sum that is not reduced minus the prime wraps to a large one
        Value out;
        for (Index k = 0; k < lanes; ++k) out[k] = std::min(a[k] + b[k], a[k] + b[k] - prime_[k]);
        return out;
    }
    Value subtract(const Value& a, const Value& b) const {
        Value out;
        for (Index k = 0; k < lanes; ++k) out[k] = std::min(a[k] - b[k], a[k] - b[k] + prime_[k]);
        return out;
    }
    Value multiply(const Value& a, const Value& b) const {
        Value out;
        for (Index k = 0; k < lanes; ++k) {
            out[k] = static_cast<std::uint32_t>(static_cast<std::uint64_t>(a[k]) * b[k] % prime_[k]);
        }
        return out;
    }
    Value doubled(const Value& a, Index times) const { return multiply(a, powers_[static_cast<std::size_t>(times)]); }
    static std::uint64_t lane(const Value& a, Index k) { return a[static_cast<std::size_t>(k)]; }

  private:
    std::array<std::uint32_t, lanes> prime_{};
    std::vector<Value> powers_;
};

// Call ask(arithmetic, row) for 2^64 and then for the primes: its lanes are the rows from `row` on. False if one was.
template <class Ask> bool with_each_modulus(Longs primes, Index most, const Ask& ask) {
    if (!ask(Modulo64{}, Index{0})) return false;
    for (Index first = 0; first < primes.size(); first += ModuloPrimes::lanes) {
        if (!ask(ModuloPrimes(primes, first, most), first + 1)) return false;
    }
    return true;
}

} // namespace suffice
