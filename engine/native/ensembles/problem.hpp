// What is asked of an ensemble: O, in the model's own floats and in whole numbers with a proved error.
#pragma once

#include "../base/shared.hpp"
#include "../models/decide.hpp"
#include "goal.hpp"
#include "layout.hpp"

#include <cmath>
#include <limits>
#include <vector>

namespace suffice {

// Answers of searches.
enum Answer : int { NONE = 0, FOUND = 1, UNKNOWN = 2 };

struct Models;
struct Choices;

// The model's own arithmetic and O.
struct Arithmetic {
    Shared<double, 2> values;             // what a leaf adds to the scores, shape (n_leaves, n_outputs)
    Shared<double> start;                 // what the scores start from
    double divisor = 1.0;                 // what the sums are divided by
    Shared<bool> good;                    // O, for a classifier; empty for a regressor
    double lower = 0.0, upper = 0.0;      // for a regressor: an interval, which is O …
    bool enter = false;                   // … or, if set, whose outside is O
    bool single = false;                  // whether sums are rounded to float32 after each addition
    int link = 0;                         // what lies between the scores and the greatest one (see decide)
    std::shared_ptr<const Goal> goal;     // what is asked of a circuit over the scores, instead of O
    std::shared_ptr<const Models> models; // what is asked of several models, instead of all this
};

// One of several models whose trees lie side by side: its arithmetic, whose values have a row for each leaf of all of
// them, and its trees, in the order in which it adds them.
struct Member {
    Arithmetic sums;
    Shared<std::int32_t> trees;
};

// Several models: an input is outside O if all of them are outside theirs, or (not `together`) if one is; or, of two
// that predict numbers, if the first number is greater than the second by more than `apart` (NaN: not asked).
struct Models {
    std::vector<Member> members;
    bool together = true;
    double apart = std::numeric_limits<double>::quiet_NaN();
};

// A question in whole numbers: column k is bad at an input if offset[k] + worth[leaf_1, k] + … >= need[k].
//
// With a goal the first columns are one for each of its questions: if the model can be outside O by this question, the
// column reaches what it needs. The others bound the scores and need nothing; all of them are looked at together.
struct Columns {
    Shared<Index, 2> worth;     // what each leaf adds, shape (n_leaves, n_columns)
    Shared<Index> offset, need; // what the sums start from, and what they must reach
    bool together = false;      // whether an input is bad if all columns are (else: if one is)
    Shared<std::int32_t> kind;  // leaves of equal values share a number; empty where whole sums are exact
    std::shared_ptr<const Goal> goal;

    Index size() const { return need.size(); }

    // An input is bad if the answer to one of these questions is yes. Number -1 stands for all columns together.
    Index n_questions() const { return goal ? goal->size() : together ? 1 : size(); }
    Index question(Index i) const { return goal || !together ? i : -1; }

    // The columns that a search for a question looks at.
    Index first_of(Index question) const { return goal ? 0 : std::max<Index>(question, 0); }
    Index count_of(Index question) const { return goal || question < 0 ? size() : 1; }
    Index need_of(Index question, Index k) const {
        return goal && k < goal->size() && k != question ? nothing : need[k];
    }

    // The columns that can tell on their own that nothing is bad.
    Index n_telling() const { return goal ? goal->size() : size(); }

    // The kind of a leaf as a column sees it.
    std::int32_t kind_of(Index leaf, Index k) const {
        return kind.size() == worth.size() ? kind[leaf] : kind[leaf * size() + k];
    }

    static constexpr Index nothing = -(Index{1} << 61); // every sum reaches it

    // Whether sums that no input exceeds show that the answer to a question is no, or (`decided`) to all of them.
    bool refuted(Index question, Longs sums) const;
    bool decided(Longs sums) const;
};

// All of it; it views what others keep.
struct Problem {
    const Layout& layout;
    const Arithmetic& sums;
    const Columns& columns;
    std::shared_ptr<const Choices> choices = nullptr; // where each tree decides on its own (choices.hpp)
};

// Add the values of a leaf to the scores, as the model's library does.
inline void add_leaf(const Arithmetic& sums, std::int32_t leaf, RealsOut scores) {
    for (Index k = 0; k < sums.start.size(); ++k) {
        const double total = scores[k] + sums.values(leaf, k);
        scores[k] = sums.single ? static_cast<double>(static_cast<float>(total)) : total;
    }
}

// Whether scores are outside O, once all values are added.
inline bool scores_outside(const Arithmetic& sums, RealsOut scores) {
    const Index n = sums.start.size();
    if (sums.goal) return sums.goal->bad(scores);
    if (sums.divisor != 1.0) {
        for (Index k = 0; k < n; ++k) scores[k] /= sums.divisor;
    }
    if (sums.good.empty()) return (sums.lower <= scores[0] && scores[0] <= sums.upper) == sums.enter;
    return !sums.good[decide(scores, sums.link)];
}

// Write the scores of a member.
inline void add_up(Ints leaves, const Member& member, RealsOut scores) {
    for (Index k = 0; k < scores.size(); ++k) scores[k] = member.sums.start[k];
    for (const std::int32_t tree : member.trees) add_leaf(member.sums, leaves[tree], scores);
}

// The number that a member predicts.
inline double number_of(Ints leaves, const Member& member, RealsOut scores) {
    add_up(leaves, member, scores.part(0, member.sums.start.size()));
    return member.sums.divisor != 1.0 ? scores[0] / member.sums.divisor : scores[0];
}

inline bool outside_of_models(Ints leaves, const Models& models, RealsOut scores) {
    if (!std::isnan(models.apart)) {
        const double first = number_of(leaves, models.members[0], scores);
        return first - number_of(leaves, models.members[1], scores) > models.apart;
    }
    for (const Member& member : models.members) {
        const RealsOut own = scores.part(0, member.sums.start.size());
        add_up(leaves, member, own);
        if (scores_outside(member.sums, own) != models.together) return !models.together;
    }
    return models.together;
}

// Whether the model's own arithmetic decides outside O for one leaf row a tree (`scores`: room for them).
inline bool outside(Ints leaves, const Arithmetic& sums, RealsOut scores) {
    if (sums.models) return outside_of_models(leaves, *sums.models, scores);
    for (Index k = 0; k < sums.start.size(); ++k) scores[k] = sums.start[k];
    for (const std::int32_t leaf : leaves) add_leaf(sums, leaf, scores);
    return scores_outside(sums, scores);
}

} // namespace suffice
