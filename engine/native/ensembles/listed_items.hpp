// Cells of listed attributes as items of a walk: which of them literals bar together.
//
// A literal bars the cells that violate it. What kept literals of an attribute bar is a union of such sets; a literal
// that bars nothing beyond it is implied. So a closed set of literals is told by the cells that it bars, and a set of
// cells is one if literals that bar nothing else **cover** it.
#pragma once

#include "cells.hpp"

#include <vector>

namespace suffice {

class ListedItems {
  public:
    ListedItems(const Layout& layout, Ints cells);

    // Whether a literal bars a cell and nothing outside of a set.
    bool covered(Index a, Array<const Word> set, Index cell) const;

    // Write the cells beyond a set that are barred by literals that bar `cell`.
    void beyond(Index a, Array<const Word> set, Index cell, Words out) const;

    // Write the cells that could be allowed together with `cell`: literals that do not bar it, nor anything outside of
    // a set, do not bar them.
    void together(Index a, Array<const Word> set, Index cell, Words out) const;

  private:
    Array<const Word> barred_by(Index e) const { return barred_.part(at_[e], at_[e + 1]); }

    const Layout& layout_;
    std::vector<Index> at_; // of each element: where its words begin in `barred_`
    Buffer<Word> barred_;
};

} // namespace suffice
