// How arrays cross the border to Python: checked for type, dimensions and order, never copied on the way in.
#pragma once

#include "../base/shared.hpp"

#include <nanobind/nanobind.h>
#include <nanobind/ndarray.h>

#include <vector>

namespace suffice {

namespace nb = nanobind;

template <class T, int N> using Numpy = nb::ndarray<nb::numpy, T, nb::ndim<N>, nb::c_contig, nb::device::cpu>;

// numpy's own view of numbers that `owner` keeps alive.
template <class T, int N> nb::object as_numpy(Array<T, N> array, nb::handle owner) {
    std::array<std::size_t, N> shape{};
    for (int axis = 0; axis < N; ++axis) shape[axis] = static_cast<std::size_t>(array.shape[axis]);
    return nb::cast(Numpy<T, N>(array.data, N, shape.data(), owner), nb::rv_policy::reference);
}

// numpy's own array of the numbers of a buffer, which it takes over.
template <class T, int N> nb::object give(Buffer<T, N>&& buffer) {
    Array<T, N> array = buffer;
    nb::capsule owner(buffer.release(), [](void* data) noexcept { delete[] static_cast<T*>(data); });
    return as_numpy(array, owner);
}

template <class T, int N> Array<T, N> viewed(const Array<T, N>& array) { return array; }
template <class T> Array<const T> viewed(const std::vector<T>& numbers) {
    return {numbers.data(), {static_cast<Index>(numbers.size())}};
}

// A property that shows an array of an object, without a copy; it is not to be written to.
template <auto Member, class C, class... Extra> void show(nb::class_<C, Extra...>& type, const char* name) {
    using View = decltype(viewed(std::declval<C&>().*Member));
    using Told = decltype([]<class T, int N>(Array<T, N>) { return Numpy<T, N>(); }(std::declval<View>()));
    type.def_prop_ro(
        name, [](nb::handle self) { return nb::cast<Told>(as_numpy(viewed(nb::cast<C&>(self).*Member), self)); });
}

} // namespace suffice

namespace nanobind::detail {

// An argument that is viewed where it lies: another dtype, order or number of dimensions is an error, not a copy.
template <class T, int N> struct type_caster<suffice::Array<T, N>> {
    using Told = suffice::Numpy<T, N>;
    using Viewed = suffice::Array<T, N>;
    NB_TYPE_CASTER(Viewed, make_caster<Told>::Name)

    bool from_python(handle src, uint32_t flags, cleanup_list* cleanup) noexcept {
        if (!caster_.from_python(src, flags & ~static_cast<uint32_t>(cast_flags::convert), cleanup)) return false;
        Told& told = caster_.value;
        value.data = told.data();
        for (int axis = 0; axis < N; ++axis) value.shape[axis] = static_cast<suffice::Index>(told.shape(axis));
        return true;
    }

  private:
    make_caster<Told> caster_;
};

// A result whose numbers numpy takes over.
template <class T, int N> struct type_caster<suffice::Buffer<T, N>> {
    static constexpr auto Name = make_caster<suffice::Numpy<T, N>>::Name;
    template <class> using Cast = suffice::Buffer<T, N>;

    static handle from_cpp(suffice::Buffer<T, N>&& buffer, rv_policy, cleanup_list*) {
        return suffice::give(std::move(buffer)).release();
    }
};

// An argument that is kept: numpy's array stays alive as long as somebody looks at it. It must not be changed any more.
template <class T, int N> struct type_caster<suffice::Shared<T, N>> {
    using Kept = suffice::Shared<T, N>;
    using Viewer = make_caster<suffice::Array<const T, N>>;
    NB_TYPE_CASTER(Kept, Viewer::Name)

    bool from_python(handle src, uint32_t flags, cleanup_list* cleanup) noexcept {
        Viewer viewer;
        if (!viewer.from_python(src, flags, cleanup)) return false;
        const auto let_go = [](const void* object) {
            gil_scoped_acquire hold;
            Py_DECREF(static_cast<PyObject*>(const_cast<void*>(object)));
        };
        Py_INCREF(src.ptr());
        value = Kept(viewer.value, std::shared_ptr<const void>(src.ptr(), let_go));
        return true;
    }
};

} // namespace nanobind::detail
