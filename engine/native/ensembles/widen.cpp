#include "widen.hpp"

#include "alone.hpp"
#include "widening.hpp"

namespace suffice {

namespace {

constexpr Index pulls = 64; // cells that are tried to bring a counterexample nearer

// Bring the counterexample's cell on one attribute as near to the kept bound as it stays one; return it.
Index pull(Widening& widening, Index a, Index kept) {
    std::int32_t& cell = widening.guide[a];
    const std::int32_t far = cell;
    const std::int32_t step = far > kept ? 1 : -1;
    const Index cost = cost_of_decision(widening.problem.layout);
    cell = static_cast<std::int32_t>(kept + step);
    for (Index tries = 0; cell != far && tries < pulls; ++tries, cell += step) {
        if (is_bad(widening.problem, widening.guide, widening.work)) return cell;
        if (widening.work.given_up(cost)) break;
    }
    cell = far;
    return far;
}

// Move one bound of an interval attribute outwards as far as the box holds. The end is tried first; a counterexample in
// a cell says that nothing from it on can be allowed, so the next try ends before it; from some tries on, halfway.
Answer widen_side(Widening& widening, Index a, bool up) {
    const Layout& layout = widening.problem.layout;
    Box& box = widening.box;
    const Mode mode = widening.mode;
    const Index lo = box.lo[a], hi = box.hi[a], step = up ? 1 : -1;
    Index kept = up ? hi : lo, end = up ? layout.attribute[a].count - 1 : 0, tries = 0;
    const Index cost = cost_of_change(layout, a);
    Answer ended = NONE;
    while (kept != end) {
        if (widening.work.given_up(cost)) {
            ended = UNKNOWN;
            break;
        }
        const bool halve = tries >= (mode == EXACT ? 2 : 1);
        const Index goal = halve ? kept + step * ((std::abs(end - kept) + 1) / 2) : end;
        if (mode == ALONE)
            set_range(layout, box, a, up ? lo : goal, up ? goal : hi);
        else
            set_range(layout, box, a, std::min(kept + step, goal), std::max(kept + step, goal));
        const Answer answer = widening.allows();
        if (answer == NONE) {
            kept = goal;
            continue;
        }
        if (answer == UNKNOWN) {
            ended = UNKNOWN;
            break;
        }
        ++tries;
        end = (mode == EXACT ? pull(widening, a, kept) : goal) - step;
    }
    set_range(layout, box, a, up ? lo : kept, up ? kept : hi);
    return ended;
}

Answer shrink(Widening& widening, Ints cells, FlagsOut kept, Ints order) {
    for (Index a : order) {
        if (!widening.problem.layout.attribute[a].interval) {
            if (widen_listed(widening, a, cells[a], kept) == UNKNOWN) return UNKNOWN;
            continue;
        }
        for (bool up : {true, false}) {
            if (widen_side(widening, a, up) == UNKNOWN) return UNKNOWN;
        }
    }
    return NONE;
}

} // namespace

Answer Widening::allows() {
    if (bounds_decide(problem.columns, box)) return NONE;
    if (mode == ALONE) return alone_decides(problem, box, work) ? NONE : FOUND;
    if (mode == QUICK) return FOUND;
    for (Index i = 0; i < pool.size(); ++i) {
        if (!recall(i) || !is_bad(problem, guide, work)) continue;
        pool.row(i).copy_from(guide);
        return FOUND;
    }
    const Answer answer = box_holds(problem, box, guide, work);
    if (answer == FOUND) remember();
    return answer;
}

void Widening::remember() {
    guide.copy_from(work.point);
    for (Index i = pool.size() - 1; i > 0; --i) pool.row(i).copy_from(pool.row(i - 1));
    if (pool.size() > 0) pool.row(0).copy_from(guide);
}

bool Widening::recall(Index i) {
    if (pool(i, 0) < 0) return false;
    guide.copy_from(pool.row(i));
    for (Index a = 0; a < guide.size(); ++a) clip(problem.layout, box, a, guide);
    return true;
}

Answer shrink_literals(const Problem& problem, Box& box, Ints cells, FlagsOut kept, Ints order, Mode mode,
                       IntsOut guide, Array<std::int32_t, 2> pool, Workspace& work) {
    Widening widening{problem, box, mode, guide, pool, work};
    return shrink(widening, cells, kept, order);
}

Answer shrink_listed(const Problem& problem, Leaves& leaves, Box& box, Ints cells, FlagsOut kept, Ints order, Mode mode,
                     IntsOut guide, Array<std::int32_t, 2> pool, Workspace& work) {
    Widening widening{problem, box, mode, guide, pool, work, &leaves};
    return shrink(widening, cells, kept, order);
}

} // namespace suffice
