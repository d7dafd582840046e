// All contrastive reasons, one by one, of a question that the leaves of each tree decide (choices.hpp).
//
// A search over boxes goes on from where the last reason was found; boxes of which all inputs make a change that is
// known are left out. What it finds makes none of them, so that, brought near, it is a new minimal change: no other
// proof is asked for. When it ends there are no more.
#pragma once

#include "change_question.hpp"
#include "choice_search.hpp"

#include <memory>

namespace suffice {

class ChosenChanges {
  public:
    // Attributes are intervals; `order`: those that are brought back first.
    ChosenChanges(const ChangeQuestion& question, Shared<std::int32_t> order);

    // Write further points: NONE: there are no more than these; FOUND: there is no more room, or so many groups have
    // chosen; UNKNOWN: given up.
    Answer go_on(Array<std::int32_t, 2> points, Index most, Workspace& work);

    Index n_found = 0; // points that were written

  private:
    Answer next(Choosing& choosing, IntsOut point, Workspace& work);
    void begin_anew(Choosing& choosing);
    void turn(Choosing& choosing, Index step);

    const ChangeQuestion& question_;
    Shared<std::int32_t> order_;
    Box box_;
    ToldChanges told_;
    ChoiceRoom room_;
    Index barren_ = 0, patience_ = 200; // groups that chose since the last one, and when to begin anew
    Index left_ = 0;                    // groups that may still choose in this turn
    std::uint32_t noise_ = 0;
    bool begun_ = false, turns_ = false, ended_ = false;
};

} // namespace suffice
