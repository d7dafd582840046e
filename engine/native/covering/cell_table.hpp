// The attributes of a space with all their cells numbered in one row, and on which cells each condition is true.
#pragma once

#include "../base/array.hpp"

#include <vector>

namespace suffice {

struct CellTable {
    struct Attribute {
        Index first = 0;       // its first cell in the row
        bool interval = false; // whether cuts describe it
    };
    struct Condition {
        Index attribute = 0;
        Index cut = -1;      // on interval attributes: it changes between the cells `cut` and `cut + 1`; -1: nowhere
        bool rising = false; // whether it is true above the cut (without one: whether it is true)
        Index truth_at = -1; // on other attributes: where its truth in their cells begins in `truth`
    };

    std::vector<Attribute> attribute; // and one more that ends them
    std::vector<Condition> condition;
    std::vector<char> truth;

    Index n_attributes() const { return static_cast<Index>(attribute.size()) - 1; }
    Index n_cells() const { return attribute.back().first; }
    Index n_cells(Index a) const { return attribute[a + 1].first - attribute[a].first; }
};

} // namespace suffice
