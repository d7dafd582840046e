// The front of a search: what a box leaves undecided of each tree (see workspace.hpp).
#pragma once

#include "box.hpp"
#include "workspace.hpp"

namespace suffice {

// 1 if an element is true in all cells that the search allows, -1 if in none, else 0.
inline int decided(const Layout& layout, const Workspace& work, Index e) {
    const Index a = layout.test[e].owner;
    const Attribute& attribute = layout.attribute[a];
    if (!attribute.interval) return work.side[e];
    const Index p = e - attribute.base;
    if (p < work.span[a].lo) return 1;
    return p >= work.span[a].hi ? -1 : 0;
}

// Make the box of the search this one, with its front, for one column or (-1) all; false: there is no room.
bool start(const Problem& problem, const Box& box, Index only, Workspace& work);

// Add a level: the front of the box as the search has it now; false: there is no room for it.
bool deepen(const Problem& problem, const Box& box, Index only, Workspace& work);

// Go back to the level below.
inline void leave_level(Workspace& work) {
    for (std::size_t k = 0; k < work.total.size(); ++k) work.total[k].bound = work.below(work.n_level, k);
    --work.n_level;
}

// List what each element of the uppermost level takes away.
void list_entries(const Layout& layout, Workspace& work);

} // namespace suffice
