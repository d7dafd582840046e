#include "nearest.hpp"

#include "front.hpp"
#include "merge.hpp"
#include "moves.hpp"
#include "narrow.hpp"

#include <algorithm>

namespace suffice {

namespace {

constexpr double first_part = 16.0; // the first budget is this part of the best known cost
constexpr double rounding = 1e-12;  // a cost that is lower by less is no improvement

// More than the least positive cost, so that the first budget has room for some change.
double least_step(const Costs& costs) {
    double least = 0.0;
    for (double cost : costs.of) {
        if (cost > 0 && (least == 0 || cost < least)) least = cost;
    }
    return 1.5 * least;
}

// One search for the cheapest point below a limit, by one column or (-1) by all of them together.
struct Hunt {
    const ChangeQuestion& q;
    const Layout& layout;
    const Costs& costs;
    Box& box; // any box over the layout
    Index only;
    Workspace& work;
    double limit;                // what the point must cost less than; its cost, when one is found
    Buffer<std::int32_t>& point; // where it is written
};

// Make the point the cheapest one of the search's box; return its cost.
double take_cheapest(Hunt& hunt) {
    double total = 0.0;
    const IntsOut point = hunt.work.point;
    for (Index a = 0; a < point.size(); ++a) {
        const Attribute& attribute = hunt.layout.attribute[a];
        if (attribute.interval) {
            const Span span = hunt.work.span[a];
            point[a] = static_cast<std::int32_t>(std::min(std::max<Index>(hunt.q.cells[a], span.lo), span.hi));
        } else {
            Index best = -1;
            for (Index c = 0; c < attribute.count; ++c) {
                const bool allowed = hunt.work.barred[attribute.cells + c] == 0;
                if (allowed && (best < 0 || hunt.costs(a, c) < hunt.costs(a, best))) best = c;
            }
            point[a] = static_cast<std::int32_t>(best);
        }
        total += hunt.costs(a, point[a]);
    }
    return total;
}

// The part of a range of cells that costs less than `rest` beyond one of its cells.
Span affordable(const Costs& costs, Index a, Index cell, double rest, Span span) {
    const double most = costs(a, cell) + rest;
    while (span.lo < cell && costs(a, span.lo) >= most) ++span.lo;
    while (span.hi > cell && costs(a, span.hi) >= most) --span.hi;
    return span;
}

// Take away from the box the cells that cost `rest` or more beyond those of the instance.
void afford_in_box(Hunt& hunt, double rest) {
    Box& box = hunt.box;
    for (Index a = 0; a < hunt.q.cells.size(); ++a) {
        const Attribute& attribute = hunt.layout.attribute[a];
        const Index cell = hunt.q.cells[a];
        if (attribute.interval) {
            const Span now = affordable(hunt.costs, a, cell, rest, {box.lo[a], box.hi[a]});
            if (now.lo != box.lo[a] || now.hi != box.hi[a]) put_range(hunt.layout, box, a, now.lo, now.hi);
            continue;
        }
        const double most = hunt.costs(a, cell) + rest;
        for (Index c = 0; c < attribute.count; ++c) {
            if (c != cell && hunt.costs(a, c) >= most) box.barred[attribute.cells + c] = 1;
        }
        put_cells(hunt.layout, box, a);
    }
}

// Take away the cells that cost `rest` or more beyond the point's.
void afford(Hunt& hunt, double rest) {
    Workspace& work = hunt.work;
    for (Index a = 0; a < work.point.size(); ++a) {
        const Attribute& attribute = hunt.layout.attribute[a];
        const Index cell = work.point[a];
        if (attribute.interval) {
            const Span now = affordable(hunt.costs, a, cell, rest, work.span[a]);
            if (now.lo != work.span[a].lo || now.hi != work.span[a].hi)
                narrow_range(hunt.layout, work, a, now.lo, now.hi);
            continue;
        }
        const double most = hunt.costs(a, cell) + rest;
        const Index before = work.n_trail;
        for (Index c = 0; c < attribute.count; ++c) {
            const bool allowed = work.barred[attribute.cells + c] == 0;
            if (allowed && c != cell && hunt.costs(a, c) >= most) bar_cell(hunt.layout, work, a, c);
        }
        if (work.n_trail > before) settle_cells(hunt.layout, work, a);
    }
}

// Look at the cheapest point and take away what is too dear; return what to branch on.
Choice choose(Hunt& hunt) {
    Workspace& work = hunt.work;
    const double price = take_cheapest(hunt);
    const double rest = hunt.limit * (1 - rounding) - price;
    if (rest <= 0 || hopeless(work)) return {};
    afford(hunt, rest);
    if (hopeless(work)) return {};
    const FrontState state = look(work);
    if (is_bad(hunt.q.problem, work.point, work)) {
        hunt.limit = price;
        hunt.point.copy_from(work.point);
        return {};
    }
    if (state == FrontState::coarse) return {DEEPER, 1, 1};
    if (state == FrontState::open) return strong(hunt.layout, work);
    const Index clause = unmet_clause(hunt.layout, work.point);
    const Index e = clause >= 0 ? open_element(hunt.layout, work, clause) : -1;
    return {e, 1, e >= 0 ? 2 : 0};
}

// Make the box what costs less than the limit; false: nothing is to be found there.
bool set_box(Hunt& hunt) {
    for (Index a = 0; a < hunt.q.cells.size(); ++a) put_within(hunt.q, hunt.box, a);
    afford_in_box(hunt, hunt.limit * (1 - rounding));
    settle(hunt.layout, hunt.box);
    return !hopeless_box(hunt.q.problem.columns, hunt.box, hunt.only);
}

// Find the cheapest counterexample below the limit. NONE: nothing else is below it, as it is now; UNKNOWN: given up.
Answer cheaper_point(Hunt& hunt) {
    if (!set_box(hunt)) return NONE;
    Workspace& work = hunt.work;
    const Problem& problem = hunt.q.problem;
    Index depth = 0;
    bool merged = false;
    const Index patience = work.nodes + work.patience;
    const Index node_work = 1 + static_cast<Index>(work.point.size()) / 16;
    if (!start(problem, hunt.box, hunt.only, work)) return UNKNOWN;
    while (true) {
        ++work.nodes;
        if (work.given_up(node_work)) return UNKNOWN;
        if (!merged && work.nodes > patience) {
            depth = 0;
            merged = true;
            if (!start(problem, hunt.box, hunt.only, work)) return UNKNOWN;
            merge_rows(hunt.layout, !problem.columns.kind.empty(), work);
        }
        Choice choice = choose(hunt);
        while (choice.sides == 0) {
            if (depth == 0) return NONE;
            choice = turn(work, --depth);
        }
        if (!go(problem, hunt.box, hunt.only, depth, choice, work)) return UNKNOWN;
        ++depth;
    }
}

// Look for any counterexample in the outer box.
Answer find_any(const ChangeQuestion& q, Box& box, Nearest& known, Workspace& work) {
    for (Index a = 0; a < q.cells.size(); ++a) put_within(q, box, a);
    settle(q.problem.layout, box);
    const Answer answer = box_holds(q.problem, box, q.cells, work);
    if (answer == FOUND) known.know(work.point);
    return answer;
}

} // namespace

double cost_of(const Costs& costs, Ints point) {
    double total = 0.0;
    for (Index a = 0; a < point.size(); ++a) total += costs(a, point[a]);
    return total;
}

Answer find_nearest(const ChangeQuestion& q, Nearest& known, Workspace& work) {
    const Columns& columns = q.problem.columns;
    const Costs& costs = known.costs;
    Box box(q.problem.layout, columns, q.cells);
    known.status = UNKNOWN;
    if (known.point.empty()) {
        const Answer any = find_any(q, box, known, work);
        if (any == NONE) known.lower = known.cost;
        if (any != FOUND) return known.status = any;
    }
    const double price = known.cost;
    for (double budget = std::max(price / first_part, least_step(costs)); price > 0; budget *= 2) {
        Hunt hunt{q, q.problem.layout, costs, box, 0, work, std::min(budget, price), known.point};
        for (Index i = 0; i < columns.n_questions(); ++i) {
            hunt.only = columns.question(i);
            const Answer answer = cheaper_point(hunt);
            known.cost = cost_of(costs, known.point);
            if (answer == UNKNOWN) return UNKNOWN;
        }
        if (known.cost < price || budget >= price) break;
        known.lower = budget;
    }
    known.lower = known.cost;
    return known.status = FOUND;
}

} // namespace suffice
