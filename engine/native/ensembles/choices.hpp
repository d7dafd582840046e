// A question that leaves decide one by one: each tree must reach one of the leaves that are enough for it.
//
// "Several labels have these values" is such a question where each label is a decision tree. Its boxes of leaves say
// more than sums over tests: an input is bad if and only if one box of each tree holds it. So leaves are what is
// chosen, the tree with the fewest left first, and what is chosen takes away the leaves of other trees that it has no
// input in common with. Clauses are chosen from like trees: one of their literals has to hold.
#pragma once

#include "box.hpp"

#include <memory>

namespace suffice {

// What a box needs of one attribute: a range of cells, or, of a listed one, a set of cells.
struct Demand {
    std::int32_t attribute = 0;
    std::int32_t lo = 0, hi = 0;
    Index set = -1; // where its words begin
};

// A demand, as its attribute knows it.
struct Demanded {
    std::int32_t option = 0;
    std::int32_t demand = 0;
};

// The boxes that each tree (and each clause) can choose from. A subtree of leaves that are all enough is one box; trees
// of which all leaves are enough have no choice to make, and are left out.
struct Choices {
    std::vector<Index> first;        // the boxes of group g: first[g] … first[g + 1] - 1
    std::vector<std::int32_t> group; // of each box
    std::vector<Index> at;           // the demands of box i: at[i] … at[i + 1] - 1
    std::vector<Demand> demand;
    std::vector<Word> cells;      // sets of cells of listed attributes
    std::vector<Index> wanted_at; // the demands on attribute a: wanted_at[a] … wanted_at[a + 1] - 1
    std::vector<Demanded> wanted;

    // `enough`: of each leaf row.
    Choices(const Layout& layout, Array<const bool> enough);

    Index n_groups() const { return static_cast<Index>(first.size()) - 1; }
    Index n_options() const { return static_cast<Index>(group.size()); }
    Index n_attributes() const { return static_cast<Index>(wanted_at.size()) - 1; }
};

// The choices of a question; none where the sums of several trees decide a column, or a goal does.
std::shared_ptr<const Choices> choices_of(const Layout& layout, const Columns& columns);

} // namespace suffice
