// How much of the mass of a box leaves the model in O: boxes of cells are split, heaviest first, until bounds decide.
//
// The mass of a box is the product of its attributes' masses, a whole number of any size; what is decided is added up
// exactly, so that what is not known is exact as well at any time. A box in which all trees are decided is told by the
// model's own arithmetic; it may be in doubt. Inputs that break a clause have no mass. Of a single tree each leaf is
// one box, so that it takes no longer than its leaves.
#pragma once

#include "../base/clock.hpp"
#include "masses.hpp"
#include "problem.hpp"

#include <vector>

namespace suffice {

struct CellBox {
    double mass = 0.0;       // about, as a share of the first box
    std::vector<Word> cells; // of each attribute: a range (the first cell, and the last one 32 bits higher), or a set
};

class Chances {
  public:
    // Two questions about one layout: can the model leave O, and can it be in O?
    Chances(const Problem& leave, const Problem& stay, const CellMasses& masses, Ints lo, Ints hi, Flags allowed);

    // Decide or split so many boxes: NONE (nothing is open), FOUND (there is more to do) or UNKNOWN (time is up).
    Answer go_on(Index boxes, Clock& clock);

    // A box that is in doubt: an input of it, and its mass.
    struct Doubt {
        std::vector<std::int32_t> point;
        Limbs mass;
    };
    std::vector<Doubt> doubts; // those since they were taken last

    Limbs all, inside, outside, doubtful, broken; // masses: of the first box, and of what is decided of it
    Index n_decided = 0;

  private:
    enum class Said { in, out, doubt, broken, open };

    // What a box leaves of a tree, without tests that it decides.
    struct Open {
        std::int32_t node, low, high; // numbers of entries; -1: a leaf
        double reached, share;        // the share of the box that comes here, and of that what goes to `high`
    };

    int side(const CellBox& box, Index e);
    std::int32_t resolve(const CellBox& box, std::int32_t node);
    double share_above(const CellBox& box, Index e) const;
    double share_of(const CellBox& box, Index a) const;
    void list_open(const CellBox& box);
    void find_best();
    Said model_says(const CellBox& box);
    bool clauses_met(const CellBox& box, Said& said, Index& element);
    Index best_test();
    void split(const CellBox& box, Index e);
    void keep(CellBox&& box);
    Limbs mass_of(const CellBox& box) const;
    std::vector<std::int32_t> point_of(const CellBox& box) const;
    void enter(Index a, Index& place, CellBox& box, Ints lo, Ints hi, Flags allowed);

    const Layout& layout_;
    const Problem &leave_, &stay_;
    MassTable table_;
    std::vector<Index> place_;  // of each attribute in the cells of a box
    std::vector<Index> active_; // attributes with more than one cell
    std::vector<Limbs> whole_;  // their masses in the first box
    CellBox first_;
    std::vector<CellBox> open_;       // a heap
    std::vector<std::int32_t> roots_; // of each tree: the first test that the first box does not decide
    std::vector<Open> entries_;
    std::vector<std::int32_t> top_;  // of each tree: its entry
    std::vector<Index> best_, sums_; // greatest worths of entries, by column of both questions
    std::vector<double> scale_, score_;
    std::vector<Index> scored_;
    std::vector<std::int8_t> side_;
    std::vector<Index> stamp_;
    Index now_ = 0;
    Buffer<std::int32_t> leaves_;
    Buffer<double> scores_;
};

// What is known of an input: 1: it is in O; 0: it is not; 2: in doubt; 3: it breaks a clause.
int point_says(const Problem& leave, const Problem& stay, Ints point, IntsOut leaves, RealsOut scores);

} // namespace suffice
