// An upper bound of what boxes weigh that all blocks allow: prices for the room of the blocks.
//
// Whatever the prices, no box between two others that meets all blocks weighs more than the greatest weight less prices
// (a Lagrangean bound); it falls apart into the chains. Prices follow subgradients, with steps by the gap to what is
// known (Polyak 1969).
#pragma once

#include "blocks.hpp"
#include "weights.hpp"

namespace suffice {

// The boxes of a part of the search: those between two others.
struct Between {
    Extents least, most;
};

class Prices {
  public:
    Prices(const Steps& steps, const Weights& weights);

    // Lower the bound of what is between by so many steps of the prices, until it is below `target` (that is enough).
    // `best` is the box of the best prices; `mean` the mean extent of each chain.
    double bound(const Between& between, Blocks& blocks, double target, int n_steps);

    // Take away extents that the best prices prove to be too light; false: nothing is left.
    bool narrow(Between& between, double target) const;

    Extents best;
    std::vector<double> mean;

  private:
    double look(const Between& between, const Blocks& blocks);
    double choose(Index a, const Between& between, bool outer);
    double choose_pair(Index a, const Between& between);
    double choose_chain(Index i, double slope, const Between& between);
    void follow(Blocks& blocks, double pace);
    double slope_of(Index a, const Between& between, bool outer, double& base) const;
    double value(Index i, std::int32_t extent, const Between& between) const;

    const Steps& steps_;
    const Weights& weights_;
    std::vector<double> coefficient_, best_coefficient_; // of steps
    std::vector<double> slope_, best_slope_;             // of attributes whose chains weigh on their own
    std::vector<double> slack_;                          // of blocks: what is left of their room
    std::vector<double> above_;                          // of leaves: 1 if it is reached, 0 if one step lacks, …
    Extents taken_;
    double best_bound_ = 0.0;
};

} // namespace suffice
