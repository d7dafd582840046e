// A cheapest hitting set of edges over units by branch and bound.
//
// Lower bound: a greedy packing of disjoint open edges, each at its cheapest unit. Branching: the open edge with the
// fewest units left; the i-th branch takes its i-th unit and forbids the earlier ones.
#pragma once

#include "../base/array.hpp"
#include "../base/bits.hpp"
#include "../base/clock.hpp"

#include <vector>

namespace suffice {

class UnitProblem {
  public:
    // Edge k is member[start[k]] … member[start[k + 1] - 1], none empty; units have non-negative costs.
    UnitProblem(Longs start, Ints member, Longs cost);

    // Search on over at most so many nodes, or until the clock is up.
    void search(Index node_limit, Clock& clock);

    Buffer<bool> chosen() const;           // the best hitting set found
    Index upper() const { return upper_; } // its cost
    Index lower() const { return lower_; } // proved; equal to `upper` if it is proved optimal

  private:
    struct Level { // of the search
        Index spent = 0;
        Index edge = 0;           // that it branches on …
        Index following = 0;      // … and where to go on in it
        std::int32_t chosen = -1; // the unit that is chosen here
    };
    struct Bound {
        Index cost;
        Index edge; // to branch on; `none_open`, or `hopeless`: one cannot be hit
    };
    struct OpenEdge {
        Index edge;
        Index size;     // units that are left in it
        Index cheapest; // cost of one of them
    };
    static constexpr Index none_open = -1;
    static constexpr Index hopeless = -2;

    Ints edge(Index k) const { return Ints(member_).part(start_[k], start_[k + 1]); }
    void begin();
    void drop_needless(std::vector<Index>& hits);
    Bound bound();
    Index pack(Index size_limit);
    bool next_branch();
    void record();

    Buffer<Index> start_;
    Buffer<std::int32_t> member_;
    Buffer<Index> cost_;
    Buffer<Word, 2> covers_;         // the edges that each unit hits
    Buffer<Word, 2> open_;           // the edges that are open at each level
    Buffer<std::int32_t> forbidden_; // one plus the level at which a unit was forbidden, 0: it is not
    Buffer<Index> taken_;            // the number of the packing that a unit was taken in last
    std::vector<Level> levels_;
    std::vector<OpenEdge> edges_; // that are open
    std::vector<bool> best_;
    Index level_ = 0;
    Index packings_ = 0;
    Index upper_ = 0;
    Index lower_ = -1;
};

} // namespace suffice
