// Widening boxes, boxes of sets and regions, and searches over leaves.
#include "../ensembles/depths.hpp"
#include "../ensembles/greedy.hpp"
#include "../ensembles/regions.hpp"
#include "../ensembles/widen.hpp"
#include "arrays.hpp"
#include "checks.hpp"
#include "modules.hpp"

namespace suffice {

namespace {

using Pool = Array<std::int32_t, 2>;
using Released = nb::gil_scoped_release;

// What calls that widen a box are given.
struct Call {
    const Problem& problem;
    Box& box;
    Ints cells, order;
    int mode;
    IntsOut guide;
    Pool pool;
    Workspace& work;

    // `n`: what there is to put in order.
    Mode checked_mode(Index n) const {
        const Layout& layout = problem.layout;
        check_box(problem, box);
        check_work(problem, work);
        check_point(layout, cells);
        check_point(layout, guide);
        check_numbers(order, n, "order: a number is out of range");
        need(pool.width() == layout.n_attributes(), "pool: expected a cell for each attribute");
        for (Index i = 0; i < pool.size(); ++i) {
            if (pool.width() > 0 && pool(i, 0) >= 0) check_point(layout, pool.row(i));
        }
        need(mode == ALONE || mode == QUICK || mode == EXACT, "mode: expected 0, 1 or 2");
        return static_cast<Mode>(mode);
    }
};

int shrink_by_literals(const Problem& problem, Box& box, Ints cells, FlagsOut kept, Ints order, int mode, IntsOut guide,
                       Pool pool, Workspace& work) {
    const Mode how = Call{problem, box, cells, order, mode, guide, pool, work}.checked_mode(cells.size());
    need(kept.size() == problem.layout.n_elements(), "kept: expected a mark for each element");
    Released released;
    return shrink_literals(problem, box, cells, kept, order, how, guide, pool, work);
}

int shrink_by_leaves(const Problem& problem, Leaves& leaves, Box& box, Ints cells, FlagsOut kept, Ints order, int mode,
                     IntsOut guide, Pool pool, Workspace& work) {
    const Mode how = Call{problem, box, cells, order, mode, guide, pool, work}.checked_mode(cells.size());
    need(kept.size() == problem.layout.n_elements(), "kept: expected a mark for each element");
    need(leaves.fit(problem.layout), "leaves: they are of another layout, or none");
    need((!problem.columns.together || problem.columns.size() == 1) && !problem.columns.goal,
         "leaves: columns are searched one at a time");
    Released released;
    return shrink_listed(problem, leaves, box, cells, kept, order, how, guide, pool, work);
}

int shrink_by_groups(const Problem& problem, Box& box, Ints cells, FlagsOut free, const Groups& groups, Ints order,
                     int mode, IntsOut guide, Pool pool, Workspace& work) {
    const Mode how = Call{problem, box, cells, order, mode, guide, pool, work}.checked_mode(groups.size());
    need(free.size() == groups.size(), "free: expected a mark for each group");
    check_groups(problem.layout, groups);
    Released released;
    return shrink_groups(problem, box, cells, free, groups, order, how, guide, pool, work);
}

int losses(const Problem& problem, Box& box, Ints cells, const Groups& groups, RealsOut out, Workspace& work) {
    check_box(problem, box);
    check_point(problem.layout, cells);
    need(out.size() == groups.size(), "out: expected a number for each group");
    check_groups(problem.layout, groups);
    Released released;
    return loss_of_groups(problem, box, cells, groups, out, work);
}

void bind_settling(nb::module_& m) {
    m.def(
        "set_point",
        [](const Layout& layout, Box& box, Ints cells, bool late) {
            check_box(layout, box);
            check_point(layout, cells);
            Released released;
            set_point(layout, box, cells, late);
        },
        nb::arg("layout"), nb::arg("box"), nb::arg("cells"), nb::arg("late"),
        "Make the box one of one cell an attribute; `late`: it is settled later.");
    m.def(
        "settle",
        [](const Layout& layout, Box& box, bool whole) {
            check_box(layout, box);
            Released released;
            if (whole && !box.changed.empty()) return sweep(layout, box);
            settle(layout, box);
        },
        nb::arg("layout"), nb::arg("box"), nb::arg("whole"),
        "Bring what trees can reach up to date after late changes; `whole`: by one sweep over all nodes.");
}

void bind_regions(nb::module_& m) {
    m.def(
        "set_box",
        [](const Layout& layout, Box& box, Ints cells, Flags kept, bool late) {
            check_box(layout, box);
            check_point(layout, cells);
            need(kept.size() == layout.n_elements(), "kept: expected a mark for each element");
            Released released;
            set_box(layout, box, cells, kept, late);
        },
        nb::arg("layout"), nb::arg("box"), nb::arg("cells"), nb::arg("kept"), nb::arg("late"),
        "Make the box what a closed set of elements leaves; `late`: it is settled later.");
    m.def(
        "set_region",
        [](const Layout& layout, Box& box, Ints low, Ints high, Flags allowed, bool late) {
            check_box(layout, box);
            need(low.size() == layout.n_attributes() && high.size() == low.size(),
                 "low, high: expected a cell for each attribute");
            need(allowed.size() == layout.n_listed_cells(), "allowed: expected a mark for each listed cell");
            for (Index a = 0; a < low.size(); ++a) {
                const bool inside = low[a] >= 0 && low[a] <= high[a] && high[a] < layout.attribute[a].count;
                need(inside || !layout.attribute[a].interval, "low, high: a range is not in its attribute");
            }
            Released released;
            set_region(layout, box, low, high, allowed, late);
        },
        nb::arg("layout"), nb::arg("box"), nb::arg("low"), nb::arg("high"), nb::arg("allowed"), nb::arg("late"),
        "Make the box a range for each interval attribute, and allowed cells for the others (not empty); `late`: it is "
        "settled later.");
    m.def(
        "kept_in_box",
        [](const Layout& layout, const Box& box, FlagsOut kept) {
            check_box(layout, box);
            need(kept.size() == layout.n_elements(), "kept: expected a mark for each element");
            kept_in_box(layout, box, kept);
        },
        nb::arg("layout"), nb::arg("box"), nb::arg("kept"),
        "Write the closed set of elements that a box stands for (literals that all of its cells satisfy).");
    m.def(
        "written_literals",
        [](const Layout& layout, Ints cells, Flags kept) {
            check_point(layout, cells);
            need(kept.size() == layout.n_elements(), "kept: expected a mark for each element");
            Released released;
            Buffer<bool> written(layout.n_elements());
            mark_written(layout, cells, kept, written);
            return written;
        },
        nb::arg("layout"), nb::arg("cells"), nb::arg("kept"),
        "Tell of each literal of a closed set whether the others do not imply it.");
    m.def(
        "path_depths",
        [](const Layout& layout, Ints cells) {
            check_point(layout, cells);
            Released released;
            return path_depths(layout, cells);
        },
        nb::arg("layout"), nb::arg("cells"),
        "Return for each attribute the least depth at which a tree tests it on the instance's path (else 1e6).");
}

void bind_leaves(nb::module_& m) {
    nb::class_<Leaves>(m, "Leaves", "The leaves of an ensemble, tree by tree, and room for a search over them.")
        .def(nb::init<const Layout&>(), nb::arg("layout"), nb::call_guard<Released>(),
             "List the leaves, if all attributes are listed and there are not too many (else none).")
        .def_prop_ro("n", &Leaves::size, "Number of leaves.")
        .def_prop_ro(
            "any", [](const Leaves& leaves) { return leaves.size() > 0; }, "Whether there are leaves to search over.")
        .def(
            "hold",
            [](Leaves& leaves, const Problem& problem, const Box& box, Workspace& work) {
                check_box(problem, box);
                check_work(problem, work);
                need(leaves.size() == 0 || leaves.fit(problem.layout), "leaves: they are of another layout");
                Released released;
                return static_cast<int>(leaves.hold(problem, box, work));
            },
            nb::arg("problem"), nb::arg("box"), nb::arg("work"),
            "Tell whether some input in the box is outside O: 0 (none is), 1 (``work.point`` is) or 2 (given up).");
}

void bind_greedy(nb::module_& m) {
    nb::class_<GreedyBoxes> boxes(m, "GreedyBoxes", "The first of the shortest boxes of greedy runs.");
    boxes.def(nb::init<const Layout&>(), nb::arg("layout"), "Make room for a box.");
    show<&GreedyBoxes::lo>(boxes, "lo");
    show<&GreedyBoxes::hi>(boxes, "hi");
    boxes.def_ro("runs", &GreedyBoxes::runs, "How many runs were made.")
        .def_ro("size", &GreedyBoxes::size, "Literals of the box (-1: there is none).")
        .def_ro("partial", &GreedyBoxes::partial, "Whether it is of a run that was cut short.");
    m.def(
        "greedy_runs",
        [](const Problem& problem, const Box& start, Array<const std::int32_t, 2> orders, GreedyBoxes& out,
           Workspace& work) {
            const Layout& layout = problem.layout;
            check_box(problem, start);
            need(out.lo.size() == layout.n_attributes(), "out: it is room for another layout");
            for (Index a : orders) {
                need(a >= 0 && a < layout.n_attributes() && layout.attribute[a].interval,
                     "orders: expected numbers of interval attributes");
            }
            Released released;
            return static_cast<int>(greedy_runs(problem, start, orders, out, work));
        },
        nb::arg("problem"), nb::arg("box"), nb::arg("orders"), nb::arg("out"), nb::arg("work"),
        "Widen a box that the bounds alone decide in each of these orders of attributes, and keep the shortest.");
}

} // namespace

void bind_widen(nb::module_& m) {
    bind_leaves(m);
    bind_regions(m);
    bind_settling(m);
    bind_greedy(m);
    m.def("shrink_literals", &shrink_by_literals, nb::arg("problem"), nb::arg("box"), nb::arg("cells"), nb::arg("kept"),
          nb::arg("order"), nb::arg("mode"), nb::arg("guide"), nb::arg("pool"), nb::arg("work"),
          "Widen a box that holds until no literal can be dropped, attributes in the given order: 0, or 2 (given up).");
    m.def("shrink_listed", &shrink_by_leaves, nb::arg("problem"), nb::arg("leaves"), nb::arg("box"), nb::arg("cells"),
          nb::arg("kept"), nb::arg("order"), nb::arg("mode"), nb::arg("guide"), nb::arg("pool"), nb::arg("work"),
          "Do what ``shrink_literals`` does where all attributes are listed, with searches over leaves.");
    m.def("shrink_groups", &shrink_by_groups, nb::arg("problem"), nb::arg("box"), nb::arg("cells"), nb::arg("free"),
          nb::arg("groups"), nb::arg("order"), nb::arg("mode"), nb::arg("guide"), nb::arg("pool"), nb::arg("work"),
          "Free whole groups of attributes one after another while the box holds: 0, or 2 (given up).");
    m.def("loss_of_groups", &losses, nb::arg("problem"), nb::arg("box"), nb::arg("cells"), nb::arg("groups"),
          nb::arg("out"), nb::arg("work"),
          "Write how much nearer the freedom of each group alone brings the bounds to being bad (0: not at all).");
}

} // namespace suffice
