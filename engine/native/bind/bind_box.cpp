// Boxes of cells, and room for searches in them.
#include "../ensembles/box.hpp"
#include "../ensembles/workspace.hpp"
#include "checks.hpp"
#include "clock.hpp"
#include "modules.hpp"

namespace suffice {

void bind_box(nb::module_& m) {
    nb::class_<Box> box(m, "Box", "Allowed cells, and the best that each tree can still reach there.");
    box.def(
        "__init__",
        [](Box* self, const Layout& layout, const Columns& columns, Ints cells) {
            check_point(layout, cells);
            need(columns.worth.size() >= layout.n_leaf_rows, "worth: expected a row for each leaf");
            nb::gil_scoped_release released;
            new (self) Box(layout, columns, cells);
        },
        nb::arg("layout"), nb::arg("columns"), nb::arg("cells"), "Make the box of one cell an attribute.");
    show<&Box::lo>(box, "lo");
    show<&Box::hi>(box, "hi");
    show<&Box::barred>(box, "barred");
    show<&Box::side>(box, "side");
    show<&Box::best>(box, "best");
    show<&Box::bound>(box, "bound");
    m.def(
        "place",
        [](const Layout& layout, const Columns& columns, Box& target, Ints cells) {
            check_point(layout, cells);
            need(target.lo.size() == layout.n_attributes() && target.best.size() == layout.n_nodes() &&
                     target.bound.size() == columns.size() && columns.worth.size() >= layout.n_leaf_rows,
                 "box, columns: expected those of the layout");
            nb::gil_scoped_release released;
            place(layout, columns, target, cells);
        },
        nb::arg("layout"), nb::arg("columns"), nb::arg("box"), nb::arg("cells"),
        "Make the box the one of these cells, from nothing.");
    m.def("open_attribute", &open_attribute, nb::arg("layout"), nb::arg("box"), nb::arg("a"),
          "Allow all cells of an attribute.");
    m.def("fix_attribute", &fix_attribute, nb::arg("layout"), nb::arg("box"), nb::arg("a"), nb::arg("cell"),
          "Allow one cell of an attribute only.");
    m.def("bounds_decide", &bounds_decide, nb::arg("columns"), nb::arg("box"),
          "Tell whether the bounds alone show that no input in the box is bad.");
    nb::class_<Workspace> work(m, "Workspace", "Room for searches, made once and used again.");
    work.def(
        "__init__",
        [](Workspace* self, const Layout& layout, Index n_columns, Index n_outputs, PythonClock& clock, Index patience,
           Index widest) {
            if (widest < 2 || widest > word_bits) throw std::invalid_argument("widest: expected 2 to 64");
            new (self) Workspace(layout, n_columns, n_outputs, clock, patience, widest);
        },
        nb::arg("layout"), nb::arg("n_columns"), nb::arg("n_outputs"), nb::arg("clock"), nb::kw_only(),
        nb::arg("patience") = 250, nb::arg("widest") = word_bits, nb::keep_alive<1, 5>(),
        "Make room for searches over a layout, by so many columns at once.");
    work.def_rw("nodes", &Workspace::nodes, "Nodes of all searches so far.")
        .def_rw("limit", &Workspace::limit, "Nodes at which to give up.");
    show<&Workspace::point>(work, "point");
}

} // namespace suffice
