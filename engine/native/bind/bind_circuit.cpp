// Circuits over the scores of an ensemble, and what is asked of them.
#include "../ensembles/goal.hpp"
#include "arrays.hpp"
#include "checks.hpp"
#include "modules.hpp"
#include "reduce.hpp"

#include <cmath>

namespace suffice {

namespace {

// How many arguments a gate has; -1: one or more.
Index arguments_of(Op op) {
    switch (op) {
    case Op::raw:
    case Op::constant:
        return 0;
    case Op::add:
    case Op::subtract:
        return 2;
    case Op::softmax:
    case Op::share:
    case Op::vote:
    case Op::lead_softmax:
    case Op::lead_share:
        return -1;
    default:
        return 1;
    }
}

void check_gate(const Circuit& circuit, Index g) {
    need(circuit.op[g] >= 0 && circuit.op[g] <= static_cast<int>(Op::root), "a gate does nothing that is known");
    const auto op = static_cast<Op>(circuit.op[g]);
    const Index wanted = arguments_of(op), n = circuit.at[g + 1] - circuit.at[g], own = circuit.own[g];
    need(n == wanted || (wanted < 0 && n > 0), "a gate has another number of arguments");
    for (Index i = circuit.at[g]; i < circuit.at[g + 1]; ++i)
        need(circuit.argument[i] >= 0 && circuit.argument[i] < g, "an argument does not come before its gate");
    need(op != Op::raw || (own >= 0 && own < circuit.n_scores), "there is no such score");
    need(op != Op::table || (own >= 0 && own + 1 < circuit.table_at.size()), "there is no such table");
    need(wanted >= 0 || (own >= 0 && own < n), "a gate's own number is not in its group");
    const double other = circuit.number(g, 1);
    need((op != Op::lead_softmax && op != Op::lead_share) || (other >= 0 && other < static_cast<double>(n)),
         "a gate's other number is not in its group");
    need(op != Op::divide || circuit.number(g, 0) != 0.0, "a gate divides by 0");
}

void check_circuit(const Circuit& circuit) {
    const Index n = circuit.size();
    need(circuit.own.size() == n && circuit.number.size() == n && circuit.number.width() == 2 && n > 0 &&
             circuit.at.size() == n + 1 && circuit.at[0] == 0 && circuit.at[n] == circuit.argument.size(),
         "arrays of gates differ in length");
    need(circuit.x.size() == circuit.y.size() && circuit.table_at.size() > 0 && circuit.table_at[0] == 0 &&
             circuit.table_at[circuit.table_at.size() - 1] == circuit.x.size(),
         "arrays of tables differ in length");
    for (Index t = 0; t + 1 < circuit.table_at.size(); ++t) {
        need(circuit.table_at[t] < circuit.table_at[t + 1], "a table has no points");
        for (Index i = circuit.table_at[t]; i < circuit.table_at[t + 1]; ++i)
            need(std::isfinite(circuit.y[i]) && (i == circuit.table_at[t] || circuit.x[i - 1] < circuit.x[i]),
                 "the points of a table do not rise");
    }
    for (Index g = 0; g < n; ++g) {
        need(circuit.at[g] <= circuit.at[g + 1], "the arguments of gates overlap");
        check_gate(circuit, g);
    }
}

void bind_circuits(nb::module_& m) {
    nb::class_<Circuit> type(m, "Circuit", "Monotone functions of the scores of an ensemble, on intervals.");
    type.def(
        "__init__",
        [](Circuit* self, Shared<std::int32_t> op, Shared<std::int32_t> at, Shared<std::int32_t> argument,
           Shared<std::int32_t> own, Shared<double, 2> number, Shared<std::int32_t> table_at, Shared<double> x,
           Shared<double> y, Index n_scores) {
            const Circuit made{op, at, argument, own, number, table_at, x, y, n_scores};
            check_circuit(made);
            new (self) Circuit(made);
        },
        nb::arg("op"), nb::arg("at"), nb::arg("argument"), nb::arg("own"), nb::arg("number"), nb::arg("table_at"),
        nb::arg("x"), nb::arg("y"), nb::arg("n_scores"));
    type.def_ro("n_scores", &Circuit::n_scores)
        .def("__len__", &Circuit::size)
        .def(
            "intervals",
            [](const Circuit& circuit, Array<const double, 2> low, Array<const double, 2> high, Ints gates) {
                need(low.width() == circuit.n_scores && high.width() == circuit.n_scores && low.size() == high.size(),
                     "low, high: expected a column for each score");
                check_range(gates, 0, circuit.size(), "gates: there is no such gate");
                return evaluate_rows(circuit, low, high, gates);
            },
            nb::arg("low"), nb::arg("high"), nb::arg("gates"), nb::call_guard<nb::gil_scoped_release>(),
            "Return the lower and upper ends of some gates for each row of intervals of the scores.");
    reduce_to<&Circuit::op, &Circuit::at, &Circuit::argument, &Circuit::own, &Circuit::number, &Circuit::table_at,
              &Circuit::x, &Circuit::y, &Circuit::n_scores>(type);
}

void check_goal(const Goal& goal) {
    const Index n = goal.circuit->n_scores, n_pairs = goal.left.size();
    need(goal.at.size() > 1 && goal.at[0] == 0 && goal.at[goal.size()] == n_pairs && goal.right.size() == n_pairs &&
             goal.strict.size() == n_pairs && goal.margin.size() == n_pairs,
         "at, left, right, strict: expected the same pairs");
    for (Index q = 0; q < goal.size(); ++q) need(goal.at[q] < goal.at[q + 1], "a question has no pairs");
    check_range(goal.left, 0, goal.circuit->size(), "left: there is no such gate");
    check_range(goal.right, 0, goal.circuit->size(), "right: there is no such gate");
    check_range(goal.margin, -1, goal.circuit->size(), "margin: there is no such gate");
    const Relaxation& relaxed = goal.relaxed;
    const Index prices = relaxed.start.width();
    need(prices == 0 || relaxed.start.size() == goal.size(), "start: expected a row for each question");
    need(prices == 0 || (relaxed.least.width() == prices && relaxed.least.size() > 0 &&
                         relaxed.least.size() % (goal.size() * std::max<Index>(n, 1)) == 0),
         "least: expected rows for each question and score, a column for each price");
    need(prices == 0 || (relaxed.side.size() == n && relaxed.cells.size() == n),
         "side, cells: expected a number for each score");
    need(prices == 0 || (relaxed.shift.size() == goal.size() && relaxed.lost.size() == goal.size()),
         "relaxed: expected a shift for each question");
    need(goal.upward.size() == n && goal.downward.size() == n && goal.low.size() == n && goal.high.size() == n,
         "upward, downward, low, high: expected a number for each score");
}

void bind_goal(nb::module_& m) {
    nb::class_<Relaxation> relaxed(m, "Relaxation", "What weighted sums of scores must reach in intervals of them.");
    relaxed.def(
        "__init__",
        [](Relaxation* self, Shared<double, 2> start, Shared<double, 2> least, Shared<std::int8_t> side,
           Shared<double> cells, Shared<std::int32_t> shift,
           Shared<Index> lost) { new (self) Relaxation{start, least, side, cells, shift, lost}; },
        nb::arg("start"), nb::arg("least"), nb::arg("side"), nb::arg("cells"), nb::arg("shift"), nb::arg("lost"));
    nb::class_<Goal> type(m, "Goal", "A question about a circuit over the scores of an ensemble.");
    type.def(
        "__init__",
        [](Goal* self, const Circuit& circuit, Shared<std::int32_t> at, Shared<std::int32_t> left,
           Shared<std::int32_t> right, Shared<bool> strict, Shared<std::int32_t> margin, bool away,
           Shared<std::int32_t> upward, Shared<std::int32_t> downward, Shared<double> low, Shared<double> high,
           int shift, Index error, const Relaxation& relaxation) {
            const Goal made{std::make_shared<const Circuit>(circuit),
                            at,
                            left,
                            right,
                            strict,
                            margin,
                            away,
                            upward,
                            downward,
                            low,
                            high,
                            shift,
                            error,
                            relaxation};
            check_goal(made);
            new (self) Goal(made);
        },
        nb::arg("circuit"), nb::arg("at"), nb::arg("left"), nb::arg("right"), nb::arg("strict"), nb::arg("margin"),
        nb::arg("away"), nb::arg("upward"), nb::arg("downward"), nb::arg("low"), nb::arg("high"), nb::arg("shift"),
        nb::arg("error"), nb::arg("relaxed"));
    type.def("__len__", &Goal::size, "Return the number of questions.")
        .def(
            "bad",
            [](const Goal& goal, Reals scores) {
                need(scores.size() == goal.circuit->n_scores, "scores: expected all of them");
                return goal.bad(scores);
            },
            nb::arg("scores"), "Tell whether the library decides outside O for these scores.");
}

} // namespace

void bind_circuit(nb::module_& m) {
    bind_circuits(m);
    bind_goal(m);
}

} // namespace suffice
