// A row in the space of a domain: its values as the model reads them, and what is true there.
#pragma once

#include "space.hpp"

#include <cstring>
#include <optional>

namespace suffice {

struct Placed {
    Buffer<double> row;
    Buffer<bool> truth;
    Buffer<std::int32_t> cells; // 0 where cuts do not describe the attribute
};

// Numbers with some step from one to the next.
template <class T> struct Stepped {
    const char* data = nullptr;
    Index n = 0;
    Index step = 0; // in bytes

    T operator[](Index i) const {
        T value;
        std::memcpy(&value, data + i * step, sizeof(T)); // it may lie anywhere
        return value;
    }
};

// Read a row as the model does (rounded to float32 if `single`) and place it; nothing if a number is not finite then.
template <class T> std::optional<Placed> placed_row(const Space& space, Stepped<T> values, bool single) {
    Buffer<double> row(values.n);
    for (Index i = 0; i < values.n; ++i) {
        const auto value = static_cast<double>(values[i]);
        row[i] = single ? static_cast<double>(static_cast<float>(value)) : value;
        if (!std::isfinite(row[i])) return std::nullopt;
    }
    Placed out{std::move(row), Buffer<bool>(space.conditions.size()), Buffer<std::int32_t>(space.n_attributes())};
    evaluate(space.conditions, out.row, out.truth);
    locate(space, out.truth, out.cells);
    return out;
}

} // namespace suffice
