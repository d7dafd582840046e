// How much of the mass of a box is in O.
#include "../ensembles/chances.hpp"
#include "arrays.hpp"
#include "checks.hpp"
#include "clock.hpp"
#include "modules.hpp"

namespace suffice {

namespace {

void make_masses(CellMasses* self, Shared<Limb, 2> mass, Shared<Index> at) {
    check_begins(at, mass.size(), "at: expected where the cells of each attribute begin, and the end");
    new (self) CellMasses{mass, at};
}

void make_chances(Chances* self, const Problem& leave, const Problem& stay, const CellMasses& masses, Ints lo, Ints hi,
                  Flags allowed) {
    const Layout& layout = leave.layout;
    const Index n = layout.n_attributes();
    need(&stay.layout == &layout, "stay: it is about another layout");
    need(masses.at.size() == n + 1, "masses: expected cells for each attribute");
    need(lo.size() == n && hi.size() == n, "lo, hi: expected a cell for each attribute");
    need(allowed.size() >= layout.n_listed_cells(), "allowed: expected a truth value for each listed cell");
    for (Index a = 0; a < n; ++a) {
        const Index count = layout.attribute[a].count;
        need(masses.at[a + 1] - masses.at[a] == count, "masses: expected one for each cell");
        need(!layout.attribute[a].interval || (0 <= lo[a] && lo[a] <= hi[a] && hi[a] < count),
             "lo, hi: a range is not in its attribute");
    }
    new (self) Chances(leave, stay, masses, lo, hi, allowed);
}

nb::bytes told(const Limbs& limbs) { return nb::bytes(limbs.data(), limbs.size() * sizeof(Limb)); }

Buffer<std::int8_t> said_of(const Problem& leave, const Problem& stay, Array<const std::int32_t, 2> points) {
    need(&stay.layout == &leave.layout, "stay: it is about another layout");
    for (Index i = 0; i < points.size(); ++i) check_point(leave.layout, points.row(i));
    nb::gil_scoped_release released;
    Buffer<std::int8_t> out(points.size());
    Buffer<std::int32_t> leaves(leave.layout.n_trees());
    Buffer<double> scores(leave.sums.start.size());
    for (Index i = 0; i < points.size(); ++i) {
        out[i] = static_cast<std::int8_t>(point_says(leave, stay, points.row(i), leaves, scores));
    }
    return out;
}

nb::list doubts_of(Chances& self) {
    nb::list out;
    for (const Chances::Doubt& one : self.doubts) {
        nb::list point;
        for (std::int32_t cell : one.point) point.append(cell);
        out.append(nb::make_tuple(point, told(one.mass)));
    }
    self.doubts.clear();
    return out;
}

} // namespace

void bind_chances(nb::module_& m) {
    nb::class_<CellMasses>(m, "CellMasses", "Masses of cells as whole numbers, 32 bits a column, least first.")
        .def("__init__", &make_masses, nb::arg("mass"), nb::arg("at"));
    nb::class_<Chances>(m, "Chances", "How much of the mass of a box leaves the model in O.")
        .def("__init__", &make_chances, nb::arg("leave"), nb::arg("stay"), nb::arg("masses"), nb::arg("lo"),
             nb::arg("hi"), nb::arg("allowed"), nb::keep_alive<1, 2>(), nb::keep_alive<1, 3>())
        .def(
            "go_on",
            [](Chances& self, Index boxes, PythonClock& clock) { return static_cast<int>(self.go_on(boxes, clock)); },
            nb::arg("boxes"), nb::arg("clock"), nb::call_guard<nb::gil_scoped_release>(),
            "Decide or split so many boxes: 0 (nothing is open), 1 (there is more to do) or 2 (time is up).")
        .def_ro("n_decided", &Chances::n_decided, "Number of boxes that were decided.")
        .def(
            "masses",
            [](const Chances& self) {
                return nb::make_tuple(told(self.all), told(self.inside), told(self.outside), told(self.doubtful),
                                      told(self.broken));
            },
            nb::sig("def masses(self) -> tuple[bytes, ...]"),
            "Return the masses of the box, and of what is inside O, outside, in doubt, and broken by a clause, each as "
            "the bytes of a whole number, least first.")
        .def("take_doubts", &doubts_of, nb::sig("def take_doubts(self) -> list[tuple[list[int], bytes]]"),
             "Return what came into doubt since the last call: an input of each box, and its mass.");
    m.def("points_say", &said_of, nb::arg("leave"), nb::arg("stay"), nb::arg("points"),
          "Tell of points of cells whether they are in O (1), not (0), in doubt (2), or break a clause (3).");
}

} // namespace suffice
