// What a search can branch on: the open rows of its front, and which test splits best.
//
// Strong branching: of the first open test of every row the one whose two sides lower the bound most (product of the
// two losses). A side that cannot reach what is needed any more is refuted on the way.
#pragma once

#include "workspace.hpp"

namespace suffice {

enum class FrontState { settled, open, coarse }; // coarse: all is settled but for what lies deeper

struct Choice {
    Index element = -1;
    int side = 1;  // the side to try first
    int sides = 0; // how many there are to try
};

// Whether some column cannot reach what it needs, or what a circuit makes of the scores is out of reach.
inline bool hopeless(const Workspace& work) {
    for (const Total& total : work.total) {
        if (total.bound < total.need) return true;
    }
    if (work.goal == nullptr) return false;
    constexpr Index stride = sizeof(Total) / sizeof(Index);
    return !work.goal->possible(work.question, &work.total[0].bound, stride);
}

// Write the gap of each row; tell if one is open, else if all is settled or needs a finer front.
FrontState look(Workspace& work);

// The first open test of the widest row, and the side with the better leaf.
Choice dive(const Workspace& work);

// The test to branch on (after `look` found an open row).
Choice strong(const Layout& layout, Workspace& work);

} // namespace suffice
