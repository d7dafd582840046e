// The inputs that satisfy a set of literals, as allowed cells of each attribute.
#pragma once

#include "../base/array.hpp"

namespace suffice {

struct Region {
    Ints low, high; // of attributes that cuts describe: the range of allowed cells (empty if low > high)
    Flags allowed;  // of the others: whether each cell is allowed …
    Longs base;     // … and where the cells of each attribute begin
};

} // namespace suffice
