// How much the best few changes can bring: bounds with prices over the edges of an ensemble.
//
// Some groups are chosen, some banned, and at most `left` more may change. Without prices every tree would choose its
// own changes for nothing. With **prices** (one a tree and group, none negative) a tree pays for the groups of its
// edge, and the prices of all trees for a group come back once it is chosen: whatever changes, the sum of the best paid
// edges plus the `left` greatest group prices is at least what it brings. Any prices give a bound; subgradient steps
// find good ones (their best bound is that of the linear relaxation).
//
// One pass over the edges tells the bound of each group g as the next choice as well: with g chosen, edges with g have
// one group less to pay for, and edges without it may have one group less.
#pragma once

#include "leaf_groups.hpp"

namespace suffice {

enum class Mark : std::int8_t { free, chosen, banned };

struct Bounds {
    std::vector<Mark> mark;     // of each group
    Buffer<std::int32_t> level; // at which depth a group was banned (-1: it is not)
    Buffer<double> price;       // of each slot
    Buffer<double, 2> total;    // by column: the sum of a group's prices
    Buffer<double, 2> gain;     // by column: what a group brings as the next choice
    Buffer<double> bound;       // the least slack of each group as the next choice, above what the columns need
    // Room for a pass.
    Buffer<double> value; // a group's best edge in the tree at hand …
    Buffer<Index> stamp;  // … if this is the tree's number
    Buffer<std::int32_t> touched;
    Buffer<Index> extra; // entries of the edge at hand
    Buffer<Index> best;  // the best paid edge of each tree, -1: none
    Buffer<double> move; // direction of a step
    Buffer<double> top;  // greatest group prices
    Index trees_passed = 0;
    Word dead = 0;  // bits of groups (modulo 64) all of which are banned
    Word fresh = 0; // bits of groups none of which is chosen
    // Slots of each column that have prices, in order; those that a step moves.
    std::vector<std::vector<std::int32_t>> priced;
    std::vector<std::int32_t> moved, merged;

    Bounds(const Edges& edges, Index n_groups);
    Index n_groups() const { return static_cast<Index>(mark.size()); }

    // Whether a group is among the dearest ones of a column, whose prices fall.
    bool falls(Index k, Index g, double least) const {
        return mark[g] == Mark::free && total(k, g) > 0 && total(k, g) >= least;
    }
};

// Bound each free group as the next choice by the columns first … last - 1; ban those that cannot be one, at this
// depth. Return how many are left, or -1 if the clock was up (then nothing is banned).
Index next_choices(const Edges& edges, Index first, Index last, Index left, Index depth, Bounds& bounds, Clock& clock);

// Move a column's prices so that its bound falls towards what is needed (after a pass); return the bound before.
double step_prices(const Edges& edges, Index k, Index left, double pace, Bounds& bounds);

} // namespace suffice
