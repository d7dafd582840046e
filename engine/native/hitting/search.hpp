// Hitting sets within a budget, by branch and bound over clauses that come in while it searches.
//
// A node has variables that are in, and others that are out; what is left of a clause without the latter is its
// **rest**. A rest of one variable forces it in. Let each clause have some weight: a set that hits all of them hits the
// whole weight. If even the variables that hit most for their price cannot do that within what is left of the budget,
// there is nothing to be found; a variable without (with) which they could not is in (out).
//
// Where a set hits all clauses it is handed out. Clauses that are added then are seen by all open nodes: the search
// goes on where it is, and proves in the end that no set within the budget hits all clauses.
#pragma once

#include "../base/clock.hpp"
#include "clauses.hpp"

namespace suffice {

class HittingSearch {
  public:
    enum Outcome : int { none = 0, found = 1, unknown = 2 };

    explicit HittingSearch(Longs prices);

    const Clauses& clauses() const { return clauses_; }
    void add(Array<const bool, 2> rows);
    // Begin anew, with another budget.
    void restart(Index budget);
    // Go on with a smaller budget.
    void tighten(Index budget) { budget_ = std::min(budget_, budget); }
    // Search on: `found` (see `chosen`), `none` (there is no more), or `unknown` after so many nodes or when time is
    // up.
    Outcome step(Index nodes, Clock& clock);
    // Leave the set that was found, and all that contain it.
    void skip();
    // How many nodes take about so long at least (by their size, so the same on every machine).
    Index nodes_in(double milliseconds) const;
    Buffer<bool> chosen() const { return truth_of(inside_); }   // the set that was found
    Buffer<bool> outside() const { return truth_of(outside_); } // the variables that are out where it was found
    // After `none`: a lower bound of what a set costs that was left out because of the budget.
    Index beyond() const { return beyond_; }
    Index nodes() const { return nodes_; }

  private:
    enum class Stage { in_next, out_next, done };
    struct Level {
        Index cost = 0;     // of what is in
        Index variable = 0; // that it branches on
        Stage stage = Stage::in_next;
        Index first = 0, last = 0; // its part of the list
        Index stamp = 0;           // number of clauses when that was made
    };
    struct Ranked {
        double hits, rate; // weight that a variable hits, and that for its price
        std::int32_t variable;
    };

    void list_new(Level& level);
    void open_child();
    Outcome look(Index d);
    bool propagate(Index d);
    bool shorten(Index k, Index d, Index& size);
    double weigh(const Level& level);
    void rank();
    void sort(Index n);
    Outcome bound(Index d, double weight);
    Outcome fix(Index d, double weight);
    void put_in(Index d, Index v);
    void put_out(Index d, Index v);
    Buffer<bool> truth_of(const Buffer<Word, 2>& levels) const;

    Clauses clauses_;
    std::vector<Word> rest_;           // what is left of the clauses on the list at hand
    std::vector<std::int32_t> size_;   // variables of each rest
    std::vector<std::int32_t> list_;   // clauses that are not hit, level after level
    Buffer<Word, 2> inside_, outside_; // the variables that are in and out, level by level
    std::vector<Level> level_;
    Buffer<double> hits_;        // weight that each variable hits
    std::vector<Ranked> ranked_; // variables that hit something, most for their price first …
    Index n_sorted_ = 0;         // … as far as they are sorted
    Index depth_ = -1;
    Index budget_ = -1, beyond_;
    Index nodes_ = 0;
    bool leave_ = false; // whether the node at hand is done
    Index equal_ = 0;    // the price of all variables if it is one (else 0)
};

} // namespace suffice
