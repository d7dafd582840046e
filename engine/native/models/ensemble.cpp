#include "ensemble.hpp"

namespace suffice {

namespace {

// Add a leaf's row to the scores, as the library does.
void add_row(const Ensemble& trees, Index row, RealsOut scores) {
    for (Index k = 0; k < scores.size(); ++k) {
        const double total = scores[k] + trees.values(row, k);
        scores[k] = trees.single ? static_cast<double>(static_cast<float>(total)) : total;
    }
}

void divide(const Ensemble& trees, RealsOut scores) {
    if (trees.divisor == 1.0) return;
    for (double& score : scores) score /= trees.divisor;
}

} // namespace

void reach_rows(const Ensemble& trees, Flags truth, IntsOut rows) {
    for (Index t = 0; t < trees.n_trees(); ++t) {
        Index node = trees.root[t];
        while (trees.literal[node] != 0) node = trees.next(node, truth[std::abs(trees.literal[node]) - 1]);
        rows[t] = trees.leaf[node];
    }
}

Buffer<bool> passed_conditions(const Ensemble& trees, Flags truth) {
    Buffer<bool> passed(truth.size());
    for (Index node : trees.root) {
        while (trees.literal[node] != 0) {
            const Index condition = std::abs(trees.literal[node]) - 1;
            passed[condition] = true;
            node = trees.next(node, truth[condition]);
        }
    }
    return passed;
}

void add_up(const Ensemble& trees, Ints rows, RealsOut scores) {
    scores.copy_from(trees.base);
    for (const std::int32_t row : rows) add_row(trees, row, scores);
    divide(trees, scores);
}

Buffer<double, 2> scores_of_inputs(const Ensemble& trees, const Conditions& conditions, Array<const double, 2> inputs) {
    Buffer<double, 2> out(inputs.size(), trees.n_outputs());
    for (Index i = 0; i < inputs.size(); ++i) {
        const Reals input = inputs.row(i);
        const RealsOut scores = out.row(i);
        scores.copy_from(trees.base);
        for (Index node : trees.root) {
            while (trees.literal[node] != 0) {
                node = trees.next(node, conditions.true_at(std::abs(trees.literal[node]) - 1, input));
            }
            add_row(trees, trees.leaf[node], scores);
        }
        divide(trees, scores);
    }
    return out;
}

} // namespace suffice
