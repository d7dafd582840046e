// Room for what is written before it is read: pages that nobody comes to are never touched.
#pragma once

#include "array.hpp"

namespace suffice {

template <class T> class Room {
  public:
    Room() = default;
    explicit Room(Index n) : size_(n), data_(std::make_unique_for_overwrite<T[]>(static_cast<std::size_t>(n))) {
        static_assert(std::is_trivially_default_constructible_v<T>, "it would be written to");
    }

    Index size() const { return size_; }
    T& operator[](Index i) {
        check_index(i, size_);
        return data_[i];
    }
    const T& operator[](Index i) const {
        check_index(i, size_);
        return data_[i];
    }

  private:
    Index size_ = 0;
    std::unique_ptr<T[]> data_;
};

} // namespace suffice
