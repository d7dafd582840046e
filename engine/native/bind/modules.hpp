// The parts of the module: one function a file `bind_*.cpp`.
#pragma once

#include <nanobind/nanobind.h>

namespace suffice {

void bind_base(nanobind::module_& m);
void bind_layout(nanobind::module_& m);
void bind_box(nanobind::module_& m);
void bind_changes(nanobind::module_& m);
void bind_plans(nanobind::module_& m);
void bind_covering(nanobind::module_& m);
void bind_search(nanobind::module_& m);
void bind_proof(nanobind::module_& m);
void bind_widen(nanobind::module_& m);
void bind_boxes(nanobind::module_& m);
void bind_walker(nanobind::module_& m);
void bind_models(nanobind::module_& m);
void bind_circuit(nanobind::module_& m);
void bind_hitting(nanobind::module_& m);
void bind_encoders(nanobind::module_& m);
void bind_diagrams(nanobind::module_& m);
void bind_listing(nanobind::module_& m);
void bind_edges(nanobind::module_& m);
void bind_trees(nanobind::module_& m);
void bind_asked(nanobind::module_& m);
void bind_chances(nanobind::module_& m);
void bind_descent(nanobind::module_& m);

} // namespace suffice
