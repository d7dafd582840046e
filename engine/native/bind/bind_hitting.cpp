// Hitting sets: walks over all of them.
#include "../hitting/walk.hpp"

#include "arrays.hpp"
#include "modules.hpp"

#include <nanobind/stl/pair.h>

namespace suffice {

namespace {

using Batch = std::pair<Buffer<bool, 2>, Buffer<std::int32_t, 2>>;

Batch pair_of(WalkBatch&& batch) { return {std::move(batch.items), std::move(batch.points)}; }

void bind_walk(nb::module_& m) {
    nb::class_<Walk>(m, "Walk", "A walk over minimal hitting sets of a family that grows on the way.")
        .def(
            "__init__",
            [](Walk* self, Index n_items, Index n_attributes) {
                if (n_items < 0 || n_attributes < 0) throw nb::value_error("n_items, n_attributes: expected 0 or more");
                new (self) Walk(n_items, n_attributes);
            },
            nb::arg("n_items"), nb::arg("n_attributes"),
            "Points of so many attributes are kept with sets and edges (0: none).")
        .def("begin_turn", &Walk::begin_turn, nb::arg("steps"), nb::arg("most_sets"),
             "Begin a turn of so many steps that finds so many sets at most.")
        .def("skip_edges", &Walk::skip_edges, "Take all edges as read.")
        .def(
            "read_sets", [](const Walk& walk) { return pair_of(walk.sets()); },
            "Return the sets of this turn as rows over the items, and their points.")
        .def(
            "read_edges", [](Walk& walk) { return pair_of(walk.read_edges()); },
            "Return the minimal edges since they were last read, by written items, and their points.")
        .def_prop_ro("n_edges", &Walk::n_edges, "How many edges are known.")
        .def_prop_ro("n_sets", &Walk::n_sets, "How many sets were found in this turn.")
        .def_prop_ro("tired", &Walk::tired, "Whether the turn was as long as it may be.")
        .def_prop_ro("full", &Walk::full, "Whether there is no more memory for edges.");
}

} // namespace

void bind_hitting(nb::module_& m) { bind_walk(m); }

} // namespace suffice
