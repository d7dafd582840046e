// Good hitting sets by local search (row weighting: Gao, Weise and Li 2015).
//
// While there is a hitting set cheaper than the best reason, the reason is not proved cheapest, and any such set is as
// good a proposal as the cheapest one. Local search finds one in less time than it takes to find the cheapest.
//
// Drop the variable whose loss weighs least for its price, add one of a clause that is not hit; what is not hit gets
// heavier.
#pragma once

#include "../base/clock.hpp"
#include "clauses.hpp"

#include <random>

namespace suffice {

class LocalSearch {
  public:
    // A search that begins with a set. The clauses must stay as they are.
    LocalSearch(const Clauses& clauses, Flags start, std::uint32_t seed);

    // Look for a hitting set that costs at most `target`; tell whether `chosen` is one. An infinity of steps ends when
    // time is up.
    bool run(Index target, Index steps, Clock& clock);
    Flags chosen() const { return chosen_; }

  private:
    void list_members();
    void put(Index v, Index step);
    void drop(Index v, Index step);
    void open(Index k);
    void close(Index k);
    Index cheapest_loss() const;
    Index entering(Index k, Index target, Index step) const;
    bool leads(Index v, Index other) const;
    Index any_open();
    void grow_heavier();
    Ints members(Index k) const { return {member_.data() + at_[k], {at_[k + 1] - at_[k]}}; }
    Ints clauses_of(Index v) const { return {of_.data() + of_at_[v], {of_at_[v + 1] - of_at_[v]}}; }

    Longs price_;
    Index n_clauses_;
    const Clauses& clauses_;
    std::vector<Index> at_, of_at_;         // where the members of each clause, the clauses of each variable, …
    std::vector<std::int32_t> member_, of_; // … begin
    Buffer<std::int32_t> hits_;             // chosen variables of each clause
    Buffer<double> weight_;                 // of each clause
    Buffer<double> score_;                  // what changes in weight if a variable is switched
    Buffer<Index> stamp_;                   // the step in which a variable was switched last
    Buffer<bool> chosen_;
    std::vector<std::int32_t> opened_; // clauses that are not hit …
    Buffer<std::int32_t> open_at_;     // … and where they are among these, -1: nowhere
    Index cost_ = 0;
    Index last_ = -1; // the variable that was added last
    std::mt19937 random_;
};

} // namespace suffice
