// Steps of the search for contrasts, and the questions of its refinement.
#include "../descent/cheapest_change.hpp"
#include "../descent/step.hpp"
#include "arrays.hpp"
#include "checks.hpp"
#include "modules.hpp"

#include <nanobind/stl/optional.h>

#include <optional>
#include <string>
#include <utility>

namespace suffice {

namespace {

constexpr int n_arrays = 27; // of a descent: it views what Python holds

template <class T> void check_shape(const Array<T, 2>& array, std::array<Index, 2> shape, const char* what) {
    need(array.shape == shape, what);
}

template <class T> void check_rows(const DescentSets<T>& sets, const DescentRows<T>& rows, const DescentBest<T>& best) {
    const Index n = sets.origin.size(), all = best.state.size();
    for (const auto& set : {sets.near_lo, sets.near_hi, sets.far_lo, sets.far_hi}) {
        check_shape(set, sets.origin.shape, "sets: expected the shape of the origins");
    }
    check_shape(sets.others, sets.wanted.shape, "others: expected the shape of wanted");
    for (const auto& state : {rows.a, rows.y, rows.moved, rows.ahead}) {
        check_shape(state, sets.origin.shape, "states: expected the shape of the origins");
    }
    need(best.state.width() == sets.origin.width(), "state: expected the width of the origins");
    for (const Index size :
         {sets.wanted.size(), rows.row.size(), rows.c.size(), rows.k.size(), rows.hit.size(), rows.best.size(),
          rows.near.size(), rows.stale.size(), rows.scale.size(), rows.places.size(), rows.ended.size()}) {
        need(size == n, "expected a number for each row");
    }
    for (const Index size : {best.total.size(), best.c.size(), best.nearest.size(), best.iterations.size()}) {
        need(size == all, "best: expected a number for each row");
    }
    for (const Index row : rows.row) need(row >= 0 && row < all, "row: expected a place among all rows");
}

// What is given as None or as an array.
template <class A> const A* told(const std::optional<A>& given) { return given ? &*given : nullptr; }

template <class T> void bind_steps(nb::module_& m, const char* name) {
    using D = Descent<T>;
    using Rows2 = Array<const T, 2>;
    using Views = Array<T, 2>;
    nb::class_<D> type(m, name, "Steps of rows under way; it reads and writes the arrays that it is given.");
    [&]<std::size_t... I>(std::index_sequence<I...>) {
        type.def(
            "__init__",
            [](D* self, Rows2 origin, Rows2 near_lo, Rows2 near_hi, Rows2 far_lo, Rows2 far_hi,
               Array<const bool, 2> wanted, Array<const bool, 2> others, Array<const Index> row, Array<const T> c,
               Array<Index> k, Views a, Views y, Views moved, Views ahead, Array<bool> hit, Array<T> best,
               Array<T> near, Array<Index> stale, Array<const T> scale, Array<Index> places, Array<bool> ended,
               Views state, Array<T> total, Array<T> found_c, Array<T> nearest, Array<Index> iterations,
               Array<const T> rates, double beta, double gamma, double least_slope, double most_slope, double kappa,
               double rounding, Index patience) {
                const DescentSets<T> sets{origin, near_lo, near_hi, far_lo, far_hi, wanted, others};
                const DescentRows<T> rows{row, c, k, a, y, moved, ahead, hit, best, near, stale, scale, places, ended};
                const DescentBest<T> all{state, total, found_c, nearest, iterations};
                check_rows(sets, rows, all);
                for (const Index turn : k)
                    need(turn >= 0 && turn < rates.size(), "k: expected an iteration that has a rate");
                const DescentRule<T> rule{rates,         T(beta),  T(gamma),    T(least_slope),
                                          T(most_slope), T(kappa), T(rounding), patience};
                new (self) D(sets, rows, all, rule);
            },
            nb::kw_only(), nb::arg("origin"), nb::arg("near_lo"), nb::arg("near_hi"), nb::arg("far_lo"),
            nb::arg("far_hi"), nb::arg("wanted"), nb::arg("others"), nb::arg("row"), nb::arg("c"), nb::arg("k"),
            nb::arg("a"), nb::arg("y"), nb::arg("moved"), nb::arg("ahead"), nb::arg("hit"), nb::arg("best"),
            nb::arg("near"), nb::arg("stale"), nb::arg("scale"), nb::arg("places"), nb::arg("ended"), nb::arg("state"),
            nb::arg("total"), nb::arg("found_c"), nb::arg("nearest"), nb::arg("iterations"), nb::arg("rates"),
            nb::arg("beta"), nb::arg("gamma"), nb::arg("least_slope"), nb::arg("most_slope"), nb::arg("kappa"),
            nb::arg("rounding"), nb::arg("patience"), nb::keep_alive<1, I + 2>()...);
    }(std::make_index_sequence<n_arrays>());
    type.def(
            "move",
            [](D& descent, Rows2 slope, std::optional<Rows2> pull) {
                check_shape(slope, {descent.size(), descent.width()}, "slope: expected a number a row and feature");
                if (pull) check_shape(*pull, slope.shape, "pull: expected the shape of the slope");
                descent.move(slope, told(pull));
            },
            nb::arg("slope"), nb::arg("pull").none() = nb::none(), "Step from y: write `moved` and `ahead`.")
        .def(
            "look",
            [](D& descent, Rows2 scores, Rows2 states, std::optional<Array<const bool>> steep) {
                check_shape(scores, {descent.size(), descent.classes()}, "scores: expected a number a row and class");
                check_shape(states, {descent.size(), descent.width()}, "states: expected a number a row and feature");
                need(!steep || steep->size() == descent.size(), "steep: expected a mark for each row");
                return descent.look(scores, states, told(steep));
            },
            nb::arg("scores"), nb::arg("states"), nb::arg("steep").none() = nb::none(),
            "Take over the step; return how many states are to be judged, the first of `places`.")
        .def(
            "judge",
            [](D& descent, Rows2 scores) {
                check_shape(scores, {descent.judged(), descent.classes()}, "scores: expected a row for each place");
                return descent.judge(scores);
            },
            nb::arg("scores"), "Keep the places with valid scores; return how many.")
        .def(
            "accept",
            [](D& descent, Rows2 states, std::optional<Array<const T>> errors) {
                check_shape(states, {descent.size(), descent.width()}, "states: expected a number a row and feature");
                need(!errors || errors->size() == descent.judged(), "errors: expected a number for each place");
                descent.accept(states, told(errors));
            },
            nb::arg("states"), nb::arg("errors").none() = nb::none(), "Take over what is better at the places.")
        .def("finish", &D::finish, "Mark the rows that `ended` their round; return how many.");
}

// Functions whose results differ in type have names of their own, which end in the bits of a number.
template <class T> void bind_arithmetic(nb::module_& m) {
    using Rows2 = Array<const T, 2>;
    const std::string bits = std::to_string(8 * sizeof(T));
    m.def(("excess_of" + bits).c_str(),
          [](Rows2 scores, Array<const bool, 2> wanted, Array<const bool, 2> others, double kappa, double rounding) {
              check_shape(wanted, scores.shape, "wanted: expected the shape of the scores");
              check_shape(others, scores.shape, "others: expected the shape of the scores");
              auto excess = Buffer<T>::full({scores.size()}, T(0));
              for (Index i = 0; i < scores.size(); ++i) {
                  excess[i] = excess_of<T>(scores.row(i), wanted.row(i), others.row(i), T(kappa), T(rounding));
              }
              return excess;
          },
          nb::arg("scores"), nb::arg("wanted"), nb::arg("others"), nb::arg("kappa"), nb::arg("rounding"),
          "Return by how much margins exceed `kappa` and a rounding error.");
    m.def(("loss_slope" + bits).c_str(),
          [](Rows2 scores, Array<const bool, 2> wanted, Array<const bool, 2> others, double kappa) {
              check_shape(wanted, scores.shape, "wanted: expected the shape of the scores");
              check_shape(others, scores.shape, "others: expected the shape of the scores");
              auto slope = Buffer<T, 2>::full(scores.shape, T(0));
              for (Index i = 0; i < scores.size(); ++i) {
                  loss_slope<T>(scores.row(i), wanted.row(i), others.row(i), T(kappa), slope.row(i));
              }
              return slope;
          },
          nb::arg("scores"), nb::arg("wanted"), nb::arg("others"), nb::arg("kappa"),
          "Return the loss of margins differentiated by the scores.");
    m.def(
        "all_finite",
        [](Rows2 numbers) {
            return std::all_of(numbers.begin(), numbers.end(), [](T number) { return std::isfinite(number); });
        },
        nb::arg("numbers"), "Whether all are finite numbers.");
    m.def(("cheapest_change" + bits).c_str(),
          [](double beta, Rows2 g, Rows2 h, Rows2 e, Rows2 lo, Rows2 hi, Array<const T> needed, Array<const T> damping,
             int growths, int steps) {
              for (const auto& part : {h, e, lo, hi}) check_shape(part, g.shape, "expected the shape of g");
              need(needed.size() == g.size() && damping.size() == g.size(), "expected a number for each row");
              auto change = Buffer<T, 2>::full(g.shape, T(0));
              std::vector<T> sum(g.width());
              for (Index i = 0; i < g.size(); ++i) {
                  const LinearRow<T> row{T(beta),   g.row(i),  h.row(i),  e.row(i),
                                         lo.row(i), hi.row(i), needed[i], damping[i]};
                  const T price = row.price(sum, growths, steps);
                  for (Index j = 0; j < g.width(); ++j) change(i, j) = row.at(j, price);
              }
              return change;
          },
          nb::arg("beta"), nb::arg("g"), nb::arg("h"), nb::arg("e"), nb::arg("lo"), nb::arg("hi"), nb::arg("needed"),
          nb::arg("damping"), nb::arg("growths"), nb::arg("steps"),
          "Return the cheapest change of each row under one linear condition.");
}

} // namespace

void bind_descent(nb::module_& m) {
    bind_steps<float>(m, "Descent32");
    bind_steps<double>(m, "Descent64");
    bind_arithmetic<float>(m);
    bind_arithmetic<double>(m);
}

} // namespace suffice
