#include "masses.hpp"

#include <cmath>

namespace suffice {

namespace {

constexpr int limb_bits = 32;

double rough(const Limbs& number, int shift) {
    double out = 0.0;
    for (std::size_t i = 0; i < number.size(); ++i)
        out += std::ldexp(static_cast<double>(number[i]), static_cast<int>(i) * limb_bits - shift);
    return out;
}

} // namespace

void shorten(Limbs& number) {
    while (!number.empty() && number.back() == 0) number.pop_back();
}

void add(Limbs& sum, const Limbs& number) {
    if (sum.size() < number.size()) sum.resize(number.size());
    std::uint64_t carry = 0;
    for (std::size_t i = 0; i < sum.size() && (i < number.size() || carry != 0); ++i) {
        carry += static_cast<std::uint64_t>(sum[i]) + (i < number.size() ? number[i] : 0);
        sum[i] = static_cast<Limb>(carry);
        carry >>= limb_bits;
    }
    if (carry != 0) sum.push_back(static_cast<Limb>(carry));
}

void subtract(Limbs& from, const Limbs& number) {
    std::int64_t borrow = 0;
    for (std::size_t i = 0; i < from.size(); ++i) {
        borrow += static_cast<std::int64_t>(from[i]) - (i < number.size() ? number[i] : 0);
        from[i] = static_cast<Limb>(borrow);
        borrow >>= limb_bits; // of negative numbers as well: a shift keeps the sign
    }
    shorten(from);
}

Limbs product(const Limbs& one, const Limbs& other) {
    Limbs out(one.size() + other.size());
    for (std::size_t i = 0; i < one.size(); ++i) {
        std::uint64_t carry = 0;
        for (std::size_t j = 0; j < other.size(); ++j) {
            carry += static_cast<std::uint64_t>(one[i]) * other[j] + out[i + j];
            out[i + j] = static_cast<Limb>(carry);
            carry >>= limb_bits;
        }
        out[i + other.size()] = static_cast<Limb>(carry);
    }
    shorten(out);
    return out;
}

Limbs CellMasses::of(Index row) const {
    const Array<const Limb> limbs = mass.row(row);
    Limbs out(limbs.begin(), limbs.end());
    shorten(out);
    return out;
}

MassTable::MassTable(const CellMasses& masses) : at_(masses.at.begin(), masses.at.end()) {
    for (Index a = 0; a + 1 < static_cast<Index>(at_.size()); ++a) {
        Limbs sum;
        const std::size_t first = sum_.size();
        sum_.push_back(sum);
        for (Index row = at_[a]; row < at_[a + 1]; ++row) {
            cell_.push_back(masses.of(row));
            add(sum, cell_.back());
            sum_.push_back(sum);
        }
        const int shift = static_cast<int>(sum.size()) * limb_bits;
        const double all = rough(sum, shift);
        for (std::size_t i = first; i < sum_.size(); ++i) until_.push_back(all > 0 ? rough(sum_[i], shift) / all : 0.0);
    }
}

Limbs MassTable::range(Index a, Index lo, Index hi) const {
    Limbs out = sum_[at_[a] + a + hi + 1];
    subtract(out, sum_[at_[a] + a + lo]);
    return out;
}

Limbs MassTable::set(Index a, Array<const Word> cells) const {
    Limbs out;
    for (Index w = 0; w < cells.size(); ++w) {
        for (Word left = cells[w]; left != 0; left &= left - 1) add(out, cell_[at_[a] + w * word_bits + lowest(left)]);
    }
    return out;
}

double MassTable::share(Index a, Array<const Word> cells) const {
    double out = 0.0;
    for (Index w = 0; w < cells.size(); ++w) {
        for (Word left = cells[w]; left != 0; left &= left - 1) {
            const Index cell = w * word_bits + lowest(left);
            out += share(a, cell, cell);
        }
    }
    return out;
}

} // namespace suffice
