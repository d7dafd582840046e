// Instances in a space, and what is asked of a tree about them.
#include "../trees/asked.hpp"

#include "arrays.hpp"
#include "checks.hpp"
#include "modules.hpp"
#include "tuples.hpp"

#include <nanobind/stl/optional.h>

namespace suffice {

namespace {

constexpr Index large = 256; // leaves of a tree whose questions take so long that other threads go on meanwhile

// Python's view of an array for as long as it is read.
class Viewed {
  public:
    explicit Viewed(nb::handle array) : known_(PyObject_GetBuffer(array.ptr(), &view_, PyBUF_RECORDS_RO) == 0) {
        if (!known_) PyErr_Clear();
    }
    ~Viewed() {
        if (known_) PyBuffer_Release(&view_);
    }
    Viewed(const Viewed&) = delete;
    Viewed& operator=(const Viewed&) = delete;

    // The numbers of one row, if it is one of that length of such numbers in the machine's own order.
    template <class T> std::optional<Stepped<T>> row(char format, Index n) const {
        if (!known_ || view_.itemsize != sizeof(T) || view_.format == nullptr) return std::nullopt;
        if (view_.format[0] != format || view_.format[1] != '\0') return std::nullopt;
        if (view_.ndim != 1 && (view_.ndim != 2 || view_.shape[0] != 1)) return std::nullopt;
        const int last = view_.ndim - 1;
        if (view_.shape[last] != n) return std::nullopt;
        return Stepped<T>{static_cast<const char*>(view_.buf), n, view_.strides[last]};
    }

  private:
    Py_buffer view_{};
    bool known_;
};

std::optional<Placed> take(const Space& space, nb::handle array, Index width, bool single) {
    need(width >= space.conditions.n_columns, "width: expected a value for each column");
    const Viewed view(array);
    if (const auto values = view.row<double>('d', width)) return placed_row(space, *values, single);
    if (const auto values = view.row<float>('f', width)) return placed_row(space, *values, single);
    return std::nullopt;
}

void bind_placed(nb::module_& m) {
    nb::class_<Placed> type(m, "Placed", "A row in a space.");
    type.def(
        "__init__",
        [](Placed* self, Reals row, Flags truth, Ints cells) {
            new (self) Placed{Buffer<double>::copy_of(row), Buffer<bool>::copy_of(truth),
                              Buffer<std::int32_t>::copy_of(cells)};
        },
        nb::arg("row"), nb::arg("truth"), nb::arg("cells"));
    show<&Placed::row>(type, "row");
    show<&Placed::truth>(type, "truth");
    show<&Placed::cells>(type, "cells");
    m.def("take", &take, nb::arg("space"), nb::arg("array"), nb::arg("width"), nb::arg("single"),
          "Place an array that is one row of finite float64 or float32 numbers, as they are or rounded to float32; "
          "None if it is something else.");
}

struct SharedQuestion {
    std::shared_ptr<const TreeQuestion> question;
};

SharedQuestion question_of(const Space& space, const Tree& tree, const LeafTable& leaves, Flags banned,
                           bool per_feature) {
    need(space.all_interval(), "space: expected cuts for all attributes");
    need(leaves.n_attributes <= space.n_attributes() && tree.n_conditions <= space.conditions.size(),
         "tree, leaves: they are not of this space");
    need(banned.size() == (per_feature ? space.n_features : space.n_elements()),
         "banned: expected a mark for each element");
    Index n_outcomes = leaves.n_outcomes;
    for (Index i = 0; i < tree.outcome.size(); ++i) {
        need(tree.literal[i] != 0 || tree.outcome[i] >= 0, "tree: a leaf has no outcome");
        n_outcomes = std::max<Index>(n_outcomes, tree.outcome[i] + 1);
    }
    return {std::make_shared<const TreeQuestion>(
        TreeQuestion{space, tree, leaves, Buffer<bool>::copy_of(banned), per_feature, n_outcomes})};
}

Asked ask(const SharedQuestion& shared, const Placed& placed) {
    const Space& space = shared.question->space;
    need(placed.truth.size() == space.conditions.size() && placed.cells.size() == space.n_attributes(),
         "placed: it is not of this space");
    return {shared.question, placed};
}

// What a function says of an instance; other threads go on meanwhile, if it may take long.
template <class F> auto said(Asked& asked, F function) {
    if (asked.question().leaves.size() < large) return function(asked);
    const nb::gil_scoped_release others_go_on;
    return function(asked);
}

nb::tuple tuple_of(const Asked::Items& items) {
    return tuple_of(Ints{items.data(), {static_cast<Index>(items.size())}});
}

void bind_asked_of_trees(nb::module_& m) {
    nb::class_<SharedQuestion>(m, "TreeQuestion", "A tree in a domain, and what no reason may use.")
        .def(
            "__init__",
            [](SharedQuestion* self, const Space& space, const Tree& tree, const LeafTable& leaves, Flags banned,
               bool per_feature) { new (self) SharedQuestion(question_of(space, tree, leaves, banned, per_feature)); },
            nb::arg("space"), nb::arg("tree"), nb::arg("leaves"), nb::arg("banned"), nb::arg("per_feature"))
        .def("ask", &ask, nb::arg("placed"), "Return what answers questions about an instance.");
    nb::class_<Asked>(m, "Asked", "What is asked of a tree about its decision at an instance, by one thread at a time.")
        .def_prop_ro("outcome", &Asked::outcome, "The class that the tree decides for.")
        .def_prop_ro(
            "edges", [](Asked& asked) { return said(asked, [](Asked& it) { return Edges(it.edges()); }); },
            "The edges of all leaves of other classes.")
        .def_prop_ro(
            "reduced", [](Asked& asked) { return said(asked, [](Asked& it) { return Edges(it.reduced()); }); },
            "The edges that no others make redundant.")
        .def(
            "sufficient",
            [](Asked& asked) -> std::optional<nb::tuple> {
                const auto found = said(asked, [](Asked& it) { return it.sufficient(); });
                if (!found) return std::nullopt;
                return tuple_of(*found);
            },
            nb::sig("def sufficient(self) -> tuple[int, ...] | None"),
            "Return the literals (features) of one sufficient reason; None if there is none.")
        .def(
            "necessary", [](Asked& asked) { return tuple_of(said(asked, [](Asked& it) { return it.necessary(); })); },
            nb::sig("def necessary(self) -> tuple[int, ...]"), "Return what every sufficient reason is written with.")
        .def(
            "relevant", [](Asked& asked) { return tuple_of(said(asked, [](Asked& it) { return it.relevant(); })); },
            nb::sig("def relevant(self) -> tuple[int, ...]"), "Return what some sufficient reason is written with.")
        .def(
            "changes",
            [](Asked& asked) {
                const auto found = said(asked, [](Asked& it) { return it.changes(); });
                nb::list out;
                for (const auto& [items, k] : found) out.append(nb::make_tuple(tuple_of(items), k));
                return out;
            },
            nb::sig("def changes(self) -> list[tuple[tuple[int, ...], int]]"),
            "Return what each reduced edge is made of and its number, the shortest first, then by their items.");
}

} // namespace

void bind_asked(nb::module_& m) {
    bind_placed(m);
    bind_asked_of_trees(m);
}

} // namespace suffice
