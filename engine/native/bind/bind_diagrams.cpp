// Decision diagrams: built from edges or clauses, counted, and listed by cost.
#include "../diagrams/arrange.hpp"
#include "../diagrams/cheapest.hpp"
#include "../diagrams/counts.hpp"
#include "arrays.hpp"
#include "clock.hpp"
#include "edges.hpp"
#include "modules.hpp"

#include <nanobind/stl/optional.h>
#include <nanobind/stl/pair.h>
#include <nanobind/stl/unique_ptr.h>

namespace suffice {

namespace {

using nb::gil_scoped_release;

// A family of minimal closed hitting sets that is being built.
struct FamilyBuild {
    Buffer<std::int32_t> element;
    Conjunction edges;
};

// The models of a formula that are being gathered.
struct ModelBuild {
    Conjunction clauses;
};

template <class T> Buffer<T> buffer_of(const std::vector<T>& values) {
    Buffer<T> out(static_cast<Index>(values.size()));
    std::copy(values.begin(), values.end(), out.begin());
    return out;
}

// The members of a joint element have one parent, nothing below them, and no other joint element.
void check_joint(Ints parent, Longs joint_start, Ints joint_member) {
    std::vector<bool> taken(static_cast<std::size_t>(parent.size()));
    for (Index above : parent) {
        if (above >= 0) taken[static_cast<std::size_t>(above)] = true;
    }
    for (Index k = 0; k + 1 < joint_start.size(); ++k) {
        const Ints members = joint_member.part(joint_start[k], joint_start[k + 1]);
        demand(!members.empty(), "a joint element has no members");
        for (std::int32_t i : members) {
            demand(parent[i] == parent[members[0]], "members of a joint element differ in what implies them");
            demand(!taken[static_cast<std::size_t>(i)], "a member of a joint element has others below, or is taken");
            taken[static_cast<std::size_t>(i)] = true;
        }
    }
}

void make_family(FamilyBuild* self, Longs start, Ints member, Ints parent, Longs joint_start, Ints joint_member,
                 Reals hint) {
    demand(hint.size() == parent.size(), "hint: expected one for each element");
    check_edges(start, member, parent.size());
    check_edges(joint_start, joint_member, parent.size());
    check_forest(parent);
    check_joint(parent, joint_start, joint_member);
    const ElementForest forest{parent, joint_start, joint_member};
    Arrangement arrangement = arrange(forest, hint);
    Clauses clauses = clauses_of(start, member, forest, arrangement);
    new (self) FamilyBuild{buffer_of(arrangement.element), {std::move(clauses), std::move(arrangement.chains)}};
}

void make_models(ModelBuild* self, Longs start, Ints member, Flags positive, Index n_variables) {
    check_edges(start, member, n_variables);
    demand(positive.size() == member.size(), "positive: expected one for each member");
    for (Index k = 0; k + 1 < start.size(); ++k) {
        for (Index i = start[k]; i + 1 < start[k + 1]; ++i)
            demand(member[i] < member[i + 1], "variables of a clause: expected ascending ones");
    }
    Clauses clauses{{start.begin(), start.end()}, {member.begin(), member.end()}, {positive.begin(), positive.end()}};
    new (self) ModelBuild{{std::move(clauses), Chains::apart(static_cast<std::int32_t>(n_variables))}};
}

void check_primes(Longs primes) {
    for (Index prime : primes) demand(prime > 1 && prime < (Index{1} << 31), "primes: expected some below 2^31");
}

auto count_family(const Diagram& family, Longs primes, Ints group, Index n_groups, PythonClock& clock) {
    check_primes(primes);
    demand(group.size() == family.n_variables(), "group: expected one for each variable");
    check_range(group, 0, n_groups, "group: expected numbers below n_groups");
    return count_sets(family, primes, group, n_groups, clock);
}

auto count_all_models(const Diagram& models, Longs primes, PythonClock& clock) {
    check_primes(primes);
    return count_models(models, primes, clock);
}

void bind_finished(nb::module_& m) {
    nb::class_<CheapestFirst>(m, "CheapestFirst", "The sets of a family one by one, cheapest first.")
        .def("next", &CheapestFirst::next, nb::call_guard<gil_scoped_release>(),
             "The next cost, and its set of elements (ascending); None if there is none.");
    nb::class_<Diagram>(m, "Diagram", "A finished decision diagram.")
        .def_prop_ro("n_nodes", &Diagram::size)
        .def_prop_ro(
            "nodes",
            [](const Diagram& diagram) {
                Buffer<std::int32_t, 2> out(diagram.size(), 3);
                for (Index i = 0; i < diagram.size(); ++i) {
                    out(i, 0) = diagram[i].variable;
                    out(i, 1) = diagram[i].low;
                    out(i, 2) = diagram[i].high;
                }
                return out;
            },
            "Variable, low and high child of each node, children first; 0 and 1 are the terminals (of a constant "
            "alone).")
        .def_ro("is_bottom", &Diagram::is_bottom, "Whether it is the constant without a model.")
        .def(
            "magnitude", [](const Diagram& diagram, PythonClock& clock) { return diagram.magnitude(clock); },
            nb::arg("clock"), nb::call_guard<gil_scoped_release>(),
            "The number of paths to the terminal 1, in floating point; None if time is up.")
        .def("count_sets", &count_family, nb::arg("primes"), nb::arg("group"), nb::arg("n_groups"), nb::arg("clock"),
             nb::call_guard<gil_scoped_release>(),
             "The number of sets (column 0), and of those with a variable of each group, modulo 2^64 and each prime.")
        .def("count_models", &count_all_models, nb::arg("primes"), nb::arg("clock"),
             nb::call_guard<gil_scoped_release>(),
             "The number of models over all variables, modulo 2^64 and each prime.")
        .def(
            "cheapest_first",
            [](const Diagram& family, Ints element, Reals cost) {
                demand(element.size() == family.n_variables(), "element: expected one for each variable");
                check_range(element, 0, cost.size(), "cost: expected one for each element");
                return std::make_unique<CheapestFirst>(family, element, cost);
            },
            nb::arg("element"), nb::arg("cost"), nb::keep_alive<0, 1>(), nb::call_guard<gil_scoped_release>(),
            "List the sets of a family by the sum of the non-negative costs of their elements.");
}

} // namespace

void bind_diagrams(nb::module_& m) {
    bind_finished(m);
    auto family = nb::class_<FamilyBuild>(m, "FamilyBuild", "The minimal closed hitting sets of edges, being built.");
    family
        .def("__init__", &make_family, nb::arg("start"), nb::arg("member"), nb::arg("parent"), nb::arg("joint_start"),
             nb::arg("joint_member"), nb::arg("hint"))
        .def(
            "go_on",
            [](FamilyBuild& self, Index node_limit, PythonClock& clock) {
                return self.edges.minimal(node_limit, clock);
            },
            nb::arg("node_limit"), nb::arg("clock"), nb::call_guard<gil_scoped_release>(),
            "The family; None if so many nodes do not suffice or time is up (call again to go on).")
        .def_prop_ro("n_nodes", [](const FamilyBuild& self) { return self.edges.n_nodes(); });
    show<&FamilyBuild::element>(family, "element");
    nb::class_<ModelBuild>(m, "ModelBuild", "The models of a conjunction of clauses, being gathered.")
        .def("__init__", &make_models, nb::arg("start"), nb::arg("member"), nb::arg("positive"), nb::arg("n_variables"))
        .def(
            "go_on",
            [](ModelBuild& self, Index node_limit, PythonClock& clock) {
                return self.clauses.models(node_limit, clock);
            },
            nb::arg("node_limit"), nb::arg("clock"), nb::call_guard<gil_scoped_release>(),
            "The models; None if so many nodes do not suffice or time is up (call again to go on).")
        .def_prop_ro("n_nodes", [](const ModelBuild& self) { return self.clauses.n_nodes(); });
}

} // namespace suffice
