// Compiled models: their conditions, their trees, and what their scores mean.
#include "../models/decide.hpp"
#include "../models/ensemble.hpp"
#include "../models/tree.hpp"

#include "arrays.hpp"
#include "checks.hpp"
#include "modules.hpp"
#include "reduce.hpp"

namespace suffice {

namespace {

Index highest(Ints values) {
    Index out = -1;
    for (const Index value : values) out = std::max(out, value);
    return out;
}

Conditions conditions_of(Shared<std::int32_t> feature, Shared<std::int8_t> operation, Shared<double> threshold,
                         Shared<bool> missing) {
    const Index n = feature.size();
    need(operation.size() == n && threshold.size() == n && missing.size() == n,
         "arrays of conditions differ in length");
    for (Index i = 0; i < n; ++i) {
        need(feature[i] >= 0, "a condition has no column");
        need(operation[i] >= 0 && operation[i] < 8, "a condition has no operator");
        const bool listing = static_cast<Operator>(operation[i]) >= Operator::in;
        need(!listing || (threshold[i] >= 0 && threshold[i] < 0x1p53), "a condition has no list of codes");
    }
    const Index n_columns = highest(feature) + 1;
    return {std::move(feature), std::move(operation), std::move(threshold), std::move(missing), n_columns};
}

void check_rows(const Conditions& conditions, Array<const double, 2> rows, Index n_conditions) {
    need(rows.width() >= conditions.n_columns, "rows: expected a value for each column");
    need(conditions.size() >= n_conditions, "conditions: expected all that the trees test");
}

void bind_conditions(nb::module_& m) {
    nb::class_<Conditions> type(m, "Conditions", "Tests 'feature operator threshold', and where they are true.");
    type.def(
        "__init__",
        [](Conditions* self, Shared<std::int32_t> feature, Shared<std::int8_t> operation, Shared<double> threshold,
           Shared<bool> missing) {
            new (self) Conditions(
                conditions_of(std::move(feature), std::move(operation), std::move(threshold), std::move(missing)));
        },
        nb::arg("feature"), nb::arg("operation"), nb::arg("threshold"), nb::arg("missing"));
    show<&Conditions::feature>(type, "feature");
    show<&Conditions::operation>(type, "operation");
    show<&Conditions::threshold>(type, "threshold");
    show<&Conditions::missing>(type, "missing");
    type.def("__len__", &Conditions::size);
    m.def(
        "is_listed",
        [](double value, double mask) {
            need(mask >= 0 && mask < 0x1p53, "mask: expected a list of codes");
            return is_listed(value, mask);
        },
        nb::arg("value"), nb::arg("mask"), "Tell whether a value is one of the codes whose bits are set in a mask.");
    reduce_to<&Conditions::feature, &Conditions::operation, &Conditions::threshold, &Conditions::missing>(type);
}

void bind_tree(nb::module_& m) {
    nb::class_<Tree> type(m, "Tree", "A decision tree over conditions.");
    type.def(
        "__init__",
        [](Tree* self, Shared<std::int32_t> literal, Shared<std::int32_t> left, Shared<std::int32_t> right,
           Shared<std::int32_t> outcome) {
            need(literal.size() > 0 && outcome.size() == literal.size(), "arrays of nodes differ in length");
            const Index conditions = check_nodes(literal, left, right);
            new (self) Tree{std::move(literal), std::move(left), std::move(right), std::move(outcome), conditions};
        },
        nb::arg("literal"), nb::arg("left"), nb::arg("right"), nb::arg("outcome"));
    const auto asked = [](const Tree& tree, Flags truth) {
        need(truth.size() >= tree.n_conditions, "truth: expected a value for each condition");
    };
    type.def(
            "outcome_at",
            [asked](const Tree& tree, Flags truth) {
                asked(tree, truth);
                return tree.outcome[reached_leaf(tree, truth)];
            },
            nb::arg("truth"), "Return the class index for the truth of the conditions.")
        .def(
            "path",
            [asked](const Tree& tree, Flags truth) {
                asked(tree, truth);
                return path_of(tree, truth);
            },
            nb::arg("truth"), "Return the literals on an input's path, as they are true there, in their order.")
        .def(
            "outcomes",
            [](const Tree& tree, const Conditions& conditions, Array<const double, 2> rows) {
                check_rows(conditions, rows, tree.n_conditions);
                return outcomes_of_rows(tree, conditions, rows);
            },
            nb::arg("conditions"), nb::arg("rows"), nb::call_guard<nb::gil_scoped_release>(),
            "Return the class index of each row of values.")
        .def(
            "walk_ranks",
            [asked](const Tree& tree, Flags truth) {
                asked(tree, truth);
                return walk_ranks(tree, truth);
            },
            nb::arg("truth"), nb::call_guard<nb::gil_scoped_release>(),
            "Return the rank of each condition in the walk [subtree that agrees, node, other subtree].");
    reduce_to<&Tree::literal, &Tree::left, &Tree::right, &Tree::outcome>(type);
}

Ensemble ensemble_of(Shared<std::int32_t> root, Shared<std::int32_t> literal, Shared<std::int32_t> left,
                     Shared<std::int32_t> right, Shared<std::int32_t> leaf, Shared<double, 2> values,
                     Shared<double> base, double divisor, bool single) {
    need(leaf.size() == literal.size(), "arrays of nodes differ in length");
    need(values.width() == base.size(), "values: expected a column for each score");
    const Index conditions = check_nodes(literal, left, right);
    check_range(root, 0, literal.size(), "a root is no node");
    for (Index i = 0; i < literal.size(); ++i)
        need(literal[i] != 0 || (leaf[i] >= 0 && leaf[i] < values.size()), "a leaf has no values");
    return {std::move(root),   std::move(literal), std::move(left), std::move(right), std::move(leaf),
            std::move(values), std::move(base),    divisor,         single,           conditions};
}

Buffer<std::int32_t> rows_at(const Ensemble& trees, Flags truth) {
    need(truth.size() >= trees.n_conditions, "truth: expected a value for each condition");
    Buffer<std::int32_t> rows(trees.n_trees());
    reach_rows(trees, truth, rows);
    return rows;
}

Buffer<double> summed(const Ensemble& trees, Ints rows) {
    Buffer<double> scores(trees.n_outputs());
    add_up(trees, rows, scores);
    return scores;
}

void bind_ensemble(nb::module_& m) {
    nb::class_<Ensemble> type(m, "Ensemble", "An additive tree ensemble over conditions.");
    type.def(
        "__init__",
        [](Ensemble* self, Shared<std::int32_t> root, Shared<std::int32_t> literal, Shared<std::int32_t> left,
           Shared<std::int32_t> right, Shared<std::int32_t> leaf, Shared<double, 2> values, Shared<double> base,
           double divisor, bool single) {
            new (self) Ensemble(ensemble_of(std::move(root), std::move(literal), std::move(left), std::move(right),
                                            std::move(leaf), std::move(values), std::move(base), divisor, single));
        },
        nb::arg("root"), nb::arg("literal"), nb::arg("left"), nb::arg("right"), nb::arg("leaf"), nb::arg("values"),
        nb::arg("base"), nb::arg("divisor"), nb::arg("single"));
    type.def("rows_at", &rows_at, nb::arg("truth"), "Return the row of `values` that each tree reaches.")
        .def(
            "scores_at", [](const Ensemble& trees, Flags truth) { return summed(trees, rows_at(trees, truth)); },
            nb::arg("truth"), "Return the scores for the truth of the conditions.")
        .def(
            "add_up",
            [](const Ensemble& trees, Ints rows) {
                check_range(rows, 0, trees.values.size(), "rows: there are no such values");
                return summed(trees, rows);
            },
            nb::arg("rows"), "Return the scores of one row of `values` a tree, added in their order.")
        .def(
            "passed",
            [](const Ensemble& trees, Flags truth) {
                need(truth.size() >= trees.n_conditions, "truth: expected a value for each condition");
                return passed_conditions(trees, truth);
            },
            nb::arg("truth"), "Return the conditions that some tree tests on its way.")
        .def(
            "scores",
            [](const Ensemble& trees, const Conditions& conditions, Array<const double, 2> rows) {
                check_rows(conditions, rows, trees.n_conditions);
                return scores_of_inputs(trees, conditions, rows);
            },
            nb::arg("conditions"), nb::arg("rows"), nb::call_guard<nb::gil_scoped_release>(),
            "Return the scores of each row of values, shape (m, n_outputs).");
    reduce_to<&Ensemble::root, &Ensemble::literal, &Ensemble::left, &Ensemble::right, &Ensemble::leaf,
              &Ensemble::values, &Ensemble::base, &Ensemble::divisor, &Ensemble::single>(type);
}

void check_link(int link) {
    need(link >= 0 && link < static_cast<int>(near_scores.size()), "link: expected 0, 1 or 2");
}

void bind_decide(nb::module_& m) {
    m.def(
        "decide",
        [](Reals scores, int link) {
            check_link(link);
            need(!scores.empty(), "scores: expected at least one");
            return decide(scores, link);
        },
        nb::arg("scores"), nb::arg("link"),
        "Return the first greatest score, or the first of the greatest probabilities that a softmax makes of them.");
    m.def(
        "decide_rows",
        [](Array<const double, 2> scores, int link) {
            check_link(link);
            need(scores.size() == 0 || scores.width() > 0, "scores: expected at least one a row");
            return decide_rows(scores, link);
        },
        nb::arg("scores"), nb::arg("link"), nb::call_guard<nb::gil_scoped_release>(),
        "Return `decide` of each row of scores.");
    m.def(
        "softmax",
        [](Reals scores, int link) {
            check_link(link);
            return softmax(scores, link);
        },
        nb::arg("scores"), nb::arg("link"),
        "Return the softmax of scores as the library computes it: in single precision but for the sum, or in double.");
}

} // namespace

void bind_models(nb::module_& m) {
    bind_conditions(m);
    bind_tree(m);
    bind_ensemble(m);
    bind_decide(m);
}

} // namespace suffice
