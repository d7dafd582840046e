// A search for spaces of listed attributes only: the leaves that are left, and one cell after another.
//
// Each leaf has, for each attribute, the set of cells that lead to it. Of each tree the search keeps the leaves that
// meet what is allowed, best first. One pass over them says for each cell how far the bound falls if its attribute has
// no other: the first leaf that has the cell tells it. Cells that fall too far are taken away; then the attribute with
// the fewest cells is decided, cell by cell, best first. An attribute that is decided has no test left, so the search
// is no deeper than there are attributes. Columns of many categories need a tenth of the time that tests would take.
#pragma once

#include "box.hpp"
#include "workspace.hpp"

#include <vector>

namespace suffice {

class Leaves {
  public:
    // The leaves of an ensemble if all its attributes are listed and there are not too many, else none.
    explicit Leaves(const Layout& layout);

    Index size() const { return static_cast<Index>(row_.size()); }

    // Whether some input in the box is outside O, as `box_holds`: NONE, FOUND (`work.point`) or UNKNOWN.
    Answer hold(const Problem& problem, const Box& box, Workspace& work);

  private:
    struct Depth;

    Answer search(const Problem& problem, const Box& box, Index k, Workspace& work);

    std::vector<std::int32_t> row_; // each leaf's row of worths
};

} // namespace suffice
