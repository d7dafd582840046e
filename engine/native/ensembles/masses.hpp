// Masses of cells as whole numbers of any size, so that sums of products of them are exact.
#pragma once

#include "../base/bits.hpp"
#include "../base/shared.hpp"

#include <vector>

namespace suffice {

using Limb = std::uint32_t;
using Limbs = std::vector<Limb>; // least first; no number is longer than its sums need

// Add a number to another one that has room for the sum.
void add(Limbs& sum, const Limbs& number);

// Take a number away from one that is not less.
void subtract(Limbs& from, const Limbs& number);

// Multiply, and drop leading zeros.
Limbs product(const Limbs& one, const Limbs& other);

// Drop leading zeros.
void shorten(Limbs& number);

// The masses of the cells of each attribute: those of attribute a begin at row at[a].
struct CellMasses {
    Shared<Limb, 2> mass;
    Shared<Index> at;

    Limbs of(Index row) const;
};

// The same with sums from the first cell on, which ranges of cells are told by.
class MassTable {
  public:
    explicit MassTable(const CellMasses& masses);

    Limbs range(Index a, Index lo, Index hi) const;    // of the cells lo … hi
    Limbs set(Index a, Array<const Word> cells) const; // of a set of cells
    double share(Index a, Index lo, Index hi) const { return until_[at_[a] + a + hi + 1] - until_[at_[a] + a + lo]; }
    double share(Index a, Array<const Word> cells) const;
    bool empty(Index a, Index cell) const { return cell_[at_[a] + cell].empty(); }

  private:
    std::vector<Index> at_;
    std::vector<Limbs> cell_;
    std::vector<Limbs> sum_;    // of the cells before each, one more an attribute
    std::vector<double> until_; // the same as shares of all
};

} // namespace suffice
