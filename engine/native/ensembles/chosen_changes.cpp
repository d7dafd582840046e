#include "chosen_changes.hpp"

#include "narrow.hpp"
#include "search.hpp"

namespace suffice {

ChosenChanges::ChosenChanges(const ChangeQuestion& question, Shared<std::int32_t> order)
    : question_(question), order_(order), box_(question.problem.layout, question.problem.columns, question.cells),
      told_(question.problem.layout, question.cells) {}

// Give up what was chosen before a known change was made in any case.
void ChosenChanges::turn(Choosing& choosing, Index step) {
    while (!room_.frame.empty() && static_cast<Index>(room_.frame.back().trail) >= step) choosing.close();
    turns_ = true;
}

// Where nothing new was found for long, begin at the root with other boxes first; each time for longer, so that it
// ends.
void ChosenChanges::begin_anew(Choosing& choosing) {
    while (!room_.frame.empty()) choosing.close();
    patience_ += patience_ / 4;
    barren_ = 0;
    noise_ = 3 + noise_ % 5;
    choosing.noise = noise_;
}

// Look for one more; NONE: there is none; FOUND: it is there, or (`left_` is negative) enough was done.
Answer ChosenChanges::next(Choosing& choosing, IntsOut point, Workspace& work) {
    while (true) {
        choosing.checks += told_.looks;
        told_.looks = 0;
        if (choosing.given_up()) return UNKNOWN;
        if (turns_) {
            turns_ = false;
            if (!choosing.go_on()) return NONE;
            continue;
        }
        if (--left_ < 0) return FOUND;
        const Index g = choosing.next_group();
        if (g < 0) break;
        if (++barren_ > patience_) {
            begin_anew(choosing);
            continue;
        }
        choosing.open(g);
        turns_ = true;
    }
    choosing.settle_point();
    if (!is_bad(question_.problem, work.point, work)) return UNKNOWN;
    point.copy_from(work.point);
    if (narrow_literals(question_, box_, point, order_, work) == UNKNOWN) return UNKNOWN;
    turn(choosing, told_.learn(point));
    barren_ = 0;
    return FOUND;
}

Answer ChosenChanges::go_on(Array<std::int32_t, 2> points, Index most, Workspace& work) {
    n_found = 0;
    left_ = most;
    Choosing choosing(question_.problem, question_.cells, work, room_, &told_);
    choosing.noise = noise_;
    if (!begun_) {
        Box outer(question_.problem.layout, question_.problem.columns, question_.cells);
        for (Index a = 0; a < question_.cells.size(); ++a) open_within(question_, outer, a);
        ended_ = !choosing.start(outer);
        begun_ = true;
    }
    while (!ended_ && n_found < points.size()) {
        const Answer answer = next(choosing, points.row(n_found), work);
        if (answer == UNKNOWN) return UNKNOWN;
        ended_ = answer == NONE;
        if (left_ < 0) break;
        if (!ended_) ++n_found;
    }
    return ended_ ? NONE : FOUND;
}

} // namespace suffice
