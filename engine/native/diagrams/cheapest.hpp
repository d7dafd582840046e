// The sets of a family one by one, cheapest first: best-first search with exact remaining costs.
#pragma once

#include "diagram.hpp"

#include <optional>
#include <queue>
#include <utility>
#include <vector>

namespace suffice {

class CheapestFirst {
  public:
    // element: of each variable; cost: non-negative, of each element. The family must outlive this.
    CheapestFirst(const Diagram& family, Ints element, Reals cost);

    // The next cost with its set (elements, ascending); nothing if there is none.
    std::optional<std::pair<double, Buffer<std::int32_t>>> next();

  private:
    struct Open { // a node to go on from
        double bound;
        Index ticket; // the lesser one first, where bounds are equal
        double spent;
        NodeId node;
        Index taken; // the number of what was taken last on the way, -1: nothing
        Index n_taken;

        bool operator<(const Open& other) const { // of a queue that gives the greatest one
            return bound != other.bound ? bound > other.bound : ticket > other.ticket;
        }
    };
    struct Taken {
        std::int32_t element;
        Index before;
    };
    void descend(Open& at);
    Buffer<std::int32_t> set_of(const Open& at) const;

    const Diagram& family_;
    std::vector<std::int32_t> element_;
    std::vector<double> price_; // of each variable
    std::vector<double> least_; // the least cost of a set below each node
    std::priority_queue<Open> open_;
    std::vector<Taken> taken_;
    Index tickets_ = 0;
};

} // namespace suffice
