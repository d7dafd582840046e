#include "narrow.hpp"

#include "cells.hpp"

#include <cstdlib>

namespace suffice {

namespace {

constexpr Index pulls = 64; // cells of one attribute that are tried without a search

// What brings a counterexample near: it and the box change.
struct Narrowing {
    const ChangeQuestion& q;
    const Layout& layout;
    Box& box;
    IntsOut point;
    Ints order;
    Workspace& work;
    Index look_work; // how long one look at a point takes, in hundreds of nanoseconds

    Narrowing(const ChangeQuestion& question, Box& its_box, IntsOut its_point, Ints its_order, Workspace& its_work)
        : q(question), layout(question.problem.layout), box(its_box), point(its_point), order(its_order),
          work(its_work), look_work(1 + layout.n_trees() / 8) {}

    bool is_bad_now() { return is_bad(q.problem, point, work); }
    bool time_up(Index done = 1) { return work.clock->up(done); }
    Answer search_box() { return box_holds(q.problem, box, q.cells, work); }
};

// Write the cells of a listed attribute that differ from `cell` on no literal on which `far` does not.
void write_span(const Layout& layout, Index a, Index cell, Index far, Words room) {
    fill_set(layout, a, room, ~Word{0});
    for (Index e = layout.attribute[a].base; e < layout.attribute[a + 1].base; ++e) {
        if (layout.true_in(e, far) == layout.true_in(e, cell)) keep_alike(layout, a, e, cell, room);
    }
}

// Allow what is between the instance's cell and another one on an attribute (to be settled).
void put_span(const ChangeQuestion& q, Box& box, Index a, Index far) {
    const Layout& layout = q.problem.layout;
    const Attribute& attribute = layout.attribute[a];
    const Index cell = q.cells[a];
    if (attribute.interval) {
        const Index lo = std::min(cell, far), hi = std::max(cell, far);
        if (box.lo[a] != lo || box.hi[a] != hi) put_range(layout, box, a, lo, hi);
        return;
    }
    bool changed = false;
    write_span(layout, a, cell, far, box.room);
    for (Index c = 0; c < attribute.count; ++c) {
        std::int32_t& barred = box.barred[attribute.cells + c];
        const int now = q.outer.barred[attribute.cells + c] == 0 && in_set(layout, a, c, box.room) ? 0 : 1;
        changed = changed || now != barred;
        barred = now;
    }
    if (changed) put_cells(layout, box, a);
}

void span_attribute(const ChangeQuestion& q, Box& box, Index a, Index far) {
    put_span(q, box, a, far);
    settle(q.problem.layout, box);
}

// Try the cells from the instance's on, up to the point's.
void pull_interval(Narrowing& n, Index a, Index cell, Index far) {
    const Index step = far > cell ? 1 : -1;
    const Index tries = std::min(pulls, std::abs(far - cell));
    for (Index i = 0; i < tries; ++i) {
        n.point[a] = static_cast<std::int32_t>(cell + step * i);
        if (n.is_bad_now()) return;
    }
    n.point[a] = static_cast<std::int32_t>(far);
}

// Try the cells that differ from the instance's on fewer literals than the point's.
void pull_listed(Narrowing& n, Index a, Index cell) {
    const Attribute& attribute = n.layout.attribute[a];
    write_span(n.layout, a, cell, n.point[a], n.work.room);
    Index c = 0;
    while (c < attribute.count) {
        const std::int32_t old = n.point[a];
        const Index tried = c++;
        if (n.q.outer.barred[attribute.cells + tried] != 0 || tried == cell || tried == old) continue;
        if (!in_set(n.layout, a, tried, n.work.room)) continue;
        n.point[a] = static_cast<std::int32_t>(tried);
        if (n.is_bad_now()) {
            write_span(n.layout, a, cell, tried, n.work.room);
            c = 0; // cells that were refused before the move may be tried again: few are left
        } else {
            n.point[a] = old;
        }
        if (n.time_up(n.look_work)) return;
    }
}

// Bring the point's cell on one attribute nearer as long as the point stays bad, without a search.
void pull_attribute(Narrowing& n, Index a) {
    const Index cell = n.q.cells[a], far = n.point[a];
    if (far == cell) return;
    if (n.layout.attribute[a].interval) return pull_interval(n, a, cell, far);
    n.point[a] = static_cast<std::int32_t>(cell);
    if (n.is_bad_now()) return;
    n.point[a] = static_cast<std::int32_t>(far);
    pull_listed(n, a, cell);
}

// Bring the point near without searches, and make the box its span; false: time was up.
bool take(Narrowing& n, Index first) {
    for (Index i = first; i < n.order.size(); ++i) {
        const Index a = n.order[i];
        if (n.point[a] == n.q.cells[a]) continue;
        const Index tries = std::min<Index>(pulls, std::abs(n.point[a] - n.q.cells[a]));
        if (n.time_up(tries * n.look_work)) return false;
        pull_attribute(n, a);
    }
    for (Index a = 0; a < n.point.size(); ++a) put_span(n.q, n.box, a, n.point[a]);
    settle(n.layout, n.box);
    return !n.time_up(n.point.size() / 8 + 1);
}

// The counterexample of a search takes the point's place.
bool take_found(Narrowing& n, Index first) {
    n.point.copy_from(n.work.point);
    return take(n, first);
}

// Bring one attribute's cell as near as the span has a counterexample.
Answer narrow_interval(Narrowing& n, Index first) {
    const Index a = n.order[first], cell = n.q.cells[a];
    Index refused = -1; // so many steps from the instance's cell there is none
    bool found = false;
    while (std::abs(n.point[a] - cell) > refused + 1) {
        const Index extent = std::abs(n.point[a] - cell);
        Index goal = refused < 0 ? 0 : extent - 1;
        if (found && refused >= 0) goal = (refused + extent) / 2; // halves from here on
        const Index edge = n.point[a] > cell ? cell + goal : cell - goal;
        set_range(n.layout, n.box, a, std::min(cell, edge), std::max(cell, edge));
        const Answer answer = n.search_box();
        if (answer == FOUND) {
            found = true;
            if (!take_found(n, first)) return UNKNOWN;
            continue;
        }
        if (answer == UNKNOWN) return UNKNOWN;
        span_attribute(n.q, n.box, a, n.point[a]);
        refused = goal;
    }
    return NONE;
}

// Bar the cells of a listed attribute on which an element is not as in the instance; false: that asks for nothing new.
bool keep_literal(Narrowing& n, Index a, Index e) {
    const Attribute& attribute = n.layout.attribute[a];
    const bool here = n.layout.true_in(e, n.q.cells[a]);
    if (here == n.layout.true_in(e, n.point[a])) return false;
    Index left = 0;
    for (Index c = 0; c < attribute.count; ++c)
        left += n.box.barred[attribute.cells + c] == 0 && n.layout.true_in(e, c) == here;
    if (left <= 1) return false; // no other cell than the instance's has it, and that was refused first
    for (Index c = 0; c < attribute.count; ++c) {
        if (n.layout.true_in(e, c) != here) n.box.barred[attribute.cells + c] = 1;
    }
    refresh_cells(n.layout, n.box, a);
    return true;
}

// Keep more literals of one listed attribute, each with what it implies, while a counterexample is left.
Answer narrow_listed(Narrowing& n, Index first) {
    const Index a = n.order[first], cell = n.q.cells[a];
    const Index base = n.layout.attribute[a].base, end = n.layout.attribute[a + 1].base;
    for (Index e = base - 1; e < end && n.point[a] != cell; ++e) { // first all of them at once
        if (e < base)
            fix_attribute(n.layout, n.box, a, cell);
        else if (!keep_literal(n, a, e))
            continue;
        const Answer answer = n.search_box();
        if (answer == UNKNOWN) return UNKNOWN;
        if (answer == NONE)
            span_attribute(n.q, n.box, a, n.point[a]);
        else if (!take_found(n, first))
            return UNKNOWN;
    }
    return NONE;
}

// Put back groups without searches; open in the box those that still differ, within the outer box. False: time was up.
bool take_groups(Narrowing& n, const Groups& groups, Index first) {
    for (Index i = first; i < n.order.size(); ++i) {
        const Index g = n.order[i];
        if (!differs(groups, g, n.q.cells, n.point)) continue;
        if (n.time_up(n.look_work)) return false;
        n.work.point.copy_from(n.point);
        for (Index j = groups.at[g]; j < groups.at[g + 1]; ++j)
            n.work.point[groups.members[j]] = n.q.cells[groups.members[j]];
        if (is_bad(n.q.problem, n.work.point, n.work)) n.point.copy_from(n.work.point);
    }
    for (Index g = 0; g < groups.size(); ++g) {
        const bool open = differs(groups, g, n.q.cells, n.point);
        for (Index j = groups.at[g]; j < groups.at[g + 1]; ++j) {
            const Index a = groups.members[j];
            if (open)
                put_within(n.q, n.box, a);
            else
                put_cell(n.layout, n.box, a, n.q.cells[a]);
        }
    }
    settle(n.layout, n.box);
    return !n.time_up(groups.members.size() / 8 + 1);
}

} // namespace

Buffer<bool> differing_elements(const Layout& layout, Ints cells, Ints point) {
    Buffer<bool> out(layout.n_elements());
    for (Index a = 0; a < layout.n_attributes(); ++a) {
        if (cells[a] == point[a]) continue;
        for (Index e = layout.attribute[a].base; e < layout.attribute[a + 1].base; ++e)
            out[e] = layout.side_in_cell(a, e, cells[a]) != layout.side_in_cell(a, e, point[a]);
    }
    return out;
}

bool differs(const Groups& groups, Index g, Ints cells, Ints point) {
    for (Index i = groups.at[g]; i < groups.at[g + 1]; ++i) {
        if (point[groups.members[i]] != cells[groups.members[i]]) return true;
    }
    return false;
}

Buffer<bool> differing_groups(const Groups& groups, Ints cells, Ints point) {
    Buffer<bool> out(groups.size());
    for (Index g = 0; g < groups.size(); ++g) out[g] = differs(groups, g, cells, point);
    return out;
}

void put_within(const ChangeQuestion& q, Box& box, Index a) {
    const Layout& layout = q.problem.layout;
    const Attribute& attribute = layout.attribute[a];
    if (attribute.interval) return put_range(layout, box, a, q.outer.lo[a], q.outer.hi[a]);
    bool changed = false;
    for (Index c = 0; c < attribute.count; ++c) {
        std::int32_t& barred = box.barred[attribute.cells + c];
        const int now = q.outer.barred[attribute.cells + c] == 0 ? 0 : 1;
        changed = changed || (now != 0) != (barred != 0);
        barred = now;
    }
    if (changed) put_cells(layout, box, a);
}

void open_within(const ChangeQuestion& q, Box& box, Index a) {
    put_within(q, box, a);
    settle(q.problem.layout, box);
}

Answer narrow_literals(const ChangeQuestion& q, Box& box, IntsOut point, Ints order, Workspace& work) {
    Narrowing n(q, box, point, order, work);
    if (!take(n, 0)) return UNKNOWN;
    for (Index i = 0; i < order.size(); ++i) {
        const bool interval = n.layout.attribute[order[i]].interval;
        if ((interval ? narrow_interval(n, i) : narrow_listed(n, i)) == UNKNOWN) return UNKNOWN;
    }
    return NONE;
}

Answer narrow_groups(const ChangeQuestion& q, Box& box, const Groups& groups, IntsOut point, Ints order,
                     Workspace& work) {
    Narrowing n(q, box, point, order, work);
    if (!take_groups(n, groups, 0)) return UNKNOWN;
    for (Index i = 0; i < order.size(); ++i) {
        const Index g = order[i];
        if (!differs(groups, g, q.cells, point)) continue;
        for (Index j = groups.at[g]; j < groups.at[g + 1]; ++j)
            put_cell(n.layout, box, groups.members[j], q.cells[groups.members[j]]);
        settle(n.layout, box);
        const Answer answer = n.search_box();
        if (answer == UNKNOWN) return UNKNOWN;
        if (answer == FOUND) point.copy_from(work.point);
        if (!take_groups(n, groups, i + 1)) return UNKNOWN;
    }
    return NONE;
}

} // namespace suffice
