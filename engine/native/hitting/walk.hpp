// A depth-first walk over minimal hitting sets of a family that grows on the way.
//
// This is MMCS (Murakami and Uno 2014) with edges that are found when they are needed. A node is a set of chosen items.
// An edge that it misses is taken, and the walk branches on the items of the edge; what was tried is no candidate below
// earlier siblings, so every set is met once. A chosen item must stay **critical**: some edge that is written with it
// is hit by no other chosen one. Where no known edge is missed, an oracle is asked by who drives the walk: its
// counterexample is a new edge, which nodes above miss as well, so the walk goes on where it is.
//
// An item with which a chosen one is critical by no known edge may be **put off**: edges that are found later may show
// it. What is put off is looked at again when the rest is done, and after each new edge, until no edge shows any more
// of it. Then it need not be asked about: every set that the oracle accepts holds a minimal hitting set of the known
// edges; all of these were met and accepted, so there is no other one. Where there is too much to keep, it is
// forgotten, and the walk begins anew with the edges that it knows (sets are met again then), until it found no edge on
// its way.
//
// Items are numbered by rank (what is tried first comes first) and are the bits of words. An item of an edge that is
// implied by another one of the same edge hits the edge too; **written** items are those that no other one of the edge
// implies, and only these can be critical there.
#pragma once

#include "../base/array.hpp"
#include "../base/bits.hpp"
#include "put_off.hpp"

#include <vector>

namespace suffice {

// Sets of items, or edges as the written items of each, one row each, with the points that belong to them (of width 0
// where none are kept).
struct WalkBatch {
    Buffer<bool, 2> items;
    Buffer<std::int32_t, 2> points;
};

class Walk {
  public:
    // A walk over items that are all candidates, with no edge yet. Points of `n_attributes` cells are kept with sets
    // and edges (0: none). Of what is put off, so many words are kept at most.
    Walk(Index n_items, Index n_attributes, Index most_put_off);

    // -- where it is ----------------------------------------------------------------------------------------------

    Index n_items() const { return n_items_; }
    Index n_edges() const { return n_edges_; }
    Index n_sets() const { return n_sets_; }
    Index depth() const { return depth_; }
    bool fresh() const { return fresh_; } // nothing was done yet at this node
    Index chosen(Index i) const { return chosen_[i]; }
    bool is_candidate(Index item) const { return has(candidate_.row(depth_), item); }
    bool keeps_points() const { return n_attributes_ > 0; }

    // -- edges ----------------------------------------------------------------------------------------------------

    // Make an item part of the edge that is being added.
    void put_item(Index item, bool written);
    // Keep the point that belongs to the edge that is being added, if points are kept.
    void put_point(Ints point);
    // Count the edge whose items were put.
    void end_edge();
    // An edge that the chosen items miss, with few candidates; -1: there is none.
    Index missed_edge() const;
    // Whether an edge is known that shows that a chosen item is critical among the first `depth`.
    bool critical(Index item, Index depth) const;
    // Whether an edge that the first `depth` chosen items miss has an item.
    bool would_hit(Index item, Index depth) const;
    // From now on, also edges that are missed may show that something that was put off has to be looked at again.
    void heed_missed() { heeds_missed_ = true; }

    // -- moves ----------------------------------------------------------------------------------------------------

    // Branch on an edge, or on any set of items of which all sets below must have one: its candidates are to be tried
    // at this node.
    void branch(Index edge);
    void branch_on(Array<const Word> items);
    // Take the next item that is to be tried at this node; -1: none is left.
    Index next_item();
    // Put an item back among those that are to be tried (a search was given up).
    void try_again(Index item);
    // Look at an item again when more edges are known.
    void put_off(Index item);
    // Choose an item for now, and count the edges that are hit then.
    void look_ahead(Index item);
    // Make the node with the item that was looked at the current one; later siblings may choose that item as well.
    void descend();
    // Go back to the node above, and return the item that was chosen here; -1: this is the root, where nothing is to be
    // tried any more.
    Index leave();
    // At the root, where nothing is to be tried any more: whether what was put off has to be looked at.
    bool has_to_resume() const;
    // Look at the next node where something was put off. It is the current one if edges found since may show more.
    // Return how many edges were looked at.
    Index resume();
    // Write the first `depth` chosen items down as a set that was found, with its point if points are kept.
    void record(Index depth, Ints point = {});

    // -- turns ----------------------------------------------------------------------------------------------------

    // Begin a turn of so many steps that finds so many sets at most; those of the last turn are forgotten.
    void begin_turn(Index steps, Index most_sets);
    // Whether to pause: what was found has to be read, or enough was done (`nodes`: of all searches so far).
    bool has_to_pause(Index nodes);
    // Whether the turn was as long as it may be.
    bool tired() const { return steps_ > last_step_; }
    // Whether there is no more memory for edges.
    bool full() const { return n_edges_ >= most_edges_; }
    // The sets of this turn.
    WalkBatch sets() const;
    // The edges that were added since they were last read.
    WalkBatch read_edges();
    // Take all edges as read.
    void skip_edges();

  private:
    static bool has(Array<const Word> words, Index item) {
        return (words[item / word_bits] >> (item % word_bits) & 1) != 0;
    }
    void keep_put_off();
    Index first_to_show() const;
    void go_there();
    void begin_anew();
    Index edge_words() const { return (n_edges_ + word_bits - 1) / word_bits; }
    Index unread() const { return n_edges_ - first_unread_; }
    void make_room();

    Index n_items_, n_attributes_, item_words_;
    Index n_edges_ = 0, n_sets_ = 0, depth_ = 0;
    bool fresh_ = true;
    Index steps_ = 0, last_step_ = 0, most_sets_ = 0, nodes_before_ = 0;
    Index first_unread_ = 0;
    Index most_edges_, most_unread_;
    bool heeds_missed_ = false;
    PutOff put_off_;         // nodes that were left
    Index looked_at_ = 0;    // of them since one was gone to or an edge was found …
    Index looked_edges_ = 0; // … with so many edges
    Index begun_edges_ = 0;  // that were known when the walk began, or began anew

    Buffer<Word, 2> hit_;          // of each item: the edges that it hits
    Buffer<Word, 2> written_;      // of each item: those that are written with it
    Buffer<Word, 2> once_, twice_; // of each depth: the edges that chosen items hit, and hit twice
    Buffer<Index> chosen_;         // item of each depth
    Buffer<Word, 2> candidate_;    // of each depth: the items that may be chosen below
    Buffer<Word, 2> todo_;         // of each depth: those that are to be tried
    Buffer<Word, 2> off_;          // of each depth: those that are put off …
    Buffer<Index> off_edges_;      // … and the edges that were known when the first of them was
    std::vector<Word> edge_;       // the items of each edge, row after row, and of the one that is being added
    std::vector<Word> set_;        // sets of this turn
    std::vector<std::int32_t> set_point_, edge_point_; // of the sets; of the edges that were not read
};

} // namespace suffice
