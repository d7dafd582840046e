// What a box weighs: of each attribute the masses of its cells in the box, added up, or the logarithm of that sum.
#pragma once

#include "steps.hpp"

namespace suffice {

struct Weighing {
    Reals mass;         // of all cells, attribute after attribute (cell c of a: mass[first[a] + c])
    Longs first;        // where they begin
    Reals scale;        // what an attribute's sum, or its logarithm, is multiplied by
    bool log = false;   // whether logarithms are added
    bool whole = false; // whether all weights are whole numbers, so that a better box is better by one
};

enum class Way : std::int8_t {
    sums,    // chains weigh on their own
    table,   // the weight of each pair of extents of an interval
    tangent, // the logarithm is bounded by tangents
};

class Weights {
  public:
    Weights(const Steps& steps, const Weighing& weighing);

    Way way(Index a) const { return way_[a]; }
    bool whole() const { return whole_; }
    double scale(Index a) const { return scale_[a]; }
    double own(Index a) const { return own_[a]; }          // the mass of the instance's cell
    double step(std::int32_t s) const { return mass_[s]; } // the mass of the cell that a step adds
    double up_to(Index chain, std::int32_t extent) const;  // the mass of so many steps
    double mass(Index a, const Extents& extents) const;    // of the cells of an attribute
    double of(Index a, const Extents& extents) const;      // what they weigh
    double total(const Extents& extents) const;
    double pair(Index a, std::int32_t up, std::int32_t down) const; // by the table

  private:
    const Steps& steps_;
    bool log_, whole_;
    std::vector<Way> way_;
    std::vector<double> scale_, own_, mass_, before_, table_;
    std::vector<Index> table_at_, before_at_;
};

} // namespace suffice
