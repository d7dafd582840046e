// Hitting sets: cheap ones, and walks over all of them.
#include "../hitting/local_search.hpp"
#include "../hitting/search.hpp"
#include "../hitting/walk.hpp"

#include "arrays.hpp"
#include "clock.hpp"
#include "modules.hpp"

#include <nanobind/stl/pair.h>

namespace suffice {

namespace {

using Batch = std::pair<Buffer<bool, 2>, Buffer<std::int32_t, 2>>;

Batch pair_of(WalkBatch&& batch) { return {std::move(batch.items), std::move(batch.points)}; }

void bind_walk(nb::module_& m) {
    nb::class_<Walk>(m, "Walk", "A walk over minimal hitting sets of a family that grows on the way.")
        .def("begin_turn", &Walk::begin_turn, nb::arg("steps"), nb::arg("most_sets"),
             "Begin a turn of so many steps that finds so many sets at most.")
        .def("skip_edges", &Walk::skip_edges, "Take all edges as read.")
        .def(
            "read_sets", [](const Walk& walk) { return pair_of(walk.sets()); },
            "Return the sets of this turn as rows over the items, and their points.")
        .def(
            "read_edges", [](Walk& walk) { return pair_of(walk.read_edges()); },
            "Return the edges that were added since they were last read, by written items, and their points.")
        .def_prop_ro("n_edges", &Walk::n_edges, "How many edges are known.")
        .def_prop_ro("n_sets", &Walk::n_sets, "How many sets were found in this turn.")
        .def_prop_ro("tired", &Walk::tired, "Whether the turn was as long as it may be.")
        .def_prop_ro("full", &Walk::full, "Whether there is no more memory for edges.");
}

void need(bool met, const char* what) {
    if (!met) throw nb::value_error(what);
}

bool guess(const HittingSearch& search, Index target, FlagsOut chosen, Index steps, std::uint32_t seed,
           PythonClock& clock) {
    LocalSearch local(search.clauses(), chosen, seed);
    if (!local.run(target, steps, clock)) return false;
    chosen.copy_from(local.chosen());
    return true;
}

void bind_hitting_search(nb::module_& m) {
    nb::class_<HittingSearch> type(
        m, "HittingSearch",
        "Sets of variables that hit all clauses and cost no more than a budget, one after another.");
    type.def(
            "__init__",
            [](HittingSearch* self, Longs prices) {
                for (Index price : prices) need(price >= 0, "prices: expected none below 0");
                new (self) HittingSearch(prices);
            },
            nb::arg("prices"), "Begin without clauses; each variable has its price.")
        .def(
            "add",
            [](HittingSearch& self, Array<const bool, 2> rows) {
                need(rows.width() == self.clauses().n_variables(), "rows: expected a truth value for each variable");
                self.add(rows);
            },
            nb::arg("rows"), "Add clauses: truth values of the variables, one row each.")
        .def("restart", &HittingSearch::restart, nb::arg("budget"), "Begin anew, with another budget.")
        .def("tighten", &HittingSearch::tighten, nb::arg("budget"), "Go on with a smaller budget.")
        .def(
            "step",
            [](HittingSearch& self, Index nodes, PythonClock& clock) {
                return static_cast<int>(self.step(nodes, clock));
            },
            nb::arg("nodes"), nb::arg("clock"), nb::call_guard<nb::gil_scoped_release>(),
            "Search on: FOUND (see `chosen`), NONE (there is no more), or UNKNOWN after so many nodes or at the limit.")
        .def("skip", &HittingSearch::skip, "Leave the set that was found, and all that contain it.")
        .def("nodes_in", &HittingSearch::nodes_in, nb::arg("milliseconds"),
             "Return how many nodes take about so long at least (by their size, so the same on every machine).")
        .def(
            "guess",
            [](const HittingSearch& self, Index target, FlagsOut chosen, Index steps, std::uint32_t seed,
               PythonClock& clock) {
                need(chosen.size() == self.clauses().n_variables(), "chosen: expected a truth value for each variable");
                nb::gil_scoped_release release;
                return guess(self, target, chosen, steps, seed, clock);
            },
            nb::arg("target"), nb::arg("chosen"), nb::arg("steps"), nb::arg("seed"), nb::arg("clock"),
            "Look by local search, from `chosen`, for a set that costs at most `target`; it replaces `chosen` if "
            "found.")
        .def_prop_ro("chosen", &HittingSearch::chosen, "The set that was found.")
        .def_prop_ro("outside", &HittingSearch::outside, "The variables that are out where it was found.")
        .def_prop_ro("beyond", &HittingSearch::beyond,
                     "After NONE: a lower bound of what a set costs that was left out because of the budget.")
        .def_prop_ro("nodes", &HittingSearch::nodes, "How many nodes were looked at so far.");
    type.attr("NONE") = static_cast<int>(HittingSearch::none);
    type.attr("FOUND") = static_cast<int>(HittingSearch::found);
    type.attr("UNKNOWN") = static_cast<int>(HittingSearch::unknown);
}

} // namespace

void bind_hitting(nb::module_& m) {
    bind_walk(m);
    bind_hitting_search(m);
}

} // namespace suffice
