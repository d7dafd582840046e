// Additive tree ensembles over conditions, with the arithmetic of their libraries.
#pragma once

#include "../domain/conditions.hpp"

namespace suffice {

// root[t] is the first node of tree t; a node's literal is 0 for a leaf, else it sends an input right if it is true,
// else left. leaf[i] is the row of `values` of a leaf. Scores are (base + v_1 + … + v_T) / divisor, added in this
// order.
struct Ensemble {
    Shared<std::int32_t> root, literal, left, right, leaf;
    Shared<double, 2> values;
    Shared<double> base;
    double divisor = 1.0;
    bool single = false;    // whether sums are rounded to float32 after each addition
    Index n_conditions = 0; // the highest number of a condition in it

    Index n_trees() const { return root.size(); }
    Index n_outputs() const { return base.size(); }
    Index next(Index node, bool condition) const { return condition == (literal[node] > 0) ? right[node] : left[node]; }
};

// Write the row of `values` that each tree reaches for the truth of the conditions.
void reach_rows(const Ensemble& trees, Flags truth, IntsOut rows);

// Which conditions some tree tests on its way.
Buffer<bool> passed_conditions(const Ensemble& trees, Flags truth);

// Write the scores of one row of `values` a tree.
void add_up(const Ensemble& trees, Ints rows, RealsOut scores);

// The scores of each row of an input's values, shape (m, n_outputs).
Buffer<double, 2> scores_of_inputs(const Ensemble& trees, const Conditions& conditions, Array<const double, 2> inputs);

} // namespace suffice
