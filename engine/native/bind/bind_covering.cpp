// Clauses of the hitting-set problems of ensembles.
#include "../ensembles/covering.hpp"
#include "arrays.hpp"
#include "modules.hpp"

#include <stdexcept>

namespace suffice {

namespace {

void make_units(Units* self, Shared<Index> at, Shared<std::int32_t> block, Shared<Index> member_at,
                Shared<std::int32_t> members, Shared<bool> whole) {
    const bool ends = at.size() > 0 && at[at.size() - 1] == block.size() && member_at.size() == whole.size() + 1 &&
                      member_at[whole.size()] == members.size();
    if (!ends) throw std::invalid_argument("units: wrong ends");
    for (Index v : block) {
        if (v >= whole.size()) throw std::invalid_argument("units: a cell names no variable");
    }
    for (Index a : members) {
        if (a < 0 || a + 1 >= at.size()) throw std::invalid_argument("units: a variable names no attribute");
    }
    new (self) Units{at, block, member_at, members, whole};
}

void make_gathering(Gathering* self, const Problem& problem, Shared<std::int32_t> cells, const Units& units, Ints order,
                    Index room) {
    if (cells.size() != problem.layout.n_attributes() || units.at.size() != cells.size() + 1) {
        throw std::invalid_argument("expected a cell, and units, for each attribute");
    }
    for (Index v : order) {
        if (v < 0 || v >= units.size()) throw std::invalid_argument("order: expected numbers of variables");
    }
    new (self) Gathering(problem, cells, units, order, room);
}

} // namespace

void bind_covering(nb::module_& m) {
    nb::class_<Units> units(m, "Units", "Which variable excludes a cell (variables are numbered from 0).");
    units.def("__init__", &make_units, nb::arg("at"), nb::arg("block"), nb::arg("member_at"), nb::arg("members"),
              nb::arg("whole"));
    show<&Units::at>(units, "at");
    show<&Units::block>(units, "block");
    show<&Units::member_at>(units, "member_at");
    show<&Units::members>(units, "members");
    show<&Units::whole>(units, "whole");
    nb::class_<Gathering> gathering(m, "Gathering",
                                    "A set of variables, and the counterexamples that it does not exclude.");
    gathering.def("__init__", &make_gathering, nb::arg("problem"), nb::arg("cells"), nb::arg("units"), nb::arg("order"),
                  nb::arg("room"), nb::keep_alive<1, 2>());
    show<&Gathering::on>(gathering, "on");
    show<&Gathering::order>(gathering, "order");
    show<&Gathering::clauses>(gathering, "clauses");
    show<&Gathering::points>(gathering, "points");
    using Released = nb::call_guard<nb::gil_scoped_release>;
    gathering.def_ro("found", &Gathering::found, "Number of clauses that the last gathering found.")
        .def("place", &Gathering::place, nb::arg("box"), Released(), "Make the box what the set leaves.")
        .def("gather", &Gathering::gather, nb::arg("box"), nb::arg("room"), nb::arg("work"), Released(),
             "Add to the set until it holds (0), there is no room for more clauses (3), or it is given up (2).")
        .def(
            "drop",
            [](Gathering& self, Box& box, Ints order, Workspace& work) {
                for (Index v : order) {
                    if (v < 0 || v >= self.on.size())
                        throw std::invalid_argument("order: expected numbers of variables");
                }
                return static_cast<int>(self.drop(box, order, work));
            },
            nb::arg("box"), nb::arg("order"), nb::arg("work"), Released(),
            "Drop variables of a set that holds while it still does: 0, or 2 if it is given up.");
}

} // namespace suffice
