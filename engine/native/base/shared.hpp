// Numbers that somebody else made and that nobody changes any more: kept alive as long as they are looked at.
#pragma once

#include "array.hpp"

#include <memory>
#include <utility>

namespace suffice {

template <class T, int N = 1> struct Shared : Array<const T, N> {
    Shared() = default;
    Shared(Array<const T, N> array, std::shared_ptr<const void> kept)
        : Array<const T, N>(array), owner(std::move(kept)) {}

    std::shared_ptr<const void> owner;
};

} // namespace suffice
