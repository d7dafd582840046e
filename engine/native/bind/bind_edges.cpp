// The sets that every reason must hit, what hits them, and which of them are needed.
#include "../hitting/cheapest.hpp"
#include "../hitting/irredundant.hpp"

#include "arrays.hpp"
#include "checks.hpp"
#include "clock.hpp"
#include "modules.hpp"

#include <nanobind/stl/optional.h>
#include <nanobind/stl/pair.h>

namespace suffice {

namespace {

template <class T> Array<const T> view_of(const std::vector<T>& values) {
    return {values.data(), {static_cast<Index>(values.size())}};
}

template <class T> std::vector<T> vector_of(Array<const T> values) { return {values.begin(), values.end()}; }

// A property that shows a vector, without a copy.
template <auto Member> void show_vector(nb::class_<Edges>& type, const char* name) {
    using T = typename std::remove_cvref_t<decltype(std::declval<Edges&>().*Member)>::value_type;
    type.def_prop_ro(name, [](nb::handle self) {
        return nb::cast<Numpy<const T, 1>>(as_numpy(view_of(nb::cast<const Edges&>(self).*Member), self));
    });
}

Edges edges_of(Ints ids, Ints parent, Longs start, Ints member, Ints source) {
    need(parent.size() == ids.size() && start.size() == source.size() + 1, "arrays of edges differ in length");
    check_begins(start, member.size(), "start: wrong ends");
    check_range(member, 0, ids.size(), "member: there is no such element");
    check_range(parent, -1, ids.size(), "parent: there is no such element");
    return {{vector_of(start), vector_of(member), vector_of(source)}, vector_of(ids), vector_of(parent)};
}

std::optional<Buffer<bool>> minimal_set(const Edges& edges, Reals cost, std::optional<Flags> within) {
    need(cost.size() == edges.n_elements(), "cost: expected a number for each element");
    if (!within) return minimal_hitting_set(edges, cost, Buffer<bool>::full({edges.n_elements()}, true));
    need(within->size() == edges.n_elements(), "within: expected a mark for each element");
    return minimal_hitting_set(edges, cost, Buffer<bool>::copy_of(*within));
}

bool is_hopeless(const Edges& edges) {
    return std::adjacent_find(edges.start.begin(), edges.start.end()) != edges.start.end();
}

std::optional<std::pair<Edges, Buffer<std::int32_t>>> reduced(const Edges& edges, PythonClock& clock) {
    std::pair<Edges, Buffer<std::int32_t>> out;
    std::vector<std::int32_t> used;
    if (!irredundant(edges, out.first, used, clock)) return std::nullopt;
    out.second = Buffer<std::int32_t>::copy_of(view_of(used));
    return out;
}

} // namespace

void bind_edges(nb::module_& m) {
    nb::class_<Edges> type(m, "Edges", "Sets that every reason must hit, over a forest of local elements.");
    type.def(
        "__init__",
        [](Edges* self, Ints ids, Ints parent, Longs start, Ints member, Ints source) {
            new (self) Edges(edges_of(ids, parent, start, member, source));
        },
        nb::arg("ids"), nb::arg("parent"), nb::arg("start"), nb::arg("member"), nb::arg("source"));
    show_vector<&Edges::ids>(type, "ids");
    show_vector<&Edges::parent>(type, "parent");
    show_vector<&Edges::start>(type, "start");
    show_vector<&Edges::member>(type, "member");
    show_vector<&Edges::source>(type, "source");
    type.def("__len__", &Edges::size)
        .def("minimal_set", &minimal_set, nb::arg("cost"), nb::arg("within") = nb::none(),
             nb::call_guard<nb::gil_scoped_release>(),
             "Return a minimal closed set that hits all edges (within one), as marks; None if there is none.")
        .def(
            "minimal_elements",
            [](const Edges& edges) -> std::optional<Buffer<std::int32_t>> {
                const auto cost = Buffer<double>::full({edges.n_elements()}, 1.0);
                const auto kept = minimal_set(edges, cost, std::nullopt);
                if (!kept) return std::nullopt;
                return Buffer<std::int32_t>::copy_of(view_of(written(edges, *kept)));
            },
            nb::call_guard<nb::gil_scoped_release>(),
            "Return the written global elements of a minimal closed set that hits all edges; None if there is none.")
        .def_prop_ro("chains", &is_chains, "Whether the forest is made of chains only.")
        .def(
            "cheapest",
            [](const Edges& edges, Longs cost, Index node_limit,
               PythonClock& clock) -> std::optional<std::pair<Buffer<std::int32_t>, Index>> {
                need(cost.size() == edges.n_elements(), "cost: expected a number for each element");
                need(is_chains(edges) && !is_hopeless(edges), "edges: expected chains, and elements in each edge");
                for (const Index price : cost) need(price >= 0, "cost: expected no negative number");
                const auto found = cheapest_of_chains(edges, cost, node_limit, clock);
                if (!found) return std::nullopt;
                return std::make_pair(Buffer<std::int32_t>::copy_of(view_of(found->elements)), found->cost);
            },
            nb::arg("cost"), nb::arg("node_limit"), nb::arg("clock"), nb::call_guard<nb::gil_scoped_release>(),
            "Return the written elements of a cheapest closed set that hits all edges, and its cost; None if that is "
            "not proved over so many nodes or in time.")
        .def_prop_ro("hopeless", &is_hopeless, "Whether nothing hits one of them.")
        .def(
            "written",
            [](const Edges& edges, Flags kept) {
                need(kept.size() == edges.n_elements(), "kept: expected a mark for each element");
                return Buffer<std::int32_t>::copy_of(view_of(written(edges, kept)));
            },
            nb::arg("kept"), "Return the global elements of a closed set that no others in it imply.")
        .def("reduced", &reduced, nb::arg("clock"), nb::call_guard<nb::gil_scoped_release>(),
             "Return the edges that no others make redundant, smallest first, and the old numbers of their elements; "
             "None if the clock was up.")
        .def(
            "singles", [](const Edges& edges) { return Buffer<std::int32_t>::copy_of(view_of(singles(edges))); },
            "Return the global elements that are written in every closed set that hits all edges.");
}

} // namespace suffice
