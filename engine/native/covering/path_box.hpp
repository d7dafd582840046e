// The box of cells that a path through a tree leaves: narrowed by literal after literal, and widened again.
#pragma once

#include "cell_table.hpp"

namespace suffice {

class PathBox {
  public:
    explicit PathBox(const CellTable& table);

    bool narrow(Index literal); // tell whether a cell is left; to be taken back in either case
    void widen();               // take back the last literal

    Index depth() const { return static_cast<Index>(path_.size()); }
    Index attribute_at(Index level) const { return path_[level].attribute; }
    Index low(Index a) const { return range_[a].low; } // of interval attributes: the lowest cell left
    Index high(Index a) const { return range_[a].high; }
    bool is_shut(Index cell) const { return shut_[cell] > 0; } // of other attributes; the cell's number in the row

  private:
    struct Range {
        Index low, high;
    };
    struct Step {
        Index literal, attribute;
        Range before;
    };

    const CellTable& table_;
    std::vector<Range> range_;
    std::vector<std::int32_t> shut_; // how many literals of the path shut each cell out
    std::vector<Index> left_;        // how many cells of each attribute are not shut out
    std::vector<Step> path_;
};

} // namespace suffice
