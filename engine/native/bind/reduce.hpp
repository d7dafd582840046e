// Objects that can be pickled and copied: they are made again from what they were made of.
#pragma once

#include "arrays.hpp"

namespace suffice {

template <class T> nb::object told(const T& value, nb::handle owner) {
    if constexpr (requires { viewed(value); }) {
        return as_numpy(viewed(value), owner);
    } else {
        return nb::cast(value);
    }
}

// Make pickling call the type with these members.
template <auto... Members, class C, class... Extra> void reduce_to(nb::class_<C, Extra...>& type) {
    type.def(
        "__reduce__",
        [](nb::handle self) {
            const C& object = nb::cast<const C&>(self);
            return nb::make_tuple(self.type(), nb::make_tuple(told(object.*Members, self)...));
        },
        nb::sig("def __reduce__(self) -> tuple[object, ...]"));
}

} // namespace suffice
