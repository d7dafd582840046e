// Spaces, the leaves of trees as boxes in them, and what every reason must hit.
#include "../trees/reason.hpp"

#include "arrays.hpp"
#include "checks.hpp"
#include "clock.hpp"
#include "modules.hpp"
#include "reduce.hpp"
#include "tuples.hpp"

#include <nanobind/stl/optional.h>
#include <nanobind/stl/pair.h>
#include <nanobind/stl/tuple.h>

namespace suffice {

namespace {

Space space_of(const Conditions& conditions, Shared<Index> base, Shared<std::int32_t> literal,
               Shared<std::int32_t> owner, Shared<bool> interval, Shared<std::int32_t> feature,
               Shared<std::int32_t> element, Index n_features, bool chained) {
    check_begins(base, literal.size(), "base: wrong ends");
    need(interval.size() == base.size() - 1 && feature.size() == interval.size() && owner.size() == literal.size(),
         "arrays of a space differ in length");
    for (const Index number : literal)
        need(number != 0 && std::abs(number) <= conditions.size(), "an element has no condition");
    check_range(owner, 0, interval.size(), "an element has no attribute");
    check_range(feature, 0, n_features, "an attribute has no feature");
    need(element.size() == conditions.size(), "element: expected one for each condition");
    check_range(element, -1, literal.size(), "a condition has no element");
    return {conditions,         std::move(base),    std::move(literal), std::move(owner), std::move(interval),
            std::move(feature), std::move(element), n_features,         chained};
}

Buffer<bool> truth_of(const Space& space, Reals row) {
    need(row.size() >= space.conditions.n_columns, "row: expected a value for each column");
    Buffer<bool> truth(space.conditions.size());
    evaluate(space.conditions, row, truth);
    return truth;
}

Buffer<std::int32_t> cells_of(const Space& space, Flags truth) {
    need(truth.size() == space.conditions.size(), "truth: expected a value for each condition");
    Buffer<std::int32_t> cells(space.n_attributes());
    locate(space, truth, cells);
    return cells;
}

nb::tuple sorted_tuple(std::vector<std::int32_t>& literals) {
    const auto lower = [](std::int32_t one, std::int32_t other) { return std::abs(one) < std::abs(other); };
    std::sort(literals.begin(), literals.end(), lower);
    return tuple_of({literals.data(), {static_cast<Index>(literals.size())}});
}

nb::tuple literals_of(const Space& space, Flags truth, Ints elements) {
    need(truth.size() == space.conditions.size(), "truth: expected a value for each condition");
    check_range(elements, 0, space.n_elements(), "elements: there is no such one");
    std::vector<std::int32_t> literals;
    for (const std::int32_t element : elements) literals.push_back(space.signed_literal(element, truth));
    return sorted_tuple(literals);
}

nb::tuple non_implied_of(const Space& space, Flags truth, Ints cells, Ints literals) {
    const Index n = space.conditions.size();
    need(truth.size() == n && cells.size() == space.n_attributes(), "truth, cells: they are not of this space");
    need(space.all_interval(), "space: expected cuts for all attributes");
    for (const Index literal : literals) need(literal != 0 && std::abs(literal) <= n, "there is no such literal");
    std::vector<std::int32_t> found = non_implied(space, cells, truth, literals);
    return sorted_tuple(found);
}

void bind_space(nb::module_& m) {
    nb::class_<Space> type(m, "Space", "The domain of a model as a product of attributes.");
    type.def(
            "__init__",
            [](Space* self, const Conditions& conditions, Shared<Index> base, Shared<std::int32_t> literal,
               Shared<std::int32_t> owner, Shared<bool> interval, Shared<std::int32_t> feature,
               Shared<std::int32_t> element, Index n_features, bool chained) {
                new (self)
                    Space(space_of(conditions, std::move(base), std::move(literal), std::move(owner),
                                   std::move(interval), std::move(feature), std::move(element), n_features, chained));
            },
            nb::arg("conditions"), nb::arg("base"), nb::arg("literal"), nb::arg("owner"), nb::arg("interval"),
            nb::arg("feature"), nb::arg("element"), nb::arg("n_features"), nb::arg("chained"))
        .def_prop_ro(
            "conditions", [](const Space& space) -> const Conditions& { return space.conditions; },
            nb::rv_policy::reference_internal)
        .def_prop_ro("all_interval", &Space::all_interval, "Whether cuts describe all attributes.")
        .def("truth", &truth_of, nb::arg("row"), "Return the truth of each condition on a row of values.")
        .def("cells", &cells_of, nb::arg("truth"),
             "Return the cell of each attribute that cuts describe, 0 for the others.")
        .def(
            "place",
            [](const Space& space, Reals row) {
                Buffer<bool> truth = truth_of(space, row);
                Buffer<std::int32_t> cells(space.n_attributes());
                locate(space, truth, cells);
                return std::make_pair(std::move(truth), std::move(cells));
            },
            nb::arg("row"), "Return the truth of each condition on a row of values, and its cells as `cells` does.")
        .def("non_implied", &non_implied_of, nb::arg("truth"), nb::arg("cells"), nb::arg("literals"),
             nb::sig("def non_implied(self, truth: NDArray[numpy.bool_], cells: NDArray[numpy.int32], "
                     "literals: NDArray[numpy.int32]) -> tuple[int, ...]"),
             "Return those of some literals that imply the others, where cuts describe all attributes, in their order.")
        .def("literals", &literals_of, nb::arg("truth"), nb::arg("elements"),
             nb::sig("def literals(self, truth: NDArray[numpy.bool_], elements: "
                     "NDArray[numpy.int32]) -> tuple[int, ...]"),
             "Return the literals of elements as they are true at an instance, in the order of their numbers.");
    reduce_to<&Space::conditions, &Space::base, &Space::literal, &Space::owner, &Space::interval, &Space::feature,
              &Space::element, &Space::n_features, &Space::chained>(type);
}

LeafTable leaves_of(Shared<Index> start, Shared<std::int32_t> attribute, Shared<std::int32_t> low,
                    Shared<std::int32_t> high, Shared<Index> first, Shared<std::int32_t> cells,
                    Shared<std::int32_t> outcome) {
    const Index n = attribute.size();
    need(low.size() == n && high.size() == n && first.size() == n + 1, "arrays of entries differ in length");
    need(start.size() == outcome.size() + 1, "arrays of leaves differ in length");
    check_begins(start, n, "start: wrong ends");
    check_begins(first, cells.size(), "first: wrong ends");
    Index n_outcomes = 0, n_attributes = 0;
    for (const Index one : outcome) n_outcomes = std::max(n_outcomes, one + 1);
    for (const Index one : attribute) n_attributes = std::max(n_attributes, one + 1);
    check_range(outcome, 0, n_outcomes, "a leaf has no outcome");
    check_range(attribute, 0, n_attributes, "an entry has no attribute");
    return {std::move(start), std::move(attribute), std::move(low), std::move(high), std::move(first),
            std::move(cells), std::move(outcome),   n_outcomes,     n_attributes};
}

Index first_reached_checked(const LeafTable& leaves, Flags good, Ints low, Ints high, Flags allowed, Longs base) {
    need(good.size() >= leaves.n_outcomes, "good: expected a value for each class");
    need(low.size() >= leaves.n_attributes && high.size() == low.size() && base.size() == low.size() + 1,
         "region: expected a range for each attribute");
    check_begins(base, allowed.size(), "region: wrong ends");
    return first_reached(leaves, good, {low, high, allowed, base});
}

void bind_leaves(nb::module_& m) {
    nb::class_<LeafTable> type(m, "LeafTable", "The leaves of trees as boxes of cells.");
    type.def(
        "__init__",
        [](LeafTable* self, Shared<Index> start, Shared<std::int32_t> attribute, Shared<std::int32_t> low,
           Shared<std::int32_t> high, Shared<Index> first, Shared<std::int32_t> cells, Shared<std::int32_t> outcome) {
            new (self) LeafTable(leaves_of(std::move(start), std::move(attribute), std::move(low), std::move(high),
                                           std::move(first), std::move(cells), std::move(outcome)));
        },
        nb::arg("start"), nb::arg("attribute"), nb::arg("low"), nb::arg("high"), nb::arg("first"), nb::arg("cells"),
        nb::arg("outcome"));
    type.def("__len__", &LeafTable::size)
        .def("first_reached", &first_reached_checked, nb::arg("good"), nb::arg("low"), nb::arg("high"),
             nb::arg("allowed"), nb::arg("base"), nb::call_guard<nb::gil_scoped_release>(),
             "Return the first leaf with an outcome outside O that meets a region, or -1.");
    reduce_to<&LeafTable::start, &LeafTable::attribute, &LeafTable::low, &LeafTable::high, &LeafTable::first,
              &LeafTable::cells, &LeafTable::outcome>(type);
}

template <class T> Buffer<T> buffer_of(const std::vector<T>& values) {
    return Buffer<T>::copy_of({values.data(), {static_cast<Index>(values.size())}});
}

void check_question(const LeafQuestion& question, Flags banned) {
    need(question.cells.size() == question.space.n_attributes(), "cells: expected one for each attribute");
    need(question.leaves.n_attributes <= question.space.n_attributes(), "leaves: they are not of this space");
    need(question.good.size() >= question.leaves.n_outcomes, "good: expected a value for each class");
    need(banned.size() == (question.per_feature ? question.space.n_features : question.space.n_elements()),
         "banned: expected a mark for each element");
}

nb::list changes_of_literals(const Space& space, Flags truth, const Edges& edges) {
    need(truth.size() == space.conditions.size(), "truth: expected a value for each condition");
    std::vector<std::int32_t> name; // of each local element
    for (const std::int32_t element : edges.ids) {
        need(element >= 0 && element < space.n_elements(), "edges: they are not over literals");
        name.push_back(space.signed_literal(element, truth));
    }
    const auto lower = [](std::int32_t one, std::int32_t other) { return std::abs(one) < std::abs(other); };
    std::vector<std::pair<std::vector<std::int32_t>, Index>> found;
    for (Index k = 0; k < edges.size(); ++k) {
        std::vector<std::int32_t> literals;
        for (const std::int32_t i : edges.edge(k)) literals.push_back(name[i]);
        std::sort(literals.begin(), literals.end(), lower);
        found.emplace_back(std::move(literals), k);
    }
    std::stable_sort(found.begin(), found.end(), [&](const auto& one, const auto& other) {
        const auto &a = one.first, &b = other.first;
        if (a.size() != b.size()) return a.size() < b.size();
        return std::lexicographical_compare(a.begin(), a.end(), b.begin(), b.end(), lower);
    });
    nb::list out;
    for (const auto& [literals, k] : found) {
        out.append(nb::make_tuple(tuple_of({literals.data(), {static_cast<Index>(literals.size())}}), k));
    }
    return out;
}

void bind_edges_of_trees(nb::module_& m) {
    m.def(
        "edges_of_ranges",
        [](const Space& space, const LeafTable& leaves, Ints cells, Flags good, bool per_feature, Flags banned) {
            const LeafQuestion question{space, leaves, cells, good, per_feature};
            check_question(question, banned);
            need(space.all_interval(), "space: expected cuts for all attributes");
            EdgeList raw;
            Edges edges;
            edges_of_ranges(question, raw);
            localise_in_space(question, raw, banned, {}, edges);
            return edges;
        },
        nb::arg("space"), nb::arg("leaves"), nb::arg("cells"), nb::arg("good"), nb::arg("per_feature"),
        nb::arg("banned"), nb::call_guard<nb::gil_scoped_release>(),
        "Return the edges of all leaves with an outcome outside O, where cuts describe all attributes.");
    m.def(
        "edges_of_cells",
        [](const Space& space, const LeafTable& leaves, Ints cells, Flags good, bool per_feature, Flags banned,
           Longs base, Ints own, Ints up, Index limit) -> std::optional<Edges> {
            const LeafQuestion question{space, leaves, cells, good, per_feature};
            check_question(question, banned);
            if (!per_feature) {
                need(base.size() == space.n_attributes() + 1 && up.size() == space.n_elements(),
                     "forest: expected a link for each element");
                check_begins(base, own.size(), "forest: wrong ends");
            }
            EdgeList raw;
            if (!edges_of_cells(question, {base, own, up}, limit, raw)) return std::nullopt;
            Edges edges;
            localise_in_space(question, raw, banned, up, edges);
            return edges;
        },
        nb::arg("space"), nb::arg("leaves"), nb::arg("cells"), nb::arg("good"), nb::arg("per_feature"),
        nb::arg("banned"), nb::arg("base"), nb::arg("own"), nb::arg("up"), nb::arg("limit"),
        nb::call_guard<nb::gil_scoped_release>(),
        "Return the edges of all leaves, one for each choice of a nearest cell; None if there would be too many.");
    m.def("changes_of_literals", &changes_of_literals, nb::arg("space"), nb::arg("truth"), nb::arg("edges"),
          nb::sig("def changes_of_literals(space: Space, truth: NDArray[numpy.bool_], edges: Edges) -> "
                  "list[tuple[tuple[int, ...], int]]"),
          "Return the literals of each edge and its number, the shortest first, then by the numbers of literals.");
    m.def(
        "explain_rows",
        [](const Space& space, const Tree& tree, const LeafTable& leaves, Array<const double, 2> rows, Flags banned,
           PythonClock& clock) {
            need(rows.width() >= space.conditions.n_columns, "rows: expected a value for each column");
            need(leaves.n_attributes <= space.n_attributes() && tree.n_conditions <= space.conditions.size(),
                 "tree, leaves: they are not of this space");
            need(space.all_interval(), "space: expected cuts for all attributes");
            need(banned.size() == space.n_elements(), "banned: expected a mark for each element");
            const RowReasons found = explain_rows(space, tree, leaves, rows, banned, clock);
            return std::make_tuple(buffer_of(found.outcome), buffer_of(found.offsets), buffer_of(found.literals));
        },
        nb::arg("space"), nb::arg("tree"), nb::arg("leaves"), nb::arg("rows"), nb::arg("banned"), nb::arg("clock"),
        nb::call_guard<nb::gil_scoped_release>(),
        "Return the class of each row, where its reason ends, and the literals of all reasons (a 0: there is none).");
}

void bind_reading(nb::module_& m) {
    m.def(
        "read_finite",
        [](Array<const double, 2> rows, bool single) -> std::optional<Buffer<double, 2>> {
            Buffer<double, 2> out(rows.size(), rows.width());
            for (Index i = 0; i < rows.count(); ++i) {
                const double value = rows.data[i];
                out.data[i] = single ? static_cast<double>(static_cast<float>(value)) : value;
                if (!std::isfinite(out.data[i])) return std::nullopt;
            }
            return out;
        },
        nb::arg("rows"), nb::arg("single"), nb::call_guard<nb::gil_scoped_release>(),
        "Return a copy of numbers (rounded to float32 if `single`); None if one of them is not finite.");
}

} // namespace

void bind_trees(nb::module_& m) {
    bind_reading(m);
    bind_space(m);
    bind_leaves(m);
    bind_edges_of_trees(m);
}

} // namespace suffice
