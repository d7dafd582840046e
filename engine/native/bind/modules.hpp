// The parts of the module: one function a file `bind_*.cpp`.
#pragma once

#include <nanobind/nanobind.h>

namespace suffice {

void bind_base(nanobind::module_& m);

} // namespace suffice
