// The cheapest points that reach what is wanted, by rules.
#include "../ensembles/plans.hpp"
#include "arrays.hpp"
#include "checks.hpp"
#include "modules.hpp"

#include <nanobind/stl/pair.h>
#include <nanobind/stl/vector.h>

namespace suffice {

namespace {

using Unlocked = nb::call_guard<nb::gil_scoped_release>;
using ListedRule = std::vector<std::pair<Index, std::vector<std::pair<Index, Index>>>>;

void check_tables(const Layout& layout, const Tables& tables) {
    const Index n = layout.n_attributes();
    need(tables.at.size() == n + 1 && tables.at[0] == 0 && tables.at[n] == tables.of.width(),
         "tables: expected a number for each cell");
    need(tables.size() > 0 && tables.of.size() == tables.size(), "tables: expected a limit for each row");
    for (Index a = 0; a < n; ++a) {
        const Index count = layout.attribute[a].count;
        need(tables.at[a + 1] - tables.at[a] == count, "tables: expected a number for each cell");
        if (!layout.attribute[a].interval) continue;
        for (Index r = 0; r < tables.size(); ++r) {
            bool rises = false;
            for (Index c = 1; c < count; ++c) {
                const double step = tables(r, a, c) - tables(r, a, c - 1);
                need(!(rises && step < 0), "tables: on an interval attribute numbers fall, then rise");
                rises = rises || step > 0;
            }
        }
    }
}

Rule rule_of(const Layout& layout, const ListedRule& listed) {
    Rule rule;
    for (const auto& [a, runs] : listed) {
        need(a >= 0 && a < layout.n_attributes(), "a rule speaks of no attribute");
        RulePart part{a, {}};
        Index end = -2;
        for (const auto& [lo, hi] : runs) {
            need(lo > end + 1 && lo <= hi && lo >= 0 && hi < layout.attribute[a].count,
                 "a rule has cells that are not in its attribute, or in no order");
            part.run.push_back({lo, hi});
            end = hi;
        }
        if (!part.run.empty()) rule.push_back(std::move(part));
    }
    return rule;
}

void make_search(PlanSearch* self, const Problem& problem, Shared<Index> at, Shared<double, 2> of, Shared<double> most,
                 Shared<Index> single, Index only, Ints cells) {
    const Layout& layout = problem.layout;
    const Tables tables{at, of, most};
    check_tables(layout, tables);
    check_point(layout, cells);
    need(single.size() == layout.n_listed_cells(), "single: expected an element for each listed cell");
    for (const Index e : single) need(e >= 0 && e < layout.n_elements(), "single: there is no such element");
    need(problem.columns.goal ? only >= 0 && only < problem.columns.goal->size() : only == -1,
         "only: expected a question of the goal, or -1");
    new (self) PlanSearch(problem, tables, single, only, cells);
}

} // namespace

void bind_plans(nb::module_& m) {
    nb::class_<PlanSearch>(m, "PlanSearch",
                           "Looks for the cheapest points that reach what all columns need, by tables and rules.")
        .def("__init__", &make_search, nb::arg("problem"), nb::arg("at"), nb::arg("of"), nb::arg("most"),
             nb::arg("single"), nb::arg("only"), nb::arg("cells"), nb::keep_alive<1, 2>())
        .def("begin", &PlanSearch::begin, nb::arg("limit"), nb::arg("diving"),
             "Look for points that cost less than a limit, from the start (`diving`: for any).")
        .def(
            "add",
            [](PlanSearch& search, const ListedRule& rule) { search.add(rule_of(search.problem().layout, rule)); },
            nb::arg("rule"), "Add a rule: of pairs of an attribute and runs of cells, one holds.")
        .def(
            "next",
            [](PlanSearch& search, Workspace& work) -> int {
                check_work(search.problem(), work);
                nb::gil_scoped_release released;
                return search.next(work);
            },
            nb::arg("work"), "Return FOUND (`point`, which is to be accepted or refused), NONE or UNKNOWN (given up).")
        .def(
            "restrict",
            [](PlanSearch& search, Ints lo, Ints hi) {
                const Layout& layout = search.problem().layout;
                check_point(layout, lo);
                check_point(layout, hi);
                for (Index a = 0; a < lo.size(); ++a) need(lo[a] <= hi[a], "lo, hi: a range is empty");
                search.restrict(lo, hi);
            },
            nb::arg("lo"), nb::arg("hi"), "From the next start on, look only at these cells of each attribute.")
        .def("accept", &PlanSearch::accept, "The point is one: only cheaper ones are looked for from now on.")
        .def("refuse", &PlanSearch::refuse, "The point is none: look on.")
        .def_prop_ro(
            "point", [](const PlanSearch& search) { return Buffer<std::int32_t>::copy_of(search.point()); },
            "The point that was found last.")
        .def_prop_ro("cost", &PlanSearch::cost, "What it costs.");
}

} // namespace suffice
