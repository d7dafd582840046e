#include "walker.hpp"

#include "narrow.hpp"

#include <algorithm>
#include <utility>

namespace suffice {

namespace {

constexpr Index most_pooled = 6; // counterexamples that shrinking tries again

} // namespace

Walker::Walker(const ChangeQuestion& question, Items items, bool over_sufficient, bool with_points, Index most_put_off)
    : walk(items.unit.size(), with_points ? question.cells.size() : 0, most_put_off), question_(question),
      items_(std::move(items)), over_sufficient_(over_sufficient), listed_(layout(), question.cells),
      box_(layout(), question.problem.columns, question.cells),
      room_(layout(), question.problem.columns, question.cells), point_(Buffer<std::int32_t>::copy_of(question.cells)),
      order_(items_.groups.size()), marked_(items_.groups.size()), free_(items_.groups.size()),
      kept_(Buffer<bool>::full({layout().n_elements()}, true)), guide_(Buffer<std::int32_t>::copy_of(question.cells)),
      pool_(Buffer<std::int32_t, 2>::full({most_pooled, question.cells.size()}, -1)), cells_(layout().n_words()),
      others_(layout().n_words()), branched_(items_.unit.size() / word_bits + 1) {
    if (items_.literals && layout().n_listed_cells() > 0) walk.heed_missed();
    if (!over_sufficient_) return;
    for (Index a = 0; a < question_.cells.size(); ++a) open_within(question_, box_, a);
}

void Walker::begin(Array<const std::int32_t, 2> points) {
    for (Index row = 0; row < points.size(); ++row) {
        add_point(points.row(row));
        walk.skip_edges();
    }
}

Answer Walker::go_on(Workspace& work) { return over_sufficient_ ? go_on_sufficient(work) : go_on_contrastive(work); }

void Walker::fix_group(Index unit) {
    for (Index i = items_.groups.at[unit]; i < items_.groups.at[unit + 1]; ++i) {
        const Index a = items_.groups.members[i];
        fix_attribute(layout(), box_, a, question_.cells[a]);
    }
}

// Allow all cells of a group that the outer box has.
void Walker::open_group(Index unit) {
    for (Index i = items_.groups.at[unit]; i < items_.groups.at[unit + 1]; ++i) {
        open_within(question_, box_, items_.groups.members[i]);
    }
}

// Answer whether some input in the box is outside O.
Answer Walker::ask(Ints prefer, Workspace& work) {
    if (bounds_decide(question_.problem.columns, box_)) return NONE;
    return box_holds(question_.problem, box_, prefer, work);
}

// The units of items, in the order that narrowing and shrinking take: candidates first.
Ints Walker::list_units() {
    marked_.fill(-1);
    for (Index v = 0; v < items_.unit.size(); ++v) {
        const std::int8_t mark = walk.is_candidate(v) ? 1 : 0;
        marked_[items_.unit[v]] = std::max(mark, marked_[items_.unit[v]]);
    }
    Index place = order_.size();
    for (int part = 0; part < 2; ++part) {
        for (Index i = items_.back.size() - 1; i >= 0; --i) {
            const Index unit = items_.back[i];
            if (marked_[unit] == part) order_[--place] = static_cast<std::int32_t>(unit);
        }
    }
    return order_.part(place, order_.size());
}

// Bring the point near, in this order of units.
Answer Walker::narrow(Ints order, Workspace& work) {
    if (items_.literals) return narrow_literals(question_, room_, point_, order, work);
    return narrow_groups(question_, room_, items_.groups, point_, order, work);
}

// Make the items on which a counterexample differs an edge.
void Walker::add_point(Ints point) {
    if (items_.literals) {
        for (Index a = 0; a < point.size(); ++a) {
            const Index cell = question_.cells[a], far = point[a], base = layout().attribute[a].base;
            if (!layout().attribute[a].interval) {
                const Index v = far != cell ? items_.cell[layout().attribute[a].cells + far] : -1;
                if (v >= 0) walk.put_item(v, true);
                continue;
            }
            const Index last = far > cell ? far - 1 : far;
            for (Index p = std::min(cell, far); p < std::max(cell, far); ++p) {
                const Index v = items_.of[base + p];
                if (v >= 0) walk.put_item(v, p == last);
            }
        }
    } else {
        for (Index unit = 0; unit < items_.groups.size(); ++unit) {
            const Index v = items_.of[unit];
            if (v >= 0 && differs(items_.groups, unit, question_.cells, point)) walk.put_item(v, true);
        }
    }
    walk.put_point(point);
    walk.end_edge();
}

// Make the counterexample in `work.point` an edge, brought near; UNKNOWN: a search was given up, none was added.
Answer Walker::learn(Workspace& work) {
    point_.copy_from(work.point);
    const Answer answer = narrow(list_units(), work);
    if (answer == NONE) add_point(point_);
    return answer;
}

} // namespace suffice
