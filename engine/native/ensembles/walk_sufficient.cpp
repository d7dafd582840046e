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
    if (!complete_cells()) return NONE;
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
        if (!critical(walk.chosen(i))) return walk.put_off(v);
    }
    keep_item(v);
    walk.descend();
}

// Whether an item can be critical with the item that is looked ahead to. A cell of a listed attribute goes with others
// that no kept literals bar once it is allowed: one of these, kept or not yet, may be critical for it.
bool Walker::critical(Index k) const {
    const Index depth = walk.depth() + 1, a = items_.unit[k];
    if (walk.critical(k, depth)) return true;
    if (!is_listed(k)) return false;
    const Array<const Word> kept = kept_cells(a, depth);
    const Words with = others_.part(0, kept.size());
    listed_.together(a, kept, items_.cut[k], with);
    for (Index c = 0; c < layout().attribute[a].count; ++c) {
        const Index v = items_.cell[layout().attribute[a].cells + c];
        if (v < 0 || v == k || (with[c >> 6] >> (c & 63) & 1) == 0) continue;
        const bool is_kept = (kept[c >> 6] >> (c & 63) & 1) != 0;
        if (is_kept ? walk.critical(v, depth) : walk.would_hit(v, depth)) return true;
    }
    return false;
}

// The cells of a listed attribute among the first so many chosen items.
Array<const Word> Walker::kept_cells(Index a, Index depth) const {
    const Words out = cells_.part(0, layout().n_words(a));
    out.fill(0);
    for (Index i = 0; i < depth; ++i) {
        const Index v = walk.chosen(i), c = items_.cut[v];
        if (items_.unit[v] == a) out[c >> 6] |= Word{1} << (c & 63);
    }
    return out;
}

// Whether literals bar all kept cells of listed attributes and no other ones; else branch on those of which one has to
// be kept as well.
bool Walker::complete_cells() {
    for (Index i = 0; i < walk.depth(); ++i) {
        const Index k = walk.chosen(i), a = items_.unit[k];
        if (!is_listed(k)) continue;
        const Array<const Word> kept = kept_cells(a, walk.depth());
        if (listed_.covered(a, kept, items_.cut[k])) continue;
        const Words more = others_.part(0, kept.size());
        listed_.beyond(a, kept, items_.cut[k], more);
        branched_.fill(0);
        for (Index c = 0; c < layout().attribute[a].count; ++c) {
            const Index v = items_.cell[layout().attribute[a].cells + c];
            if (v >= 0 && (more[c >> 6] >> (c & 63) & 1) != 0) branched_[v / word_bits] |= Word{1} << (v % word_bits);
        }
        walk.branch_on(branched_);
        return false;
    }
    return true;
}

// Leave only the cells that an item allows.
void Walker::keep_item(Index v) {
    const Index unit = items_.unit[v];
    if (!items_.literals)
        fix_group(unit);
    else if (is_listed(v))
        bar(v, 1);
    else if (is_below(v))
        set_range(layout(), box_, unit, items_.cut[v] + 1, box_.hi[unit]);
    else
        set_range(layout(), box_, unit, box_.lo[unit], items_.cut[v]);
}

// Bar a cell of a listed attribute, or allow it again.
void Walker::bar(Index v, std::int32_t barred) {
    const Index a = items_.unit[v];
    box_.barred[layout().attribute[a].cells + items_.cut[v]] = barred;
    refresh_cells(layout(), box_, a);
}

// Allow again what an item, the only one on its side of an interval attribute, excluded.
void Walker::release_item(Index v) {
    const Index unit = items_.unit[v];
    if (!items_.literals)
        open_group(unit);
    else if (is_listed(v))
        bar(v, 0);
    else if (is_below(v))
        set_range(layout(), box_, unit, question_.outer.lo[unit], box_.hi[unit]);
    else
        set_range(layout(), box_, unit, box_.lo[unit], question_.outer.hi[unit]);
}

} // namespace suffice
