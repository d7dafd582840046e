// The cheapest points that reach what is wanted, where cells have prices and rules say which cells go together.
//
// Branch and bound over boxes as in `nearest`, for what `nearest` does not know: several columns of several models that
// must all be reached; **tables**, numbers of cells of which the sum may not pass a limit (the first one is the cost);
// and **clauses**, one part of which must hold. Both take cells away wherever the rest of a box leaves them no room.
// The cheapest cells of a box are its point. Whoever asks confirms each point that is found: one that is accepted
// lowers the limit, and one that is refused is passed over (what it was refused for comes as a clause, if the box could
// hold better).
#pragma once

#include "search.hpp"

#include <limits>
#include <vector>

namespace suffice {

// Row r says of(r, at[a] + c) of cell c of attribute a. On interval attributes its numbers fall up to one cell and do
// not fall after it.
struct Tables {
    Shared<Index> at;
    Shared<double, 2> of;
    Shared<double> most; // of each row; the first one's is the limit of the search

    double operator()(Index r, Index a, Index cell) const { return of(r, at[a] + cell); }
    Index size() const { return most.size(); }
};

struct Run {
    Index lo, hi;
};

// The cell of an attribute is in one of these runs, which do not touch and ascend.
struct RulePart {
    Index attribute;
    std::vector<Run> run;
};

using Rule = std::vector<RulePart>; // one of them holds

class PlanSearch {
  public:
    PlanSearch(const Problem& problem, Tables tables, Shared<Index> single, Index only, Ints cells);

    // From now on look for points that cost less than a limit, from the start; `diving`: for any, not for all.
    void begin(double limit, bool diving);

    // From the next start on, look only at these cells of each attribute.
    void restrict(Ints lo, Ints hi) {
        lo_ = Buffer<std::int32_t>::copy_of(lo);
        hi_ = Buffer<std::int32_t>::copy_of(hi);
    }

    // One more rule that points must meet.
    void add(Rule rule) { rules_.push_back(std::move(rule)); }

    // FOUND: `point` costs `cost`, meets all rules and reaches all that is needed; NONE: there are no more; UNKNOWN.
    Answer next(Workspace& work);

    void accept() { limit_ = std::min(limit_, cost_); }
    void refuse() { refused_ = true; }

    Ints point() const { return point_; }
    double cost() const { return cost_; }
    const Problem& problem() const { return problem_; }
    const Tables& tables() const { return tables_; }

  private:
    Choice choose(Workspace& work, bool passed);
    Choice split_rule(const Workspace& work, const RulePart& part) const;
    Choice split_table(const Workspace& work, Index r) const;
    Choice split_any(const Workspace& work, Index a, Index towards) const;
    Choice unmet(const Workspace& work) const;
    bool conclude(Workspace& work);
    bool afford(Workspace& work, Index r, bool& changed);
    bool too_dear(const Workspace& work, Index r) const;
    bool propagate(Workspace& work, const Rule& rule, bool& changed);
    void keep_runs(Workspace& work, const RulePart& part, bool& changed);
    bool possible(const Workspace& work, const RulePart& part) const;
    Index least(const Workspace& work, Index r, Index a) const;
    bool reaches(Workspace& work) const;
    bool set_box();

    const Problem& problem_;
    const Layout& layout_;
    Tables tables_;
    Shared<Index> single_;    // of each listed cell: the element that is true in it alone
    Buffer<Index, 2> valley_; // of each row and interval attribute: the first cell of the least number
    std::vector<Rule> rules_;
    Box box_;
    Index only_;
    double limit_ = std::numeric_limits<double>::infinity();
    bool diving_ = false, fresh_ = false, done_ = true, merged_ = false;
    bool waiting_ = false, refused_ = false, found_ = false;
    Index depth_ = 0, patience_ = 0;
    Buffer<std::int32_t> point_, lo_, hi_;
    double cost_ = 0.0;
};

} // namespace suffice
