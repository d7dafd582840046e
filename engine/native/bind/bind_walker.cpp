// Walks over all reasons of an ensemble.
#include "../ensembles/chosen_changes.hpp"
#include "../ensembles/walker.hpp"
#include "arrays.hpp"
#include "checks.hpp"
#include "modules.hpp"

#include <stdexcept>

namespace suffice {

namespace {

void check_literals(const Layout& layout, const Items& items) {
    for (Index v = 0; v < items.unit.size(); ++v) {
        const Attribute& attribute = layout.attribute[items.unit[v]];
        const Index last = attribute.count - (attribute.interval ? 2 : 1);
        if (items.cut[v] < 0 || items.cut[v] > last) throw std::invalid_argument("cut: there is no such cut, or cell");
    }
    if (items.cell.size() != layout.n_listed_cells())
        throw std::invalid_argument("item_of_cell: expected an item for each cell of a listed attribute");
    for (Index v : items.cell) {
        if (v >= items.unit.size()) throw std::invalid_argument("item_of_cell: there is no such item");
    }
}

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
    if (items.literals) check_literals(question.problem.layout, items);
    for (Index unit : items.back) {
        if (unit < 0 || unit >= n_units) throw std::invalid_argument("back: there is no such group");
    }
    for (Index a : items.groups.members) {
        if (a < 0 || a >= question.cells.size()) throw std::invalid_argument("groups: there is no such attribute");
    }
}

void make_walker(Walker* self, const ChangeQuestion& question, Shared<Index> unit, Shared<Index> cut,
                 Shared<std::int32_t> item_of, Shared<std::int32_t> item_of_cell, const Groups& groups,
                 Shared<std::int32_t> back, bool literals, bool over_sufficient, bool with_points, Index most_put_off) {
    Items items{unit, cut, item_of, item_of_cell, groups, back, literals};
    check_items(question, items);
    if (literals && !over_sufficient && question.problem.layout.n_listed_cells() > 0)
        throw std::invalid_argument("cells of listed attributes: only walks over sufficient reasons have them");
    new (self) Walker(question, std::move(items), over_sufficient, with_points, most_put_off);
}

void begin(Walker& walker, Array<const std::int32_t, 2> points) { walker.begin(points); }

void make_chosen(ChosenChanges* self, const ChangeQuestion& question, Shared<std::int32_t> order) {
    const Layout& layout = question.problem.layout;
    need(question.problem.choices != nullptr, "question: its trees do not decide one by one");
    need(layout.n_listed_cells() == 0, "question: expected attributes that cuts describe");
    need(order.size() <= layout.n_attributes(), "order: too many attributes");
    for (const std::int32_t a : order) need(a >= 0 && a < layout.n_attributes(), "order: no such attribute");
    new (self) ChosenChanges(question, order);
}

void bind_chosen(nb::module_& m) {
    nb::class_<ChosenChanges>(m, "ChosenChanges", "All contrastive reasons where the leaves of each tree decide.")
        .def("__init__", &make_chosen, nb::arg("question"), nb::arg("order"), nb::keep_alive<1, 2>())
        .def_ro("n_found", &ChosenChanges::n_found, "Points that were written.")
        .def(
            "go_on",
            [](ChosenChanges& chosen, Array<std::int32_t, 2> points, Index most, Workspace& work) {
                return static_cast<int>(chosen.go_on(points, most, work));
            },
            nb::arg("points"), nb::arg("most"), nb::arg("work"), nb::call_guard<nb::gil_scoped_release>(),
            "Write further points until there are no more (0), no more room or so many groups have chosen (1), or it "
            "is given up (2).");
}

} // namespace

void bind_walker(nb::module_& m) {
    nb::class_<Walker>(m, "Walker", "A walk over all reasons of an ensemble, of literals or of features.")
        .def("__init__", &make_walker, nb::arg("question"), nb::arg("unit"), nb::arg("cut"), nb::arg("item_of"),
             nb::arg("item_of_cell"), nb::arg("groups"), nb::arg("back"), nb::kw_only(), nb::arg("literals"),
             nb::arg("over_sufficient"), nb::arg("with_points"), nb::arg("most_put_off"), nb::keep_alive<1, 2>(),
             "Items (by rank) have a unit, the attribute of a literal or the group of a feature, and a cut, or a cell "
             "(-1: a feature). Of what is put off, so many words are kept.")
        .def_prop_ro(
            "walk", [](Walker& walker) -> Walk& { return walker.walk; }, nb::rv_policy::reference_internal,
            "Where it is, and what was found.")
        .def("begin", &begin, nb::arg("points"),
             "Make counterexamples that are as near as they can be the first edges.")
        .def(
            "go_on", [](Walker& walker, Workspace& work) { return static_cast<int>(walker.go_on(work)); },
            nb::arg("work"), nb::call_guard<nb::gil_scoped_release>(),
            "Go on until it has ended (0), there is something to read or enough was done (1), or it is given up (2).");
    bind_chosen(m);
}

} // namespace suffice
