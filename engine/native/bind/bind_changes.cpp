// Changes that can leave the outcome: near ones, few ones, cheap ones.
#include "../ensembles/fewest.hpp"
#include "../ensembles/harvest.hpp"
#include "../ensembles/nearest.hpp"
#include "arrays.hpp"
#include "checks.hpp"
#include "modules.hpp"

#include <nanobind/stl/optional.h>
#include <nanobind/stl/vector.h>

namespace suffice {

namespace {

using Unlocked = nb::call_guard<nb::gil_scoped_release>;

void bind_near(nb::module_& m) {
    m.def(
        "differing_elements",
        [](const Layout& layout, Ints cells, Ints point) {
            check_point(layout, cells);
            check_point(layout, point);
            return differing_elements(layout, cells, point);
        },
        nb::arg("layout"), nb::arg("cells"), nb::arg("point"),
        "Return the elements whose literals are true at the instance and false at the point.");
    m.def(
        "differing_groups",
        [](const Groups& groups, Ints cells, Ints point) {
            need(cells.size() == point.size(), "cells, point: expected the same attributes");
            check_numbers(groups.members, cells.size(), "groups: a member is no attribute");
            return differing_groups(groups, cells, point);
        },
        nb::arg("groups"), nb::arg("cells"), nb::arg("point"),
        "Return the groups on which the point differs from the instance.");
    m.def(
        "open_within",
        [](const ChangeQuestion& q, Box& box, Index a) {
            need(a >= 0 && a < q.cells.size(), "a: expected an attribute");
            open_within(q, box, a);
        },
        nb::arg("q"), nb::arg("box"), nb::arg("a"), Unlocked(),
        "Allow all cells of an attribute that the outer box has.");
}

void bind_narrowing(nb::module_& m) {
    m.def(
        "narrow_literals",
        [](const ChangeQuestion& q, Box& box, IntsOut point, Ints order, Workspace& work) -> int {
            check_point(q.problem.layout, point);
            check_numbers(order, q.cells.size(), "order: expected attributes");
            return narrow_literals(q, box, point, order, work);
        },
        nb::arg("q"), nb::arg("box"), nb::arg("point"), nb::arg("order"), nb::arg("work"), Unlocked(),
        "Make a counterexample (in place) one that differs on a minimal set of literals: NONE, or UNKNOWN (given up).");
    m.def(
        "narrow_groups",
        [](const ChangeQuestion& q, Box& box, const Groups& groups, IntsOut point, Ints order, Workspace& work) -> int {
            check_point(q.problem.layout, point);
            check_groups(q.problem.layout, groups);
            check_numbers(order, groups.size(), "order: expected groups");
            return narrow_groups(q, box, groups, point, order, work);
        },
        nb::arg("q"), nb::arg("box"), nb::arg("groups"), nb::arg("point"), nb::arg("order"), nb::arg("work"),
        Unlocked(),
        "Make a counterexample (in place) one that differs on a minimal set of groups: NONE, or UNKNOWN (given up).");
    m.def(
        "harvest",
        [](const ChangeQuestion& q, const Groups& groups, bool by_group, Ints start,
           Array<const std::int32_t, 2> orders, Array<std::int32_t, 2> points, Workspace& work) {
            check_point(q.problem.layout, start);
            check_groups(q.problem.layout, groups);
            need(points.size() == orders.size() && points.width() == start.size(),
                 "points: expected a row of cells for each order");
            for (Index i = 0; i < orders.size(); ++i)
                check_numbers(orders.row(i), by_group ? groups.size() : start.size(), "orders: a number is too great");
            return harvest(q, groups, by_group, start, orders, points, work);
        },
        nb::arg("q"), nb::arg("groups"), nb::arg("by_group"), nb::arg("start"), nb::arg("orders"), nb::arg("points"),
        nb::arg("work"), Unlocked(),
        "Bring a counterexample near in each of some orders; return how many rows of `points` are written.");
}

void bind_few(nb::module_& m) {
    nb::class_<FewestGroups>(m, "FewestGroups", "Finds all sets of the fewest groups that are enough, one by one.")
        .def(
            "__init__",
            [](FewestGroups* self, const ChangeQuestion& q, const Groups& groups, Index limit, Index start) {
                check_groups(q.problem.layout, groups);
                need(start >= 1, "start: expected at least 1");
                nb::gil_scoped_release released;
                new (self) FewestGroups(q, groups, limit, start);
            },
            nb::arg("q"), nb::arg("groups"), nb::arg("limit"), nb::arg("start") = 1, nb::keep_alive<1, 2>(),
            nb::keep_alive<1, 3>())
        .def(
            "find", [](FewestGroups& hunt, Workspace& work) -> int { return hunt.find(work); }, nb::arg("work"),
            Unlocked(), "Look for the next set: FOUND, NONE (there are no more) or UNKNOWN (given up; call again).")
        .def_prop_ro("chosen", &FewestGroups::chosen, "The set that was found last, sorted.")
        .def_prop_ro("proved", &FewestGroups::proved, "No set of so many groups, or fewer, is enough.");
}

void check_costs(const Layout& layout, const Costs& costs) {
    need(costs.at.size() == layout.n_attributes() + 1, "costs: expected an end for each attribute");
    need(costs.at[0] >= 0 && costs.at[layout.n_attributes()] <= costs.of.size(), "costs: wrong ends");
    for (Index a = 0; a < layout.n_attributes(); ++a)
        need(costs.at[a + 1] - costs.at[a] >= layout.attribute[a].count, "costs: expected one for each cell");
}

void bind_cheap(nb::module_& m) {
    nb::class_<Costs> costs(m, "Costs", "What each cell costs: cell c of attribute a costs of[at[a] + c].");
    costs.def(
        "__init__",
        [](Costs* self, Shared<Index> at, Shared<double> of) {
            need(at.size() > 0, "at: expected where the costs of each attribute begin, and where the last ones end");
            new (self) Costs{at, of};
        },
        nb::arg("at"), nb::arg("of"));
    show<&Costs::at>(costs, "at");
    show<&Costs::of>(costs, "of");
    m.def(
        "cost_of",
        [](const Costs& costs, Ints point) {
            need(costs.at.size() == point.size() + 1, "point: expected a cell for each attribute");
            for (Index a = 0; a < point.size(); ++a) {
                const Index i = costs.at[a] + point[a];
                need(i >= 0 && i < costs.of.size(), "point: a cell has no cost");
            }
            return cost_of(costs, point);
        },
        nb::arg("costs"), nb::arg("point"), "Return what a point costs.");
    nb::class_<Nearest>(m, "Nearest", "The cheapest counterexample that is known.")
        .def(
            "__init__",
            [](Nearest* self, const ChangeQuestion& q, const Costs& its_costs, std::optional<Ints> start) {
                check_costs(q.problem.layout, its_costs);
                if (start) check_point(q.problem.layout, *start);
                new (self) Nearest(its_costs);
                if (start) self->know(*start);
            },
            nb::arg("q"), nb::arg("costs"), nb::arg("start").none() = nb::none(),
            "Begin with a counterexample in the outer box, or with none.")
        .def_prop_ro(
            "status", [](const Nearest& known) -> int { return known.status; },
            "FOUND: none is cheaper; NONE: there is no counterexample; UNKNOWN: given up.")
        .def_prop_ro(
            "point",
            [](const Nearest& known) -> std::optional<Buffer<std::int32_t>> {
                if (known.status == NONE || known.point.empty()) return std::nullopt;
                return Buffer<std::int32_t>::copy_of(known.point);
            },
            "The best one known; None: there is none.")
        .def_ro("cost", &Nearest::cost, "What it costs (infinite without one).")
        .def_ro("lower", &Nearest::lower, "No counterexample costs less.");
    m.def(
        "find_nearest",
        [](const ChangeQuestion& q, Nearest& known, Workspace& work) -> int {
            check_costs(q.problem.layout, known.costs);
            return find_nearest(q, known, work);
        },
        nb::arg("q"), nb::arg("known"), nb::arg("work"), Unlocked(),
        "Look for the cheapest counterexample, from the known one on if there is one; return the status.");
}

} // namespace

void bind_changes(nb::module_& m) {
    bind_near(m);
    bind_narrowing(m);
    bind_few(m);
    bind_cheap(m);
}

} // namespace suffice
