// Whole groups of attributes: which of them may be free.
#include "widening.hpp"

namespace suffice {

namespace {

Index cost_of_changes(const Layout& layout, Ints attributes) {
    Index cost = 1;
    for (Index a : attributes) cost += 2 * cost_of_change(layout, a);
    return cost;
}

// Free a fixed attribute if what it newly allows holds; it is left free only then.
Answer open_slabs(Widening& widening, Index a, Index cell) {
    const Layout& layout = widening.problem.layout;
    const Attribute& attribute = layout.attribute[a];
    Box& box = widening.box;
    if (widening.mode == ALONE) {
        open_attribute(layout, box, a);
        return widening.allows();
    }
    if (!attribute.interval && attribute.count > 1) {
        for (Index c = 0; c < attribute.count; ++c) box.barred[attribute.cells + c] = c == cell ? 1 : 0;
        refresh_cells(layout, box, a);
        if (const Answer answer = widening.allows(); answer != NONE) return answer;
    }
    if (attribute.interval) {
        for (const Span slab : {Span{cell + 1, attribute.count - 1}, Span{0, cell - 1}}) {
            if (slab.lo > slab.hi) continue;
            set_range(layout, box, a, slab.lo, slab.hi);
            if (const Answer answer = widening.allows(); answer != NONE) return answer;
        }
    }
    open_attribute(layout, box, a);
    return NONE;
}

} // namespace

Answer shrink_groups(const Problem& problem, Box& box, Ints cells, FlagsOut free, const Groups& groups, Ints order,
                     Mode mode, IntsOut guide, Array<std::int32_t, 2> pool, Workspace& work) {
    Widening widening{problem, box, mode, guide, pool, work};
    for (Index g : order) {
        const Ints members = groups.members.part(groups.at[g], groups.at[g + 1]);
        if (work.given_up(cost_of_changes(problem.layout, members))) return UNKNOWN;
        if (free[g]) continue;
        Answer answer = NONE;
        for (Index i = 0; i < members.size() && answer == NONE; ++i) {
            answer = open_slabs(widening, members[i], cells[members[i]]);
        }
        free[g] = answer == NONE;
        if (answer == NONE) continue;
        for (Index a : members) fix_attribute(problem.layout, box, a, cells[a]);
        if (answer == UNKNOWN) return UNKNOWN;
    }
    return NONE;
}

Answer loss_of_groups(const Problem& problem, Box& box, Ints cells, const Groups& groups, RealsOut out,
                      Workspace& work) {
    const auto before = Buffer<Index>::copy_of(box.bound);
    for (Index g = 0; g < groups.size(); ++g) {
        const Ints members = groups.members.part(groups.at[g], groups.at[g + 1]);
        if (work.given_up(cost_of_changes(problem.layout, members))) return UNKNOWN;
        for (Index a : members) open_attribute(problem.layout, box, a);
        double worst = 0.0;
        for (Index k = 0; k < problem.columns.n_telling(); ++k) {
            const double room = std::max(static_cast<double>(problem.columns.need[k] - before[k]), 1.0);
            worst = std::max(worst, static_cast<double>(box.bound[k] - before[k]) / room);
        }
        out[g] = worst;
        for (Index a : members) fix_attribute(problem.layout, box, a, cells[a]);
    }
    return NONE;
}

} // namespace suffice
