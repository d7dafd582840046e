// The fewest groups (attributes or features) whose change can leave O, and all sets of so few.
//
// Sizes 1, 2, 3, … are tried. For one size sets are built group by group: the group with the greatest bound is chosen,
// then banned, so that no set is met twice; groups whose bound is too low with what is chosen and banned are banned as
// well. With one choice left the bounds are those of the box in which the groups are open; what they allow is searched.
// For a question that any of its columns answers, each column has a hunt of its own. A group with one other cell must
// change to it: fewer changes were refuted before.
#pragma once

#include "bounds.hpp"
#include "narrow.hpp"

#include <memory>
#include <set>

namespace suffice {

// Finds one set after another; a call goes on where the last one stopped.
class FewestGroups {
  public:
    // Sizes `start` … `limit` are tried; nothing is said of smaller ones, and sets of which a part is enough may be
    // left out then. The question and the groups are kept by the owner.
    FewestGroups(const ChangeQuestion& q, const Groups& groups, Index limit, Index start = 1);

    // FOUND: `chosen` is the next set and `work.point` changes only it; NONE: there are no more; UNKNOWN: given up.
    Answer find(Workspace& work);

    const std::vector<std::int32_t>& chosen() const { return chosen_; }
    Index proved() const { return proved_; } // no set of so many groups, or fewer, is enough

  private:
    enum class Mode { enter, last, leave };

    bool begin(Clock& clock);
    Answer next(Workspace& work);
    Index explore(Index first, Index last, Workspace& work);
    void choose(Index count);
    Answer try_last(Index only, Workspace& work);
    Answer check(Index g, Index only, Workspace& work);
    bool leave(Index n_hunts);
    void unban(Index depth);

    const ChangeQuestion& q_;
    const Groups& groups_;
    Buffer<std::int32_t> other_; // the one cell that a group can change to; -1: more than that to choose from
    Box box_;
    std::vector<bool> opened_; // the groups that are open in the box (or changed to their other cell)
    std::unique_ptr<Edges> edges_;
    std::unique_ptr<Bounds> bounds_;
    std::vector<std::int32_t> path_, last_; // the chosen groups; what is left to try as the last one
    std::vector<std::int32_t> chosen_;
    std::set<std::vector<std::int32_t>> seen_;
    Mode mode_ = Mode::enter;
    Index size_, limit_, proved_;
    Index column_ = 0, depth_ = 0, at_ = 0;
    Index hits_ = 0; // sets found of this size
};

} // namespace suffice
