// Counting minimal closed hitting sets by listing them one by one (MMCS; Murakami and Uno 2014).
//
// Depth-first: take the open edge that the fewest candidates hit, and branch on these; what was tried is no candidate
// below its later siblings, so every set is met once. A chosen element must stay critical: some edge that contains the
// element itself is hit by no other chosen one. On a forest an element hits the edges of all that it implies.
#pragma once

#include "../base/bits.hpp"
#include "../base/clock.hpp"
#include "listed_edges.hpp"

#include <vector>

namespace suffice {

class Listing {
  public:
    Listing(ListedEdges edges, Ints group, Index n_groups);

    // Go on until all sets are listed (true), or so many nodes are visited in all, or the clock is up (false).
    bool go_on(Index node_limit, Clock& clock);

    Index total() const { return total_; } // sets so far
    Index nodes() const { return nodes_; }
    Buffer<Index> each() const;    // those with each element
    Buffer<Index> grouped() const; // those with an element of each group

  private:
    struct Level { // of the search: an element that was chosen
        Index element;
        Index total_before;  // sets that were found before
        bool first_of_group; // among the chosen ones
    };
    template <class Counter> bool walk(Counter ones, Index node_limit, Clock& clock);
    bool walk_with_popcount(Index node_limit, Clock& clock);
    template <class Counter> Index edge_to_branch_on(Counter ones, Index& looked_at) const;
    Index next_element();
    bool choose(Index v);
    void leave();

    ListedEdges edges_;
    std::vector<std::int32_t> group_;
    Index n_groups_;
    std::vector<Index> each_, grouped_; // counts of what was chosen and given back
    std::vector<Index> group_chosen_;   // how many elements of each group are chosen
    std::vector<Level> levels_;
    Buffer<Word, 2> open_;       // at each depth: the edges that nothing chosen hits …
    Buffer<Word, 2> once_;       // … those that exactly one chosen element hits …
    Buffer<Word, 2> candidates_; // … the elements that may be chosen …
    Buffer<Word, 2> todo_;       // … and those of the edge that are still to be tried
    Index depth_ = 0;
    bool fresh_ = true; // the node at this depth is not visited yet
    Index total_ = 0;
    Index nodes_ = 0;
};

} // namespace suffice
