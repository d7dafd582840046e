#include "reason.hpp"

namespace suffice {

namespace {

// Room for one row after another.
struct Row {
    Buffer<bool> truth;
    Buffer<std::int32_t> cells;
    Buffer<bool> good;
    Buffer<double> cost;
    EdgeList raw;
    Edges edges;

    Row(const Space& space, Index n_outcomes)
        : truth(space.conditions.size()), cells(space.n_attributes()), good(n_outcomes),
          cost(Buffer<double>::full({space.n_elements()}, 1.0)) {}
};

// Add the reason of a row to the literals.
void add_reason(const Space& space, const Row& row, std::vector<std::int32_t>& literals) {
    const Index n = row.edges.n_elements();
    const auto kept = minimal_hitting_set(row.edges, row.cost.part(0, n), Buffer<bool>::full({n}, true));
    if (!kept) {
        literals.push_back(0); // no literal has this number
        return;
    }
    const auto begin = static_cast<std::ptrdiff_t>(literals.size());
    for (const std::int32_t element : written(row.edges, *kept)) {
        literals.push_back(space.signed_literal(element, row.truth));
    }
    const auto lower = [](std::int32_t one, std::int32_t other) { return std::abs(one) < std::abs(other); };
    std::sort(literals.begin() + begin, literals.end(), lower);
}

} // namespace

RowReasons explain_rows(const Space& space, const Tree& tree, const LeafTable& leaves, Array<const double, 2> rows,
                        Flags banned, Clock& clock) {
    RowReasons out;
    Index n_outcomes = leaves.n_outcomes;
    for (const std::int32_t outcome : tree.outcome) n_outcomes = std::max<Index>(n_outcomes, outcome + 1);
    Row row(space, n_outcomes);
    const Index work = 1 + leaves.attribute.size() / 32;
    for (Index r = 0; r < rows.size(); ++r) {
        if (r > 0 && clock.up(work)) break;
        evaluate(space.conditions, rows.row(r), row.truth);
        locate(space, row.truth, row.cells);
        const std::int32_t own = tree.outcome[reached_leaf(tree, row.truth)];
        row.good.fill(false);
        row.good[own] = true;
        const LeafQuestion question{space, leaves, row.cells, row.good, false};
        edges_of_ranges(question, row.raw);
        localise_in_space(question, row.raw, banned, {}, row.edges);
        add_reason(space, row, out.literals);
        out.outcome.push_back(own);
        out.offsets.push_back(static_cast<Index>(out.literals.size()));
    }
    return out;
}

} // namespace suffice
