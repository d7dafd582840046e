// A walk over all sufficient reasons of an ensemble: minimal sets of kept items that hit every counterexample.
//
// Edges are counterexamples, brought near. A set that hits all known ones and has only critical items either holds,
// then it is a sufficient reason, or its box has another counterexample. An item that no known edge shows to be
// critical is looked at by itself: if no input that violates it alone is outside O, no reason contains these items
// together.
#include "narrow.hpp"
#include "walker.hpp"

namespace suffice {

Answer Walker::go_on_sufficient(Workspace& work) {
    while (true) {
        if (work.clock->up()) return UNKNOWN;
        if (walk.has_to_pause(work.nodes)) return FOUND;
        if (walk.fresh()) {
            if (at_node(work) == UNKNOWN) return UNKNOWN;
            continue;
        }
        const Index v = walk.next_item();
        if (v < 0) {
            if (walk.depth() == 0) return NONE;
            leave_kept();
        } else if (try_kept(v, work) == UNKNOWN) {
            walk.try_again(v);
            return UNKNOWN;
        }
    }
}

// Go back to the node above.
void Walker::leave_kept() {
    const Index v = walk.leave();
    if (v >= 0) release_item(v);
}

// Branch on an edge, or find a new one, or a reason; UNKNOWN: a search was given up.
Answer Walker::at_node(Workspace& work) {
    const Index edge = walk.missed_edge();
    if (edge >= 0) {
        walk.branch(edge);
        return NONE;
    }
    Answer answer = ask(question_.cells, work);
    if (answer == FOUND) return learn(-1, false, work);
    for (Index i = 0; i < walk.depth(); ++i) {
        if (answer == UNKNOWN) return UNKNOWN;
        const Index v = walk.chosen(i);
        if (walk.critical(v, walk.depth())) continue;
        answer = ask_without(v, work);
        if (answer == NONE) { // not minimal
            leave_kept();
            return NONE;
        }
        if (answer == FOUND) answer = learn(items_.unit[v], false, work);
    }
    if (answer == UNKNOWN) return UNKNOWN;
    walk.record(walk.depth());
    leave_kept();
    return NONE;
}

// Go down with an item if all chosen ones stay critical; UNKNOWN: a search was given up. If one does not, none of the
// sets below this node has both, so the item is no candidate any more.
Answer Walker::try_kept(Index v, Workspace& work) {
    walk.look_ahead(v);
    const Index depth = walk.depth();
    for (Index i = 0; i < depth; ++i) {
        if (same_side(walk.chosen(i), v)) return NONE; // v implies it: an edge that v hits and it misses is here
    }
    bool placed = false;
    for (Index i = depth; i >= 0; --i) {
        const Index k = walk.chosen(i);
        if (walk.critical(k, depth + 1)) continue;
        if (!placed) keep_item(v);
        placed = true;
        Answer answer = ask_without(k, work);
        if (answer == FOUND) {
            answer = learn(items_.unit[k], true, work);
            if (answer == NONE) continue;
        }
        release_item(v);
        return answer;
    }
    if (!placed) keep_item(v);
    walk.descend();
    return NONE;
}

// Leave only the cells that an item allows.
void Walker::keep_item(Index v) {
    const Index unit = items_.unit[v];
    if (!items_.literals)
        fix_group(unit);
    else if (is_below(v))
        set_range(layout(), box_, unit, items_.cut[v] + 1, box_.hi[unit]);
    else
        set_range(layout(), box_, unit, box_.lo[unit], items_.cut[v]);
}

// Allow again what an item, the only one on its side, excluded.
void Walker::release_item(Index v) {
    const Index unit = items_.unit[v];
    if (!items_.literals)
        open_group(unit);
    else if (is_below(v))
        set_range(layout(), box_, unit, question_.outer.lo[unit], box_.hi[unit]);
    else
        set_range(layout(), box_, unit, box_.lo[unit], question_.outer.hi[unit]);
}

// Answer whether some input that violates a kept item, but no other one, is outside O. For a feature of several
// attributes: whether one is that may violate it.
Answer Walker::ask_without(Index v, Workspace& work) {
    const Index unit = items_.unit[v];
    if (items_.literals) return ask_literal_violated(v, work);
    const Index first = items_.groups.at[unit];
    Answer answer = NONE;
    if (items_.groups.at[unit + 1] - first == 1) {
        answer = ask_attribute_changed(items_.groups.members[first], work);
    } else {
        open_group(unit);
        answer = ask(question_.cells, work);
    }
    fix_group(unit);
    return answer;
}

Answer Walker::ask_literal_violated(Index v, Workspace& work) {
    const Index unit = items_.unit[v], lo = box_.lo[unit], hi = box_.hi[unit], cell = far_cell(v);
    if (cell < question_.outer.lo[unit] || cell > question_.outer.hi[unit]) return NONE;
    set_range(layout(), box_, unit, cell, cell);
    const Answer answer = ask(question_.cells, work);
    set_range(layout(), box_, unit, lo, hi);
    return answer;
}

// Answer for all cells of an attribute but the instance's; the box is left so.
Answer Walker::ask_attribute_changed(Index a, Workspace& work) {
    const Attribute& attribute = layout().attribute[a];
    const Index cell = question_.cells[a];
    if (!attribute.interval) {
        Index left = 0;
        for (Index c = 0; c < attribute.count; ++c) {
            const bool barred = c == cell || question_.outer.barred[attribute.cells + c] != 0;
            box_.barred[attribute.cells + c] = barred ? 1 : 0;
            left += barred ? 0 : 1;
        }
        refresh_cells(layout(), box_, a);
        return left > 0 ? ask(question_.cells, work) : NONE;
    }
    Answer answer = NONE;
    if (question_.outer.lo[a] < cell) {
        set_range(layout(), box_, a, question_.outer.lo[a], cell - 1);
        answer = ask(question_.cells, work);
    }
    if (answer == NONE && question_.outer.hi[a] > cell) {
        set_range(layout(), box_, a, cell + 1, question_.outer.hi[a]);
        answer = ask(question_.cells, work);
    }
    return answer;
}

} // namespace suffice
