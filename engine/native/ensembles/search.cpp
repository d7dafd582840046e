#include "search.hpp"

#include "choosing.hpp"
#include "filter.hpp"
#include "front.hpp"
#include "merge.hpp"
#include "moves.hpp"

namespace suffice {

namespace {

enum class Mode { dive, plain, merged };

// Bring a point into a set of allowed cells, in one attribute.
void bring_in(const Attribute& attribute, Span span, Ints barred, std::int32_t& cell) {
    if (attribute.interval) {
        cell = static_cast<std::int32_t>(std::max(span.lo, std::min<Index>(cell, span.hi)));
        return;
    }
    if (barred[attribute.cells + cell] == 0) return;
    for (Index c = 0; c < attribute.count; ++c) {
        if (barred[attribute.cells + c] != 0) continue;
        cell = static_cast<std::int32_t>(c);
        return;
    }
}

// Make the point the one of the search's box that is nearest to another one, attribute by attribute.
void nearest_point(const Layout& layout, Ints prefer, Workspace& work) {
    for (Index a = 0; a < prefer.size(); ++a) {
        work.point[a] = prefer[a];
        bring_in(layout.attribute[a], work.span[a], work.barred, work.point[a]);
    }
}

// What to branch on at a node. No sides: nothing is to be found here; minus one: `work.point` is bad.
Choice choose(const Problem& problem, Ints prefer, Mode mode, Index depth, Workspace& work) {
    const Layout& layout = problem.layout;
    if (hopeless(work)) return {-1, 1, 0};
    if (mode != Mode::dive && layout.n_listed_cells() > 0 && filter_cells(layout, work)) return {-1, 1, 0};
    const FrontState state = look(work);
    if (depth == 0 || state == FrontState::settled) {
        nearest_point(layout, prefer, work);
        if (is_bad(problem, work.point, work)) return {-1, 1, -1};
    }
    if (state == FrontState::coarse) return {DEEPER, 1, 1};
    if (state == FrontState::settled) {
        const Index clause = unmet_clause(layout, work.point);
        const Index e = clause >= 0 ? open_element(layout, work, clause) : -1;
        return {e, 1, e >= 0 ? 2 : 0};
    }
    return mode == Mode::dive ? dive(work) : strong(layout, work);
}

} // namespace

bool is_bad(const Problem& problem, Ints point, Workspace& work) {
    if (unmet_clause(problem.layout, point) >= 0) return false;
    reach_leaves(problem.layout, point, work.leaves);
    return outside(work.leaves, problem.sums, work.scores);
}

void clip(const Layout& layout, const Box& box, Index a, IntsOut point) {
    bring_in(layout.attribute[a], {box.lo[a], box.hi[a]}, box.barred, point[a]);
}

Index open_element(const Layout& layout, const Workspace& work, Index clause) {
    for (Index i = layout.clause_at[clause]; i < layout.clause_at[clause + 1]; ++i) {
        if (decided(layout, work, layout.clause[i].element) == 0) return layout.clause[i].element;
    }
    return -1;
}

Choice turn(Workspace& work, Index depth) {
    const Decision& decision = work.frame[depth];
    undo(work, decision.trail);
    if (decision.element == DEEPER) leave_level(work);
    return {decision.element, -decision.side, decision.sides - 1};
}

void unwind(Workspace& work, Index depth) {
    while (depth > 0) turn(work, --depth);
    undo(work, 0);
}

bool go(const Problem& problem, const Box& box, Index only, Index depth, const Choice& choice, Workspace& work) {
    work.frame[depth] = {choice.element, work.n_trail, choice.side, choice.sides};
    if (choice.element == DEEPER) return deepen(problem, box, only, work);
    decide_element(problem.layout, work, choice.element, choice.side);
    return true;
}

Answer search(const Problem& problem, const Box& box, Index only, Ints prefer, Workspace& work) {
    const Index cost = 1 + problem.layout.n_trees();
    Index depth = 0, patience = 0;
    Mode mode = Mode::dive;
    for (bool begun = false;; begun = true) {
        ++work.nodes;
        if (work.given_up(cost)) return UNKNOWN;
        if (!begun && !start(problem, box, only, work)) return UNKNOWN;
        if (mode == Mode::plain && work.nodes > patience) {
            unwind(work, depth);
            merge_rows(problem.layout, !problem.columns.kind.empty(), work);
            mode = Mode::merged;
            depth = 0;
        }
        Choice choice = choose(problem, prefer, mode, depth, work);
        if (choice.sides < 0) return FOUND;
        if (choice.sides == 0 && mode == Mode::dive && depth > 0) { // it ended nowhere: begin again
            unwind(work, depth);
            mode = Mode::plain;
            depth = 0;
            patience = work.nodes + work.patience;
            continue;
        }
        while (choice.sides == 0) {
            if (depth == 0) return NONE;
            choice = turn(work, --depth);
        }
        if (!go(problem, box, only, depth, choice, work)) return UNKNOWN;
        ++depth;
    }
}

Answer box_holds(const Problem& problem, const Box& box, Ints prefer, Workspace& work) {
    if (problem.choices) {
        const Answer answer = choose(problem, box, prefer, work);
        if (answer != UNKNOWN || work.given_up(0)) return answer;
    }
    bool unknown = false;
    for (Index q = 0; q < problem.columns.n_questions(); ++q) {
        const Index only = problem.columns.question(q);
        if (hopeless_box(problem.columns, box, only)) continue;
        const Answer answer = search(problem, box, only, prefer, work);
        if (answer == FOUND) return FOUND;
        unknown = unknown || answer == UNKNOWN;
    }
    return unknown ? UNKNOWN : NONE;
}

} // namespace suffice
