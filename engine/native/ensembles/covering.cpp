#include "covering.hpp"

#include <cmath>
#include <utility>

namespace suffice {

namespace {

constexpr Index effort = 50; // nodes of one search while a counterexample is narrowed
constexpr Index more = 300;  // nodes of the search for one more counterexample

} // namespace

Gathering::Gathering(const Problem& problem, Shared<std::int32_t> cells, Units units, Ints its_order, Index room)
    : on(units.size()), order(Buffer<std::int32_t>::copy_of(its_order)), clauses(room, units.size()),
      points(room, cells.size()), problem_(problem), cells_(std::move(cells)), units_(std::move(units)),
      left_(units_.size()), point_(Buffer<std::int32_t>::copy_of(cells_)), weight_(units_.size()) {}

// Allow the cells of an attribute that no true variable excludes.
void Gathering::place_attribute(Box& box, Index a, Flags set) const {
    const Layout& layout = problem_.layout;
    const Attribute& attribute = layout.attribute[a];
    const Ints block = units_.block.part(units_.at[a], units_.at[a + 1]);
    const auto allowed = [&](Index c) { return block[c] < 0 || !set[block[c]]; };
    if (attribute.interval) {
        Index lo = cells_[a], hi = cells_[a];
        while (lo > 0 && allowed(lo - 1)) --lo;
        while (hi < attribute.count - 1 && allowed(hi + 1)) ++hi;
        if (lo != box.lo[a] || hi != box.hi[a]) set_range(layout, box, a, lo, hi);
        return;
    }
    bool changed = false;
    for (Index c = 0; c < attribute.count; ++c) {
        const std::int32_t barred = allowed(c) ? 0 : 1;
        changed = changed || barred != box.barred[attribute.cells + c];
        box.barred[attribute.cells + c] = barred;
    }
    if (changed) refresh_cells(layout, box, a);
}

void Gathering::place_units(Box& box, Flags set) const {
    for (Index a = 0; a < cells_.size(); ++a) place_attribute(box, a, set);
}

void Gathering::place_members(Box& box, Index v, Flags set) const {
    for (Index i = units_.member_at[v]; i < units_.member_at[v + 1]; ++i) place_attribute(box, units_.members[i], set);
}

Answer Gathering::ask(const Box& box, Workspace& work) const {
    if (bounds_decide(problem_.columns, box)) return NONE;
    return box_holds(problem_, box, cells_, work);
}

// Put the attributes of a variable back if the point stays bad.
void Gathering::pull(Index v, Workspace& work) {
    bool differs = false;
    work.point.copy_from(point_);
    for (Index i = units_.member_at[v]; i < units_.member_at[v + 1]; ++i) {
        const Index a = units_.members[i];
        if (units_.block[units_.at[a] + point_[a]] != v) continue;
        differs = true;
        work.point[a] = cells_[a];
    }
    if (differs && is_bad(problem_, work.point, work)) point_.copy_from(work.point);
}

// Bring the new point near without searches; only its variables may differ from now on.
void Gathering::take(Box& box, Workspace& work) {
    for (Index i = done_; i < order.size(); ++i) {
        if (!left_[order[i]]) pull(order[i], work);
    }
    left_.fill(true);
    for (Index a = 0; a < point_.size(); ++a) {
        const Index v = units_.block[units_.at[a] + point_[a]];
        if (v >= 0) left_[v] = false;
    }
    place_units(box, left_);
}

// Write the clause down; return the variable that clauses want most among its own (-1: it is empty).
Index Gathering::record() {
    Index size = 0;
    for (Index v = 0; v < left_.size(); ++v) {
        clauses(found, v) = !left_[v];
        size += left_[v] ? 0 : 1;
    }
    points.row(found).copy_from(point_);
    ++found;
    const double share = std::pow(0.5, static_cast<double>(std::min<Index>(size, 50)));
    Index best = -1;
    for (Index v = 0; v < left_.size(); ++v) {
        if (left_[v]) continue;
        weight_[v] += share;
        if (best < 0 || weight_[v] > weight_[best]) best = v;
    }
    return best;
}

// The next variable to put back, or -1.
Index Gathering::next() {
    for (; done_ < order.size(); ++done_) {
        if (!left_[order[done_]]) return order[done_];
    }
    return -1;
}

// Add a variable to the set; of a listed attribute all of them, so that the set is one of literals.
void Gathering::turn_on(Index v) {
    on[v] = true;
    const Index a = units_.members[units_.member_at[v]];
    if (units_.whole[v] || problem_.layout.attribute[a].interval) return;
    for (std::int32_t other : units_.block.part(units_.at[a], units_.at[a + 1])) {
        if (other >= 0) on[other] = true;
    }
}

int Gathering::gather(Box& box, Index room, Workspace& work) {
    const Index limit = work.limit;
    found = 0;
    bool narrowing = false;
    place_units(box, on);
    while (found < std::min(room, clauses.size())) {
        Index v = -1;
        if (narrowing) {
            v = next();
            if (v < 0) { // nothing more can be put back
                const Index added = record();
                if (added < 0) return FULL;
                turn_on(added);
                place_units(box, on);
                narrowing = false;
                continue;
            }
            left_[v] = true;
            place_members(box, v, left_);
            work.limit = std::min(limit, work.nodes + effort);
        } else if (found > 0) { // the proposal is refuted already
            work.limit = std::min(limit, work.nodes + more);
        }
        const Answer answer = ask(box, work);
        work.limit = limit;
        if (answer == FOUND) {
            if (v < 0) {
                left_.copy_from(on);
                narrowing = true;
                done_ = 0;
            }
            point_.copy_from(work.point);
            take(box, work);
            continue;
        }
        if (v >= 0) {
            left_[v] = false;
            place_members(box, v, left_);
        }
        if (answer == UNKNOWN && (work.clock->halted() || work.nodes > limit)) return UNKNOWN;
        if (v < 0) return answer == UNKNOWN ? FULL : answer;
        ++done_;
    }
    return FULL;
}

Answer Gathering::drop(Box& box, Ints first_to_last, Workspace& work) {
    place_units(box, on);
    for (std::int32_t v : first_to_last) {
        if (!on[v] || !units_.whole[v]) continue;
        const Answer answer = slabs(box, v, work);
        on[v] = answer != NONE;
        place_members(box, v, on);
        if (answer == UNKNOWN) return UNKNOWN;
    }
    return NONE;
}

// Answer for what a variable excludes, attribute by attribute; those that hold are opened in the box.
Answer Gathering::slabs(Box& box, Index v, Workspace& work) {
    const Layout& layout = problem_.layout;
    for (Index i = units_.member_at[v]; i < units_.member_at[v + 1]; ++i) {
        const Index a = units_.members[i], cell = cells_[a];
        const Attribute& attribute = layout.attribute[a];
        const Ints block = units_.block.part(units_.at[a], units_.at[a + 1]);
        for (int part = 0; part < 2; ++part) {
            if (attribute.interval) {
                const Index lo = part == 0 ? cell + 1 : 0, hi = part == 0 ? attribute.count - 1 : cell - 1;
                if (lo > hi || block[lo] != v) continue;
                set_range(layout, box, a, lo, hi);
            } else {
                if (part > 0 || attribute.count == 1) continue;
                for (Index c = 0; c < attribute.count; ++c) box.barred[attribute.cells + c] = block[c] == v ? 0 : 1;
                refresh_cells(layout, box, a);
            }
            const Answer answer = ask(box, work);
            if (answer != NONE) return answer;
        }
        on[v] = false;
        place_attribute(box, a, on);
        on[v] = true;
    }
    return NONE;
}

} // namespace suffice
