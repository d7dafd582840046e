// Ensembles over spaces, and what is asked of them.
#include "../ensembles/choices.hpp"
#include "arrays.hpp"
#include "checks.hpp"
#include "modules.hpp"

#include <nanobind/stl/vector.h>

#include <cmath>

namespace suffice {

namespace {

std::vector<Attribute> attributes_of(Array<const Index, 2> table) {
    need(table.size() > 0 && table.width() == 5, "attribute: expected rows of five numbers");
    std::vector<Attribute> out;
    for (Index a = 0; a < table.size(); ++a) {
        out.push_back({table(a, 0), table(a, 1), table(a, 2), table(a, 4), table(a, 3) != 0});
    }
    return out;
}

std::vector<Test> tests_of(Array<const Index, 2> table, const std::vector<Attribute>& attribute, Index n_words) {
    need(table.width() == 2 && table.size() == attribute.back().base, "test: expected a row of two numbers an element");
    std::vector<Test> out;
    for (Index e = 0; e < table.size(); ++e) {
        const Test test{table(e, 0), table(e, 1)};
        need(test.owner >= 0 && test.owner + 1 < static_cast<Index>(attribute.size()), "an element has no attribute");
        const Index words = attribute[test.owner + 1].words - attribute[test.owner].words;
        need(attribute[test.owner].interval || (test.row >= 0 && test.row + words <= n_words),
             "an element has no cells");
        out.push_back(test);
    }
    return out;
}

Layout laid_out(Ints root, Ints literal, Ints left, Ints right, Ints leaf, Ints element, Signs side,
                Array<const Index, 2> attribute, Array<const Index, 2> test, Longs truth, Longs clause_at,
                Array<const Index, 2> clause) {
    const SignedTrees trees{root, literal, left, right, leaf};
    need(element.size() == side.size(), "arrays of conditions differ in length");
    check_trees(trees, element.size());
    std::vector<Attribute> attributes = attributes_of(attribute);
    std::vector<Test> tests = tests_of(test, attributes, truth.size());
    for (Index e : element) need(e < static_cast<Index>(tests.size()), "a condition has no element");
    std::vector<Word> words(truth.begin(), truth.end());
    Layout layout = lay_out(trees, {element, side}, std::move(attributes), std::move(tests), std::move(words));
    need(clause_at.size() > 0 && clause_at[clause_at.size() - 1] == clause.size(), "clauses: wrong ends");
    layout.clause_at.assign(clause_at.begin(), clause_at.end());
    for (Index i = 0; i < clause.size(); ++i) {
        need(clause(i, 0) >= 0 && clause(i, 0) < layout.n_elements(), "a clause speaks of no element");
        layout.clause.push_back({clause(i, 0), clause(i, 1)});
    }
    return layout;
}

template <class Get> auto of_attributes(const Layout& layout, Index n, Get get) {
    Buffer<std::remove_cvref_t<decltype(get(layout.attribute[0]))>> out(n);
    for (Index a = 0; a < n; ++a) out[a] = get(layout.attribute[a]);
    return out;
}

void bind_forms(nb::module_& m) {
    nb::class_<Layout>(m, "Layout", "The trees of an ensemble over the elements of a space.")
        .def_prop_ro("n_trees", &Layout::n_trees)
        .def_prop_ro("n_nodes", &Layout::n_nodes)
        .def_prop_ro("n_elements", &Layout::n_elements)
        .def_prop_ro("n_attributes", &Layout::n_attributes)
        .def_prop_ro("n_clauses", &Layout::n_clauses)
        .def_prop_ro("n_listed_cells", &Layout::n_listed_cells,
                     "Number of cells of all attributes that cuts do not describe.")
        .def_prop_ro(
            "base",
            [](const Layout& layout) {
                return of_attributes(layout, layout.n_attributes() + 1, [](const Attribute& a) { return a.base; });
            },
            "First element of each attribute, and one more number that ends them.")
        .def_prop_ro(
            "cell_base",
            [](const Layout& layout) {
                return of_attributes(layout, layout.n_attributes() + 1, [](const Attribute& a) { return a.cells; });
            },
            "Where the cells of attributes that cuts do not describe begin, and where the last ones end.")
        .def_prop_ro(
            "n_cells",
            [](const Layout& layout) {
                return of_attributes(layout, layout.n_attributes(), [](const Attribute& a) { return a.count; });
            },
            "Number of cells of each attribute.")
        .def_prop_ro(
            "interval",
            [](const Layout& layout) {
                return of_attributes(layout, layout.n_attributes(), [](const Attribute& a) { return a.interval; });
            },
            "Which attributes cuts describe.");
    m.def("lay_out", &laid_out, nb::arg("root"), nb::arg("literal"), nb::arg("left"), nb::arg("right"), nb::arg("leaf"),
          nb::arg("element"), nb::arg("side"), nb::arg("attribute"), nb::arg("test"), nb::arg("truth"),
          nb::arg("clause_at"), nb::arg("clause"), nb::call_guard<nb::gil_scoped_release>(),
          "Return trees over elements, without tests that paths decide.");
    m.def(
        "reach_rows",
        [](const Layout& layout, Ints point) {
            need(point.size() == layout.n_attributes(), "point: expected a cell for each attribute");
            Buffer<std::int32_t> leaves(layout.n_trees());
            reach_leaves(layout, point, leaves);
            return leaves;
        },
        nb::arg("layout"), nb::arg("point"), "Return the leaf row that each tree reaches at a point of cells.");
}

template <class T> std::shared_ptr<const T> kept(const T* what) {
    return what == nullptr ? nullptr : std::make_shared<const T>(*what);
}

void check_members(const Models& models, const Shared<double, 2>& values, Index n_scores) {
    for (const Member& member : models.members) {
        need(member.sums.start.size() <= n_scores, "models: a member has more scores than there is room for");
        need(member.sums.values.size() == values.size(), "models: expected a row of values for each leaf of all trees");
        need(!member.sums.models, "models: a member is made of models itself");
    }
}

Models models_of(const std::vector<const Arithmetic*>& sums, const std::vector<Shared<std::int32_t>>& trees,
                 bool together, double apart) {
    need(sums.size() == trees.size(), "sums, trees: expected the trees of each member");
    need(std::isnan(apart) || sums.size() == 2, "apart: expected two members");
    Models made{{}, together, apart};
    for (std::size_t i = 0; i < sums.size(); ++i) {
        need(sums[i] != nullptr, "sums: expected an Arithmetic for each member");
        made.members.push_back({*sums[i], trees[i]});
    }
    return made;
}

void bind_models_asked(nb::module_& m) {
    nb::class_<Models>(m, "Models", "Several models whose trees lie side by side: all are outside O, or one is.")
        .def(
            "__init__",
            [](Models* self, const std::vector<const Arithmetic*>& sums, const std::vector<Shared<std::int32_t>>& trees,
               bool together, double apart) { new (self) Models(models_of(sums, trees, together, apart)); },
            nb::arg("sums"), nb::arg("trees"), nb::arg("together"),
            nb::arg("apart") = std::numeric_limits<double>::quiet_NaN());
}

void check_columns_of(const Goal& goal, Index n) {
    need(goal.size() <= n, "need: expected a column for each question of the goal");
    for (const Ints columns : {Ints(goal.upward), Ints(goal.downward)})
        for (const Index column : columns) need(column < n, "goal: there is no such column");
}

void bind_arithmetic(nb::module_& m) {
    nb::class_<Arithmetic> arithmetic(m, "Arithmetic", "The model's own arithmetic and O.");
    arithmetic.def(
        "__init__",
        [](Arithmetic* self, Shared<double, 2> values, Shared<double> start, double divisor, Shared<bool> good,
           double lower, double upper, bool enter, bool single, int link, const Goal* goal, const Models* models) {
            need(values.width() == start.size(), "values: expected a column for each score");
            need(good.size() == 0 || good.size() == start.size(), "good: expected a truth value for each score");
            need(goal == nullptr || goal->circuit->n_scores == start.size(),
                 "goal: it is about another number of scores");
            if (models != nullptr) check_members(*models, values, start.size());
            new (self)
                Arithmetic{values, start, divisor, good, lower, upper, enter, single, link, kept(goal), kept(models)};
        },
        nb::arg("values"), nb::arg("start"), nb::arg("divisor"), nb::arg("good"), nb::arg("lower"), nb::arg("upper"),
        nb::arg("enter") = false, nb::arg("single") = false, nb::arg("link") = 0, nb::arg("goal") = nb::none(),
        nb::arg("models") = nb::none());
    show<&Arithmetic::values>(arithmetic, "values");
    show<&Arithmetic::start>(arithmetic, "start");
    show<&Arithmetic::good>(arithmetic, "good");
    arithmetic.def_ro("divisor", &Arithmetic::divisor)
        .def_ro("lower", &Arithmetic::lower)
        .def_ro("upper", &Arithmetic::upper)
        .def_ro("enter", &Arithmetic::enter)
        .def_ro("single", &Arithmetic::single)
        .def_ro("link", &Arithmetic::link);
}

void bind_columns(nb::module_& m) {
    nb::class_<Columns> columns(m, "Columns", "A question in whole numbers.");
    columns.def(
        "__init__",
        [](Columns* self, Shared<Index, 2> worth, Shared<Index> offset, Shared<Index> needed, bool together,
           Shared<std::int32_t> kind, const Goal* goal) {
            need(worth.width() == needed.size() && offset.size() == needed.size(),
                 "worth, offset, need: expected the same columns");
            need(kind.size() == 0 || kind.size() == worth.size() || kind.size() == worth.count(),
                 "kind: expected a number for each leaf, or for each leaf and column");
            if (goal != nullptr) check_columns_of(*goal, needed.size());
            new (self) Columns{worth, offset, needed, together, kind, kept(goal)};
        },
        nb::arg("worth"), nb::arg("offset"), nb::arg("need"), nb::arg("together"), nb::arg("kind"),
        nb::arg("goal") = nb::none());
    show<&Columns::worth>(columns, "worth");
    show<&Columns::offset>(columns, "offset");
    show<&Columns::need>(columns, "need");
    show<&Columns::kind>(columns, "kind");
    columns.def_ro("together", &Columns::together);
}

void make_problem(Problem* self, const Layout& layout, const Arithmetic& sums, const Columns& columns) {
    for (const Member& member : sums.models ? sums.models->members : std::vector<Member>{})
        for (const std::int32_t tree : member.trees) need(tree >= 0 && tree < layout.n_trees(), "models: no such tree");
    need(sums.values.size() >= layout.n_leaf_rows && columns.worth.size() >= layout.n_leaf_rows,
         "values, worth: expected a row for each leaf");
    new (self) Problem{layout, sums, columns, choices_of(layout, columns)};
}

void bind_problem(nb::module_& m) {
    nb::class_<Problem>(m, "Problem", "An ensemble and what is asked of it.")
        .def("__init__", &make_problem, nb::arg("layout"), nb::arg("sums"), nb::arg("columns"), nb::keep_alive<1, 2>(),
             nb::keep_alive<1, 3>(), nb::keep_alive<1, 4>())
        .def_prop_ro(
            "by_leaves", [](const Problem& problem) { return problem.choices != nullptr; },
            "Whether the leaves of each tree decide on their own.")
        .def_prop_ro(
            "layout", [](const Problem& problem) -> const Layout& { return problem.layout; },
            nb::rv_policy::reference_internal)
        .def_prop_ro(
            "sums", [](const Problem& problem) -> const Arithmetic& { return problem.sums; },
            nb::rv_policy::reference_internal)
        .def_prop_ro(
            "columns", [](const Problem& problem) -> const Columns& { return problem.columns; },
            nb::rv_policy::reference_internal);
    m.def(
        "outside",
        [](const Arithmetic& sums, Ints leaves) {
            Buffer<double> scores(sums.start.size());
            return outside(leaves, sums, scores);
        },
        nb::arg("sums"), nb::arg("leaves"),
        "Tell whether the model's own arithmetic decides outside O for one leaf row a tree.");
}

void bind_changes_asked(nb::module_& m) {
    nb::class_<Outer> outer(m, "Outer",
                            "The cells that an input may have at most; those of the instance are among them.");
    outer.def(
        "__init__",
        [](Outer* self, Shared<std::int32_t> lo, Shared<std::int32_t> hi, Shared<std::int32_t> barred) {
            new (self) Outer{lo, hi, barred};
        },
        nb::arg("lo"), nb::arg("hi"), nb::arg("barred"));
    show<&Outer::lo>(outer, "lo");
    show<&Outer::hi>(outer, "hi");
    show<&Outer::barred>(outer, "barred");
    nb::class_<ChangeQuestion> question(m, "ChangeQuestion",
                                        "What is asked of an ensemble at an instance, and where changes may lead.");
    question.def(
        "__init__",
        [](ChangeQuestion* self, const Problem& problem, Shared<std::int32_t> cells, const Outer& within) {
            const Index n = problem.layout.n_attributes();
            need(cells.size() == n && within.lo.size() == n && within.hi.size() == n,
                 "cells, outer: expected a cell for each attribute");
            need(within.barred.size() == problem.layout.n_listed_cells(),
                 "outer: expected a mark for each listed cell");
            for (Index a = 0; a < n; ++a) {
                need(0 <= within.lo[a] && within.lo[a] <= within.hi[a] &&
                         within.hi[a] < problem.layout.attribute[a].count,
                     "outer: a range is not in its attribute");
            }
            new (self) ChangeQuestion{problem, cells, within};
        },
        nb::arg("problem"), nb::arg("cells"), nb::arg("outer"), nb::keep_alive<1, 2>());
    show<&ChangeQuestion::cells>(question, "cells");
    question.def_ro("outer", &ChangeQuestion::outer)
        .def_prop_ro(
            "problem", [](const ChangeQuestion& q) -> const Problem& { return q.problem; },
            nb::rv_policy::reference_internal);
}

void bind_groups(nb::module_& m) {
    nb::class_<Groups> groups(m, "Groups", "Attributes that change together: those of g are members[at[g]:at[g + 1]].");
    groups.def(
        "__init__",
        [](Groups* self, Shared<Index> at, Shared<std::int32_t> members) {
            need(at.size() > 0 && at[at.size() - 1] == members.size(), "groups: wrong ends");
            new (self) Groups{at, members};
        },
        nb::arg("at"), nb::arg("members"));
    groups.def_prop_ro("n", &Groups::size, "Number of groups.");
    show<&Groups::at>(groups, "at");
    show<&Groups::members>(groups, "members");
}

} // namespace

void bind_layout(nb::module_& m) {
    bind_forms(m);
    bind_models_asked(m);
    bind_arithmetic(m);
    bind_columns(m);
    bind_problem(m);
    bind_changes_asked(m);
    bind_groups(m);
}

} // namespace suffice
