// Proofs that nothing in a box is bad, written down: a tree of boxes whose leaves carry bounds.
//
// The search is plain branch and bound over the tests of single trees, so that whoever reads the proof needs no more
// than the sum of the best worth that each tree reaches in a box. It is slower than `search`, which is asked first.
#pragma once

#include "box.hpp"
#include "workspace.hpp"

#include <vector>

namespace suffice {

// What a leaf of a proof says.
enum ProofLeaf : std::int32_t {
    BY_BOUND = 0, // a column cannot reach what it needs
    BY_SUM = 1,   // each tree has one leaf, and the model's own arithmetic does not meet it
    BY_CLAUSE = 2 // no input there meets a clause of the theory
};

// Boxes in the order of a walk: a split is followed by the part where its literal is true, then by the other one.
struct ProofLog {
    std::vector<std::int32_t> split; // the element and one, with the side of the first part as sign; 0: a leaf
    std::vector<std::int32_t> kind;  // of each leaf
    std::vector<std::int32_t> way;   // whose bound it is (0 where there is none)
    std::vector<Index> bound;        // what the column reaches at most
};

// Ways out of the wanted outcomes, in the model's own floats: way k is met if sign(k) * scores passes limit[k].
struct Ways {
    Array<const double, 2> values; // what a leaf adds to the scores
    Reals start, divisor;          // of each score
    Flags single;                  // whether its sums are rounded to float32
    Array<const double, 2> sign;   // -1, 0 or 1, of each way and score
    Reals limit, margin;           // nearer to the limit than this it counts as met
    Flags strict;                  // whether the limit itself does not meet it
};

// Write a proof that no input in the box meets a way (-1: all of them at once), by columns that bound the ways: NONE,
// FOUND (`work.point` meets it) or UNKNOWN (time was up, or the proof has more than `most` parts). The box is left as
// it was; where it can be, a point is like `prefer`.
Answer prove(const Problem& problem, Box& box, Index only, const Ways& ways, Ints prefer, Index most, Workspace& work,
             ProofLog& log);

} // namespace suffice
