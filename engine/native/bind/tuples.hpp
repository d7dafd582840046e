// Numbers as Python's tuples, which small answers are.
#pragma once

#include "arrays.hpp"

namespace suffice {

inline nb::tuple tuple_of(Ints numbers) {
    PyObject* tuple = PyTuple_New(numbers.size());
    if (tuple == nullptr) nb::raise_python_error();
    for (Index i = 0; i < numbers.size(); ++i) PyTuple_SET_ITEM(tuple, i, PyLong_FromLong(numbers[i]));
    return nb::steal<nb::tuple>(tuple);
}

} // namespace suffice
