// Walks over all reasons of an ensemble.
#include "../ensembles/walker.hpp"
#include "arrays.hpp"
#include "modules.hpp"

#include <stdexcept>

namespace suffice {

namespace {

void check_items(const ChangeQuestion& question, const Items& items) {
    const Index n = items.unit.size(), n_units = items.groups.size();
    if (items.cut.size() != n) throw std::invalid_argument("unit, cut: expected a number for each item");
    const Index n_named = items.literals ? question.problem.layout.n_elements() : n_units;
    if (items.of.size() < n_named) throw std::invalid_argument("item_of: expected an item for each element or group");
    for (Index v : items.of) {
        if (v >= n) throw std::invalid_argument("item_of: there is no such item");
    }
    for (Index unit : items.unit) {
        if (unit < 0 || unit >= n_units) throw std::invalid_argument("unit: there is no such group");
    }
    for (Index unit : items.back) {
        if (unit < 0 || unit >= n_units) throw std::invalid_argument("back: there is no such group");
    }
    for (Index a : items.groups.members) {
        if (a < 0 || a >= question.cells.size()) throw std::invalid_argument("groups: there is no such attribute");
    }
}

void make_walker(Walker* self, const ChangeQuestion& question, Shared<Index> unit, Shared<Index> cut,
                 Shared<std::int32_t> item_of, const Groups& groups, Shared<std::int32_t> back, bool literals,
                 bool over_sufficient, bool with_points, Index most_put_off) {
    Items items{unit, cut, item_of, groups, back, literals};
    check_items(question, items);
    new (self) Walker(question, std::move(items), over_sufficient, with_points, most_put_off);
}

void begin(Walker& walker, Array<const std::int32_t, 2> points) { walker.begin(points); }

} // namespace

void bind_walker(nb::module_& m) {
    nb::class_<Walker>(m, "Walker", "A walk over all reasons of an ensemble, of literals or of features.")
        .def("__init__", &make_walker, nb::arg("question"), nb::arg("unit"), nb::arg("cut"), nb::arg("item_of"),
             nb::arg("groups"), nb::arg("back"), nb::kw_only(), nb::arg("literals"), nb::arg("over_sufficient"),
             nb::arg("with_points"), nb::arg("most_put_off"), nb::keep_alive<1, 2>(),
             "Items (by rank) have a unit, the attribute of a literal or the group of a feature, and a cut (-1: a "
             "feature). Of what is put off, so many words are kept.")
        .def_prop_ro(
            "walk", [](Walker& walker) -> Walk& { return walker.walk; }, nb::rv_policy::reference_internal,
            "Where it is, and what was found.")
        .def("begin", &begin, nb::arg("points"),
             "Make counterexamples that are as near as they can be the first edges.")
        .def(
            "go_on", [](Walker& walker, Workspace& work) { return static_cast<int>(walker.go_on(work)); },
            nb::arg("work"), nb::call_guard<nb::gil_scoped_release>(),
            "Go on until it has ended (0), there is something to read or enough was done (1), or it is given up (2).");
}

} // namespace suffice
