// A walk over all sufficient reasons of an ensemble: minimal sets of kept items that hit every counterexample.
//
// Edges are counterexamples, brought near. A set that hits all known ones and has only critical items either holds,
// then it is a sufficient reason, or its box has another counterexample. What no known edge shows to be critical is put
// off: each search tells a reason or an edge, and none is made to tell that there is nothing.
#include "walker.hpp"

namespace suffice {

namespace {

constexpr Index edges_a_step = 20; // that are looked at for what was put off

} // namespace

Answer Walker::go_on_sufficient(Workspace& work) {
    while (true) {
        if (work.clock->up()) return UNKNOWN;
        if (walk.has_to_pause(work.nodes)) return FOUND;
        if (walk.fresh()) {
            if (at_node(work) == UNKNOWN) return UNKNOWN;
            continue;
        }
        if (const Index v = walk.next_item(); v >= 0)
            try_kept(v);
        else if (walk.depth() > 0)
            leave_kept();
        else if (!resume_kept(work))
            return NONE;
    }
}

// Go back to the node above.
void Walker::leave_kept() {
    const Index v = walk.leave();
    if (v >= 0) release_item(v);
}

// At the root: look at a node where something was put off; false: the walk has ended.
bool Walker::resume_kept(Workspace& work) {
    walk.leave();
    if (!walk.has_to_resume()) return false;
    work.clock->up(walk.resume() / edges_a_step);
    for (Index i = 0; i < walk.depth(); ++i) keep_item(walk.chosen(i));
    return true;
}

// Branch on an edge, or find a new one, or a reason; UNKNOWN: a search was given up.
Answer Walker::at_node(Workspace& work) {
    const Index edge = walk.missed_edge();
    if (edge >= 0) {
        walk.branch(edge);
        return NONE;
    }
    const Answer answer = ask(question_.cells, work);
    if (answer == FOUND) return learn(work);
    if (answer == UNKNOWN) return UNKNOWN;
    walk.record(walk.depth());
    leave_kept();
    return NONE;
}

// Go down with an item if all chosen ones stay critical; if one does not, put the item off.
void Walker::try_kept(Index v) {
    walk.look_ahead(v);
    const Index depth = walk.depth();
    for (Index i = 0; i < depth; ++i) {
        if (same_side(walk.chosen(i), v)) return; // v implies it: an edge that v hits and it misses is here
    }
    for (Index i = depth; i >= 0; --i) {
        if (!walk.critical(walk.chosen(i), depth + 1)) return walk.put_off(v);
    }
    keep_item(v);
    walk.descend();
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

} // namespace suffice
