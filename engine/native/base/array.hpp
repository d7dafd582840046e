// Arrays of numbers: views that own nothing, and buffers that own what they view.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <type_traits>

namespace suffice {

using Index = std::int64_t;

#ifdef SUFFICE_CHECKED
inline constexpr bool checked = true; // the build with sanitizers: each index is looked at
#else
inline constexpr bool checked = false;
#endif

inline void check_index(Index i, Index size) {
    if constexpr (checked) {
        if (i < 0 || i >= size) {
            std::fprintf(stderr, "index %lld is not in an array of %lld\n", static_cast<long long>(i),
                         static_cast<long long>(size));
            std::abort();
        }
    }
}

// N-dimensional numbers that lie row after row (N is 1 or 2). Copies view the same numbers.
template <class T, int N = 1> struct Array {
    T* data = nullptr;
    std::array<Index, N> shape{};

    Index size() const { return shape[0]; }
    Index width() const
        requires(N == 2)
    {
        return shape[1];
    }
    Index count() const {
        Index product = 1;
        for (Index n : shape) product *= n;
        return product;
    }
    bool empty() const { return count() == 0; }

    T& operator[](Index i) const
        requires(N == 1)
    {
        check_index(i, shape[0]);
        return data[i];
    }
    T& operator()(Index i, Index j) const
        requires(N == 2)
    {
        check_index(i, shape[0]);
        check_index(j, shape[1]);
        return data[i * shape[1] + j];
    }
    Array<T, 1> row(Index i) const
        requires(N == 2)
    {
        check_index(i, shape[0]);
        return {data + i * shape[1], {shape[1]}};
    }
    Array<T, 1> part(Index begin, Index end) const // elements begin … end - 1
        requires(N == 1)
    {
        if constexpr (checked) {
            if (begin != end) {
                check_index(begin, shape[0]);
                check_index(end - 1, shape[0]);
            }
        }
        return {data + begin, {end - begin}};
    }
    T* begin() const { return data; }
    T* end() const { return data + count(); }

    void fill(std::remove_const_t<T> value) const { std::fill(begin(), end(), value); }
    void copy_from(Array<const T, N> other) const { std::copy(other.begin(), other.end(), data); }

    operator Array<const T, N>() const // NOLINT(google-explicit-constructor): reading is always allowed
        requires(!std::is_const_v<T>)
    {
        return {data, shape};
    }
};

// An array that owns its numbers, zeros at first. Its copies would be costly, so they are asked for by name.
template <class T, int N = 1> class Buffer : public Array<T, N> {
  public:
    Buffer() = default;
    explicit Buffer(Index n)
        requires(N == 1)
        : Buffer(std::array<Index, 1>{n}) {}
    Buffer(Index n, Index m)
        requires(N == 2)
        : Buffer(std::array<Index, 2>{n, m}) {}
    Buffer(Buffer&& other) noexcept : Array<T, N>(other), owned_(std::move(other.owned_)) { other.clear(); }
    Buffer& operator=(Buffer&& other) noexcept {
        static_cast<Array<T, N>&>(*this) = other;
        owned_ = std::move(other.owned_);
        if (this != &other) other.clear();
        return *this;
    }
    Buffer(const Buffer&) = delete;
    Buffer& operator=(const Buffer&) = delete;
    ~Buffer() = default;

    static Buffer copy_of(Array<const T, N> other) {
        Buffer out(other.shape);
        out.copy_from(other);
        return out;
    }
    static Buffer full(std::array<Index, N> shape, T value) {
        Buffer out(shape);
        out.fill(value);
        return out;
    }
    Array<T, N> view() const { return *this; }
    T* release() {
        T* data = owned_.release();
        clear();
        return data;
    }

  private:
    explicit Buffer(std::array<Index, N> shape) {
        this->shape = shape;
        owned_ = std::make_unique<T[]>(static_cast<std::size_t>(this->count()));
        this->data = owned_.get();
    }
    void clear() {
        this->data = nullptr;
        this->shape = {};
    }
    std::unique_ptr<T[]> owned_;
};

using Ints = Array<const std::int32_t>; // names for what functions read …
using Longs = Array<const Index>;
using Signs = Array<const std::int8_t>;
using Reals = Array<const double>;
using Flags = Array<const bool>;
using IntsOut = Array<std::int32_t>; // … and for what they write
using LongsOut = Array<Index>;
using SignsOut = Array<std::int8_t>;
using RealsOut = Array<double>;
using FlagsOut = Array<bool>;

} // namespace suffice
