// The most general box around an instance.
#include "../boxes/most_general.hpp"
#include "arrays.hpp"
#include "checks.hpp"
#include "modules.hpp"

#include <nanobind/stl/tuple.h>

namespace suffice {

namespace {

using Released = nb::gil_scoped_release;

std::tuple<int, double, double, Index, Index> search_most_general(const Problem& problem, Box& box, Ints cells,
                                                                  Flags open, Longs certain, Reals mass, Longs first,
                                                                  Reals scale, bool log, bool whole, Workspace& work) {
    const Layout& layout = problem.layout;
    check_box(problem, box);
    check_work(problem, work);
    check_point(layout, cells);
    const Index n = layout.n_attributes();
    need(open.size() == n && first.size() == n && scale.size() == n, "expected a number for each attribute");
    need(certain.size() == 0 || certain.size() == problem.columns.size(), "certain: expected one for each column");
    for (Index a = 0; a < n; ++a) {
        need(first[a] >= 0 && first[a] + layout.attribute[a].count <= mass.size(),
             "mass: expected one for each cell of each attribute");
    }
    Released released;
    const BoxQuestion question{problem, cells, open, certain, {mass, first, scale, log, whole}};
    MostGeneral search(question, box, work);
    const Answer answer = search.run();
    return {static_cast<int>(answer), search.weight(), search.bound(), search.n_blocks(), search.n_parts()};
}

} // namespace

void bind_boxes(nb::module_& m) {
    m.def("most_general", &search_most_general, nb::arg("problem"), nb::arg("box"), nb::arg("cells"), nb::arg("open"),
          nb::arg("certain"), nb::arg("mass"), nb::arg("first"), nb::arg("scale"), nb::arg("log"), nb::arg("whole"),
          nb::arg("work"),
          "Make a box that holds the heaviest one that does: 0 (proved) or 2 (given up), what it weighs, what none "
          "exceeds, and how many blocks and parts it took.");
}

} // namespace suffice
