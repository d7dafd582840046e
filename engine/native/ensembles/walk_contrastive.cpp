// A walk over all contrastive reasons of an ensemble: minimal sets of freed items that hit every sufficient reason.
//
// Edges are sets of kept items that hold, shrunk. The chosen items span a box that holds; one more is tried on the
// cells that it would allow. If nothing there is outside O the walk goes down. If something is, the set is a
// contrastive reason unless one of the others can be kept; no larger set is one, so the item is no candidate any more.
//
// This is quick where there are fewer sufficient reasons than contrastive ones; the walk over sufficient ones is where
// it is the other way round. Each of them knows the reasons of both kinds when it ends.
#include "walker.hpp"

#include <algorithm>

namespace suffice {

Answer Walker::go_on_contrastive(Workspace& work) {
    while (true) {
        if (work.clock->up()) return UNKNOWN;
        if (walk.has_to_pause(work.nodes)) return FOUND;
        if (walk.fresh()) {
            const Index edge = walk.missed_edge();
            if (edge >= 0)
                walk.branch(edge);
            else if (learn_kept(work) == UNKNOWN)
                return UNKNOWN;
            continue;
        }
        const Index v = walk.next_item();
        if (v < 0) {
            if (walk.depth() == 0) return NONE;
            fix_item(walk.leave());
        } else if (try_freed(v, work) == UNKNOWN) {
            walk.try_again(v);
            return UNKNOWN;
        }
    }
}

// Leave only the instance's cells of an item (and those on the other side of its attribute).
void Walker::fix_item(Index v) {
    const Index unit = items_.unit[v];
    if (items_.literals)
        bound(v, question_.cells[unit]);
    else
        fix_group(unit);
}

// Make a cell the last one that is allowed on the side of a literal.
void Walker::bound(Index v, Index cell) {
    const Index unit = items_.unit[v];
    if (is_below(v))
        set_range(layout(), box_, unit, cell, box_.hi[unit]);
    else
        set_range(layout(), box_, unit, box_.lo[unit], cell);
}

// Allow the cells up to the first that violates an item (`short_of`: the one before it is the last).
void Walker::free_item(Index v, bool short_of) {
    if (items_.literals) {
        const Index nearer = is_below(v) ? 1 : -1;
        bound(v, far_cell(v) + (short_of ? nearer : 0));
    } else if (short_of) {
        fix_item(v);
    } else {
        open_group(items_.unit[v]);
    }
}

// Allow the cells that an item would newly allow, and prefer the far ends of the others.
void Walker::try_cells(Index v) {
    const Index unit = items_.unit[v];
    point_.copy_from(question_.cells);
    if (!items_.literals) return open_group(unit);
    for (Index a = 0; a < point_.size(); ++a) {
        point_[a] = static_cast<std::int32_t>(box_.lo[a] != question_.cells[a] ? box_.lo[a] : box_.hi[a]);
    }
    const Index cell = question_.cells[unit], far = far_cell(v);
    point_[unit] = static_cast<std::int32_t>(far);
    set_range(layout(), box_, unit, std::min(far, cell + 1), std::max(far, cell - 1));
}

// Go down with an item, or write down a contrastive reason; UNKNOWN: a search was given up.
Answer Walker::try_freed(Index v, Workspace& work) {
    walk.look_ahead(v);
    for (Index i = 0; i < walk.depth(); ++i) {
        if (same_side(walk.chosen(i), v)) return NONE; // what violates v violates it too: it is not critical
    }
    const Index a = items_.literals ? items_.unit[v] : 0, lo = box_.lo[a], hi = box_.hi[a];
    try_cells(v);
    const Answer answer = ask(point_, work);
    Answer kept = FOUND;
    if (answer == FOUND) {
        point_.copy_from(work.point);
        kept = could_keep(v, work);
    }
    if (items_.literals)
        set_range(layout(), box_, a, lo, hi);
    else
        fix_item(v);
    if (answer == NONE) {
        free_item(v, false);
        walk.descend();
    } else if (kept == NONE) {
        walk.record(walk.depth() + 1, point_);
    }
    return answer == UNKNOWN || kept == UNKNOWN ? UNKNOWN : NONE;
}

// Answer whether a counterexample with item v violates fewer of the chosen items. The box is the span of the others
// with any cells of v's attribute, where v is a literal.
Answer Walker::could_keep(Index v, Workspace& work) {
    const Index unit = items_.unit[v];
    Answer answer = NONE;
    if (items_.literals) {
        const Index cell = question_.cells[unit], far = far_cell(v), near = far < cell ? far + 1 : far - 1;
        if (near != cell) {
            set_range(layout(), box_, unit, std::min(near, cell + 1), std::max(near, cell - 1));
            answer = ask(question_.cells, work);
        }
        set_range(layout(), box_, unit, far, far);
    }
    const Index depth = walk.depth();
    for (Index i = depth - 1; i >= 0; --i) {
        const Index k = walk.chosen(i);
        if (answer != NONE) return answer;
        if (items_.unit[k] == unit) return FOUND; // the other side of the attribute
        if (walk.critical(k, depth + 1)) continue;
        free_item(k, true);
        answer = ask(question_.cells, work);
        free_item(k, false);
    }
    return answer;
}

// Make the room's box the same as the node's.
void Walker::copy_box_to_room() {
    for (Index a = 0; a < question_.cells.size(); ++a) {
        const Attribute& attribute = layout().attribute[a];
        if (attribute.interval) {
            set_range(layout(), room_, a, box_.lo[a], box_.hi[a]);
            continue;
        }
        for (Index c = 0; c < attribute.count; ++c)
            room_.barred[attribute.cells + c] = box_.barred[attribute.cells + c];
        refresh_cells(layout(), room_, a);
    }
}

// Make what the span leaves of the kept items, shrunk, an edge; UNKNOWN: a search was given up.
Answer Walker::learn_kept(Workspace& work) {
    copy_box_to_room();
    free_.fill(items_.literals);
    for (Index i = 0; i < walk.depth(); ++i) free_[items_.unit[walk.chosen(i)]] = true;
    const Ints order = list_units();
    const Problem& problem = question_.problem;
    for (const Mode mode : {ALONE, EXACT}) {
        const Answer answer =
            items_.literals ? shrink_literals(problem, room_, question_.cells, kept_, order, mode, guide_, pool_, work)
                            : shrink_groups(problem, room_, question_.cells, free_, items_.groups, order, mode, guide_,
                                            pool_, work);
        if (answer == UNKNOWN) return UNKNOWN;
    }
    if (items_.literals)
        add_kept_literals();
    else
        add_kept_groups();
    walk.end_edge();
    return NONE;
}

// Put the literals that the room's box keeps into the edge that is being added.
void Walker::add_kept_literals() {
    for (Index a = 0; a < question_.cells.size(); ++a) {
        const Attribute& attribute = layout().attribute[a];
        const Index cell = question_.cells[a], lo = room_.lo[a], hi = room_.hi[a];
        for (Index p = 0; p < attribute.count - 1; ++p) {
            const Index v = items_.of[attribute.base + p];
            if (v >= 0 && (p < lo || p >= hi)) walk.put_item(v, p < cell ? p + 1 == lo : p == hi);
        }
    }
}

void Walker::add_kept_groups() {
    for (Index unit = 0; unit < free_.size(); ++unit) {
        if (items_.of[unit] >= 0 && !free_[unit]) walk.put_item(items_.of[unit], true);
    }
}

} // namespace suffice
