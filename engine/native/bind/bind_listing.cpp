// Hitting sets that are counted by listing them, and cheapest ones over units.
#include "../hitting/listing.hpp"
#include "../hitting/units.hpp"
#include "arrays.hpp"
#include "clock.hpp"
#include "edges.hpp"
#include "modules.hpp"

namespace suffice {

namespace {

using nb::gil_scoped_release;

void make_listing(Listing* self, Longs start, Ints member, Ints parent, Ints group, Index n_groups) {
    demand(group.size() == parent.size(), "group: expected one for each element");
    check_range(group, 0, n_groups, "group: expected numbers below n_groups");
    check_edges(start, member, parent.size());
    check_forest(parent);
    new (self) Listing(ListedEdges(start, member, parent), group, n_groups);
}

void make_units(UnitProblem* self, Longs start, Ints member, Longs cost) {
    check_edges(start, member, cost.size());
    for (Index k = 0; k + 1 < start.size(); ++k) demand(start[k] < start[k + 1], "an edge is empty: nothing hits it");
    for (Index one : cost) demand(one >= 0, "cost: expected no negative ones");
    new (self) UnitProblem(start, member, cost);
}

} // namespace

void bind_listing(nb::module_& m) {
    nb::class_<Listing>(m, "Listing", "Minimal closed hitting sets that are listed one by one, to count them.")
        .def("__init__", &make_listing, nb::arg("start"), nb::arg("member"), nb::arg("parent"), nb::arg("group"),
             nb::arg("n_groups"))
        .def(
            "go_on", [](Listing& self, Index node_limit, PythonClock& clock) { return self.go_on(node_limit, clock); },
            nb::arg("node_limit"), nb::arg("clock"), nb::call_guard<gil_scoped_release>(),
            "Go on until all sets are listed (True), so many nodes are visited in all, or time is up (False).")
        .def_prop_ro("total", &Listing::total)
        .def_prop_ro("n_nodes", &Listing::nodes)
        .def("each", &Listing::each, "How many sets have each element.")
        .def("grouped", &Listing::grouped, "How many sets have an element of each group.");
    nb::class_<UnitProblem>(m, "UnitProblem", "A cheapest hitting set of edges over units, by branch and bound.")
        .def("__init__", &make_units, nb::arg("start"), nb::arg("member"), nb::arg("cost"))
        .def(
            "search", [](UnitProblem& self, Index node_limit, PythonClock& clock) { self.search(node_limit, clock); },
            nb::arg("node_limit"), nb::arg("clock"), nb::call_guard<gil_scoped_release>(),
            "Search on until the best set is proved, so many nodes are visited, or time is up.")
        .def("chosen", &UnitProblem::chosen, "The units of the best hitting set found.")
        .def_prop_ro("upper", &UnitProblem::upper)
        .def_prop_ro("lower", &UnitProblem::lower);
}

} // namespace suffice
