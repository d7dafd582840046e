// What encoders ask: the order of nodes, what libraries make of sums, and leaves as covering problems.
#include "../covering/forced_count.hpp"
#include "../covering/leaf_blocks.hpp"
#include "../models/depth_first.hpp"
#include "../models/float_links.hpp"
#include "checks.hpp"
#include "clock.hpp"
#include "modules.hpp"

namespace suffice {

namespace {

using Release = nb::call_guard<nb::gil_scoped_release>;

Buffer<Index> depth_first_checked(Longs root, Longs left, Longs right) {
    const Index n = left.size();
    need(right.size() == n, "left, right: expected the same length");
    for (Index first : root) need(first >= 0 && first < n, "a root is no node");
    for (Index i = 0; i < n; ++i)
        need(left[i] < 0 || (left[i] < n && right[i] >= 0 && right[i] < n), "a child is no node");
    Buffer<Index> order = depth_first(root, left, right);
    need(!order.empty() || root.empty(), "the nodes make no trees: one is reached twice");
    return order;
}

CellTable cell_table(Ints attribute_of, Flags interval, Longs cell_base, Ints cut, Flags rising, Longs truth_at,
                     Flags truth) {
    const Index n = attribute_of.size(), n_attributes = interval.size();
    need(cell_base.size() == n_attributes + 1 && cell_base[0] == 0, "cell_base: expected an end for each attribute");
    need(cut.size() == n && rising.size() == n && truth_at.size() == n, "arrays of conditions differ in length");
    CellTable table;
    for (Index a = 0; a < n_attributes; ++a) {
        need(cell_base[a] < cell_base[a + 1], "an attribute has no cells");
        table.attribute.push_back({cell_base[a], interval[a]});
    }
    table.attribute.push_back({cell_base[n_attributes], false});
    for (Index v = 0; v < n; ++v) {
        const Index a = attribute_of[v];
        need(a >= 0 && a < n_attributes, "a condition has no attribute");
        const bool listed = truth_at[v] >= 0 && truth_at[v] + table.n_cells(a) <= truth.size();
        need(interval[a] || listed, "a condition's truth in the cells is missing");
        table.condition.push_back({a, cut[v], rising[v], truth_at[v]});
    }
    table.truth.assign(truth.begin(), truth.end());
    return table;
}

LeafBlocks leaf_blocks_checked(Ints root, Ints literal, Ints left, Ints right, Ints leaf, const CellTable& table,
                               Ints cells, Flags wanted, PythonClock& clock) {
    const SignedTrees trees{root, literal, left, right, leaf};
    check_trees(trees, static_cast<Index>(table.condition.size()));
    for (Index i = 0; i < literal.size(); ++i)
        need(literal[i] != 0 || (leaf[i] >= 0 && leaf[i] < wanted.size()), "a leaf has no row");
    need(cells.size() == table.n_attributes(), "cells: expected one for each attribute");
    for (Index a = 0; a < cells.size(); ++a)
        need(cells[a] >= 0 && cells[a] < table.n_cells(a), "a cell is not in its attribute");
    return leaf_blocks(trees, table, cells, wanted, clock);
}

void check_ends(Longs ends, Index last, const char* what) {
    need(ends.size() > 0 && ends[0] == 0 && ends[ends.size() - 1] == last, what);
    for (Index i = 1; i < ends.size(); ++i) need(ends[i - 1] <= ends[i], what);
}

LeafCover leaf_cover(Longs tree, Longs start, Longs block) {
    check_ends(start, block.size(), "start: expected ends that ascend from 0 to the number of entries");
    check_ends(tree, start.size() - 1, "tree: expected ends that ascend from 0 to the number of leaves");
    for (Index b : block) need(b >= 0, "a block's number is negative");
    return {{tree.begin(), tree.end()}, {start.begin(), start.end()}, {block.begin(), block.end()}};
}

void check_blocks(const LeafCover& leaves, Index n_blocks) {
    for (Index b : leaves.block) need(b < n_blocks, "a leaf asks for a block that there is not");
}

LeafCover reduced_checked(const LeafCover& leaves, Longs side, Longs level, PythonClock& clock) {
    need(side.size() == level.size(), "side, level: expected the same length");
    check_blocks(leaves, side.size());
    return reduced(leaves, {side, level}, clock);
}

void bind_links(nb::module_& m) {
    m.def("sigmoid32", &sigmoid32, nb::arg("margins"), Release(),
          "Return 1 / (1 + exp(-m)) of float32 margins as XGBoost computes it.");
    m.def("exp32", &exp32, nb::arg("margins"), Release(), "Return exp(m) in float32.");
    m.def("log32", &log32, nb::arg("numbers"), Release(), "Return the logarithms of float32 numbers in float32.");
    m.def("logit32", &logit32, nb::arg("numbers"), Release(), "Return -log(1 / p - 1) of float32 numbers in float32.");
    m.def("exp64", &exp64, nb::arg("margins"), Release(), "Return exp(m).");
    m.def("sigmoid64", &sigmoid64, nb::arg("margins"), nb::arg("slope"), Release(),
          "Return 1 / (1 + exp(-slope * m)) as LightGBM computes it.");
    m.def("log1p_exp64", &log1p_exp64, nb::arg("margins"), Release(),
          "Return log(1 + exp(m)) as LightGBM computes it.");
    m.def("signed_square64", &signed_square64, nb::arg("margins"), Release(), "Return m * |m|.");
}

void bind_leaf_blocks(nb::module_& m) {
    nb::class_<CellTable>(m, "CellTable", "The attributes of a space with all their cells numbered in one row.")
        .def(nb::new_(&cell_table), nb::arg("attribute_of"), nb::arg("interval"), nb::arg("cell_base"), nb::arg("cut"),
             nb::arg("rising"), nb::arg("truth_at"), nb::arg("truth"));
    nb::class_<LeafBlocks> blocks(m, "LeafBlocks", "What shuts out each unwanted leaf of an ensemble at an instance.");
    show<&LeafBlocks::tree>(blocks, "tree");
    show<&LeafBlocks::start>(blocks, "start");
    show<&LeafBlocks::entry>(blocks, "entry");
    show<&LeafBlocks::span>(blocks, "span");
    show<&LeafBlocks::cell>(blocks, "cell");
    m.def("leaf_blocks", &leaf_blocks_checked, nb::arg("root"), nb::arg("literal"), nb::arg("left"), nb::arg("right"),
          nb::arg("leaf"), nb::arg("table"), nb::arg("cells"), nb::arg("wanted"), nb::arg("clock"), Release(),
          "Return what shuts out each unwanted leaf; less if the clock was up.");
}

void bind_leaf_cover(nb::module_& m) {
    nb::class_<LeafCover> cover(m, "LeafCover", "Leaves of trees, each shut out if one of its blocks is true.");
    cover.def(nb::new_(&leaf_cover), nb::arg("tree"), nb::arg("start"), nb::arg("block"));
    show<&LeafCover::tree>(cover, "tree");
    show<&LeafCover::start>(cover, "start");
    show<&LeafCover::block>(cover, "block");
    cover.def("reduced", &reduced_checked, nb::arg("side"), nb::arg("level"), nb::arg("clock"), Release(),
              "Return the leaves that are not shut out with others of their tree; fewer if the clock was up.");
    cover.def(
        "forced",
        [](const LeafCover& leaves, Flags is_true) {
            check_blocks(leaves, is_true.size());
            return forced_trees(leaves, is_true);
        },
        nb::arg("is_true"), Release(), "Tell for each tree whether every leaf has a block that is true.");
    nb::class_<ForcedCount>(m, "ForcedCount", "How many trees a set of blocks forces.")
        .def(nb::new_([](const LeafCover& leaves, Index n_blocks) {
                 need(n_blocks >= 0, "n_blocks: expected no negative number");
                 check_blocks(leaves, n_blocks);
                 return ForcedCount(leaves, n_blocks);
             }),
             nb::arg("leaves"), nb::arg("n_blocks"))
        .def(
            "begin",
            [](ForcedCount& count, Flags is_true) {
                need(is_true.size() == count.n_blocks(), "is_true: expected a truth value for each block");
                count.begin(is_true);
                return count.forced();
            },
            nb::arg("is_true"), Release(), "Start from the blocks that are true, and return how many trees they force.")
        .def(
            "give_up",
            [](ForcedCount& count, Longs blocks, Index needed) {
                for (Index b : blocks) need(b >= 0 && b < count.n_blocks(), "there is no such block");
                return count.give_up(blocks, needed);
            },
            nb::arg("blocks"), nb::arg("needed"), Release(),
            "Make true blocks false if so many trees stay forced, and tell whether that was done.");
}

// Whether names lead to these very objects (what is not there counts as None).
bool holds_same(nb::dict now, nb::tuple names, nb::tuple values) {
    need(names.size() == values.size(), "names, values: they differ in length");
    for (std::size_t i = 0; i < names.size(); ++i) {
        PyObject* value = PyDict_GetItemWithError(now.ptr(), PyTuple_GET_ITEM(names.ptr(), i));
        if (value == nullptr && PyErr_Occurred() != nullptr) nb::raise_python_error();
        if ((value == nullptr ? Py_None : value) != PyTuple_GET_ITEM(values.ptr(), i)) return false;
    }
    return true;
}

} // namespace

void bind_encoders(nb::module_& m) {
    m.def("holds_same", &holds_same, nb::arg("now"), nb::arg("names"), nb::arg("values"),
          nb::sig("def holds_same(now: dict[str, object], names: tuple[str, ...], values: tuple[object, ...]) -> bool"),
          "Tell whether names lead to these very objects in a mapping.");
    m.def("depth_first", &depth_first_checked, nb::arg("root"), nb::arg("left"), nb::arg("right"), Release(),
          "Return the nodes of all trees in the order node, left, right.");
    bind_links(m);
    bind_leaf_blocks(m);
    bind_leaf_cover(m);
}

} // namespace suffice
