// The cheapest input outside O, where every cell of every attribute has a cost.
//
// Branch and bound over boxes as in `search`. The cheapest cells of a box are its point; their costs bound what the box
// can offer, and cells that would cost more than what is left are taken away. Budgets grow from small ones, since a
// small budget leaves small boxes; the last one is the cost of the best input known.
#pragma once

#include "change_question.hpp"
#include "search.hpp"

#include <limits>

namespace suffice {

// What each cell costs: cell c of attribute a costs of[at[a] + c]. The instance's cell costs nothing, no cell less; on
// an interval attribute costs do not fall away from it.
struct Costs {
    Shared<Index> at;
    Shared<double> of;

    double operator()(Index a, Index cell) const { return of[at[a] + cell]; }
};

// What a point costs.
double cost_of(const Costs& costs, Ints point);

// The cheapest counterexample that is known.
struct Nearest {
    Costs costs;
    Buffer<std::int32_t> point; // empty: none is known
    double cost = std::numeric_limits<double>::infinity();
    double lower = 0.0;      // no counterexample costs less
    Answer status = UNKNOWN; // FOUND: none is cheaper; NONE: there is no counterexample; UNKNOWN: given up

    explicit Nearest(Costs its_costs) : costs(std::move(its_costs)) {}
    void know(Ints its_point) { // instead of what was known
        point = Buffer<std::int32_t>::copy_of(its_point);
        cost = cost_of(costs, point);
    }
};

// Look for the cheapest counterexample, from the known one on if there is one; return the status.
Answer find_nearest(const ChangeQuestion& q, Nearest& known, Workspace& work);

} // namespace suffice
