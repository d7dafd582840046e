// A search for spaces of listed attributes only: the leaves that are left, and one cell after another.
//
// Each leaf has, for each attribute, the set of cells that lead to it. Of each tree the search keeps the leaves that
// meet what is allowed, best first. One pass over them says for each cell of an attribute what the bound is if there is
// no other: the first leaf that has the cell tells it. Cells that do not reach what is needed are taken away, attribute
// by attribute until all do; then the attribute with the fewest cells is decided, cell by cell, best first. An
// attribute that is decided has no test left, so the search is no deeper than there are attributes. Columns of many
// categories need a tenth of the time that tests would take.
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

    // Whether there are leaves, and they are those of a layout of this shape.
    bool fit(const Layout& layout) const;

    // Whether some input in the box is outside O, as `box_holds`: NONE, FOUND (`work.point`) or UNKNOWN.
    Answer hold(const Problem& problem, const Box& box, Workspace& work);

    // The same for the cells that are not barred, whatever the box's bounds say.
    Answer hold_cells(const Problem& problem, Ints barred, Workspace& work);

    // Write the cells of an attribute with which, each alone, nothing is bad: what each tree can reach on its own says
    // so. `barred`: of the other attributes the cells that the box bars, of this one those that are not asked for.
    void prove_cells(const Columns& columns, Ints barred, Index a, Array<Word> proved);

  private:
    struct Words {
        Index first, end; // where the sets of an attribute's cells lie
        Index cells;      // where its cells begin among the listed cells of all
    };
    struct Depth {
        std::vector<std::int32_t> live; // leaves that are left (places in `met_`), each tree's best first
        std::vector<Index> at;          // where each tree's begin
        std::vector<Word> allowed;      // cells that are allowed
        std::vector<Word> rest;         // cells of the attribute to decide that were not tried yet
        std::vector<Index> reach;       // what the bound is with each cell alone
        Index bound = 0;                // the offset and each tree's best worth
        Index chosen = -1;              // the attribute to decide
    };
    struct Order {                      // of one column
        std::vector<std::int32_t> leaf; // each tree's best first
        std::vector<Index> worth;       // theirs
    };

    void list(const Layout& layout);
    const Order& order_by(const Columns& columns, Index k);
    Answer search(const Problem& problem, Ints barred, Index k, Workspace& work);
    bool start(Ints barred, const Order& order, Index offset);
    bool meets(const Word* cells, const std::vector<Word>& allowed) const;
    void keep(const Depth& from, Depth& to, const Words& words) const;
    bool filter(Index need, Depth& here) const;
    bool take_away(Index need, Depth& here, const Words& words) const;
    void find_reach(Depth& here, const Words& words) const;
    Index best_point(const Depth& here, IntsOut point) const;
    bool choose(Depth& here) const;
    Index next_cell(const Depth& here) const;
    void enter_cell(Index d, Index c);

    std::vector<Words> attribute_;
    Index n_words_ = 0;
    std::vector<Word> cells_;       // of each leaf, for each attribute the cells that lead to it
    std::vector<std::int32_t> row_; // its row of worths
    std::vector<Index> first_;      // where each tree's leaves begin
    std::vector<Order> order_;      // of the columns that were asked
    std::vector<Word> met_;         // word after word: the sets of the leaves that the first box of a search has
    std::vector<Index> worth_;      // and their worths
    Index offset_ = 0;              // what they are added to
    std::vector<Depth> depth_;
};

} // namespace suffice
