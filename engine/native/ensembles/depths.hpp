// In which order literals are dropped where none implies another: those that come late on the paths first.
#pragma once

#include "layout.hpp"

namespace suffice {

// For each attribute the least depth at which a tree tests it on the instance's path (else a great number).
Buffer<double> path_depths(const Layout& layout, Ints cells);

} // namespace suffice
