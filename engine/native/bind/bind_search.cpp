// Searches for inputs outside O, and what trees on their own can reach.
#include "../ensembles/alone.hpp"
#include "../ensembles/climb.hpp"
#include "../ensembles/search.hpp"
#include "arrays.hpp"
#include "modules.hpp"

#include <stdexcept>

namespace suffice {

namespace {

using Released = nb::gil_scoped_release;

void need(bool met, const char* what) {
    if (!met) throw std::invalid_argument(what);
}

void check_work(const Problem& problem, const Workspace& work) {
    const Layout& layout = problem.layout;
    need(work.point.size() == layout.n_attributes() && work.side.size() == layout.n_elements() &&
             work.leaves.size() == layout.n_trees(),
         "work: it is room for another layout");
    need(work.scores.size() == problem.sums.start.size(), "work: it is room for another number of outputs");
}

void check_box(const Problem& problem, const Box& box) {
    const Layout& layout = problem.layout;
    need(box.lo.size() == layout.n_attributes() && box.side.size() == layout.n_elements() &&
             box.barred.size() == layout.n_listed_cells() && box.best.size() == layout.n_nodes() &&
             box.bound.size() == problem.columns.size(),
         "box: it is one of another layout, or of other columns");
}

void check_point(const Layout& layout, Ints point) {
    need(point.size() == layout.n_attributes(), "expected a cell for each attribute");
    for (Index a = 0; a < point.size(); ++a) {
        need(point[a] >= 0 && point[a] < layout.attribute[a].count, "a cell is not in its attribute");
    }
}

// Columns are searched together, or one at a time.
void check_columns(const Columns& columns, const Workspace& work, bool together) {
    const Index wanted = together || columns.goal ? columns.size() : 1;
    need(static_cast<Index>(work.total.size()) == std::max<Index>(wanted, 1),
         "work: it is room for another number of columns");
}

void bind_searches(nb::module_& m) {
    m.def(
        "is_bad",
        [](const Problem& problem, Ints point, Workspace& work) {
            check_work(problem, work);
            check_point(problem.layout, point);
            return is_bad(problem, point, work);
        },
        nb::arg("problem"), nb::arg("point"), nb::arg("work"),
        "Tell whether the model's own arithmetic decides outside O at a point that meets all clauses.");
    m.def(
        "search",
        [](const Problem& problem, const Box& box, Index only, Ints prefer, Workspace& work) {
            check_work(problem, work);
            check_box(problem, box);
            check_point(problem.layout, prefer);
            check_columns(problem.columns, work, only < 0);
            const Columns& columns = problem.columns;
            need(only < (columns.goal ? columns.goal->size() : columns.size()), "only: there is no such column");
            need(only >= 0 || !columns.goal, "only: expected a question of the goal");
            Released released;
            return static_cast<int>(search(problem, box, only, prefer, work));
        },
        nb::arg("problem"), nb::arg("box"), nb::arg("only"), nb::arg("prefer"), nb::arg("work"),
        "Look for an input outside O in the box, by one column or (-1) by all of them together.");
    m.def(
        "box_holds",
        [](const Problem& problem, const Box& box, Ints prefer, Workspace& work) {
            check_work(problem, work);
            check_box(problem, box);
            check_point(problem.layout, prefer);
            check_columns(problem.columns, work, problem.columns.together);
            Released released;
            return static_cast<int>(box_holds(problem, box, prefer, work));
        },
        nb::arg("problem"), nb::arg("box"), nb::arg("prefer"), nb::arg("work"),
        "Answer whether some input in the box is outside O: NONE, FOUND (`work.point`) or UNKNOWN.");
}

void bind_climb(nb::module_& m) {
    m.def(
        "climb",
        [](const Problem& problem, const Box& box, Ints from, std::uint64_t seed, Index rounds, Workspace& work) {
            check_work(problem, work);
            check_box(problem, box);
            check_point(problem.layout, from);
            check_columns(problem.columns, work, true);
            need(problem.columns.together || problem.columns.size() == 1, "columns: expected some that go together");
            need(!problem.columns.goal, "columns: expected none of a goal");
            Released released;
            return static_cast<int>(climb(problem, box, from, seed, rounds, work));
        },
        nb::arg("problem"), nb::arg("box"), nb::arg("start"), nb::arg("seed"), nb::arg("rounds"), nb::arg("work"),
        "Climb towards an input outside O, at which all columns reach what they need: FOUND (`work.point`) or "
        "UNKNOWN.");
}

void bind_alone(nb::module_& m) {
    m.def(
        "alone_decides",
        [](const Problem& problem, const Box& box, Workspace& work) {
            check_work(problem, work);
            check_box(problem, box);
            Released released;
            return alone_decides(problem, box, work);
        },
        nb::arg("problem"), nb::arg("box"), nb::arg("work"),
        "Tell whether the sums of the trees' exact best worths show that no input in the box is bad.");
    m.def(
        "prove_cells",
        [](const Problem& problem, const Box& box, Index a, Workspace& work) {
            check_work(problem, work);
            check_box(problem, box);
            need(a >= 0 && a < problem.layout.n_attributes() && !problem.layout.attribute[a].interval,
                 "a: expected an attribute that cuts do not describe");
            Released released;
            prove_cells(problem, box, a, work);
            Buffer<bool> proved(problem.layout.attribute[a].count);
            for (Index c = 0; c < proved.size(); ++c) proved[c] = work.cell(c, STATE) == PROVED;
            return proved;
        },
        nb::arg("problem"), nb::arg("box"), nb::arg("a"), nb::arg("work"),
        "Tell of each cell of a listed attribute that the box bars whether nothing is bad with it alone, each tree on "
        "its own.");
}

} // namespace

void bind_search(nb::module_& m) {
    bind_searches(m);
    bind_climb(m);
    bind_alone(m);
}

} // namespace suffice
