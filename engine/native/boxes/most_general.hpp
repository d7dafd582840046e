// The heaviest box around an instance on which the outcome never changes, by branch and bound over blocks.
//
// A part of the search is all boxes between two others. Prices bound it; boxes that the blocks allow are asked of the
// model, and what refutes them makes new blocks. A part that may hold a heavier box is split at the extent of a chain.
#pragma once

#include "../ensembles/search.hpp"
#include "prices.hpp"
#include "standing.hpp"

#include <queue>

namespace suffice {

struct BoxQuestion {
    const Problem& problem;
    Ints cells;    // the instance
    Flags open;    // attributes all of whose cells the box has to have
    Longs certain; // of each column: the sum from which an input is bad beyond doubt; empty: sums do not tell
    Weighing weighing;
};

class MostGeneral {
  public:
    // `box` holds and has the instance: what there is to beat.
    MostGeneral(const BoxQuestion& question, Box& box, Workspace& work);

    // Search until the heaviest box is proved (NONE) or the clock is up (UNKNOWN); `box` is the heaviest that was
    // found.
    Answer run();

    double weight() const { return weight_; }
    double bound() const; // no box weighs more
    Index n_blocks() const { return blocks_.size(); }
    Index n_parts() const { return n_parts_; }

  private:
    struct Part {
        Between between;
        double bound;
        Index number;
        bool operator<(const Part& other) const {
            return bound != other.bound ? bound < other.bound : number < other.number;
        }
    };
    enum class Step { done, split, stopped };

    double target() const;
    Step explore(Part& part);
    Step try_boxes(Part& part, int n_rounds, bool& changed);
    void fill(const Between& between, double spread);
    Answer ask(const Extents& extents);
    void learn(const Extents& extents);
    void strengthen(const Extents& extents, Index k);
    Index sum_at(Ints point, Index k);
    void took(const Extents& extents);
    bool close_least(Between& between) const;
    void split(const Part& part);
    bool halted() { return work_.given_up(1); }

    const BoxQuestion& question_;
    const Problem& problem_;
    Box& box_;
    Workspace& work_;
    Steps steps_;
    Weights weights_;
    Blocks blocks_;
    Prices prices_;
    Standing standing_;
    Box probe_;
    std::priority_queue<Part> open_;
    Buffer<std::int32_t> point_;
    Extents found_;
    double weight_ = 0.0, stopped_at_ = 0.0;
    Index n_parts_ = 0, number_ = 0;
    bool begun_ = false, stopped_ = false;
    std::uint64_t seed_ = 88172645463325252ull;
};

} // namespace suffice
