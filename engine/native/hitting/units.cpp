#include "units.hpp"

#include <algorithm>
#include <limits>
#include <numeric>

namespace suffice {

namespace {

constexpr Index infinite = std::numeric_limits<Index>::max();

Index words_for(Index n) { return (n + word_bits - 1) / word_bits; }

} // namespace

UnitProblem::UnitProblem(Longs start, Ints member, Longs cost)
    : start_(Buffer<Index>::copy_of(start)), member_(Buffer<std::int32_t>::copy_of(member)),
      cost_(Buffer<Index>::copy_of(cost)), covers_(cost.size(), words_for(start.size() - 1)),
      open_(cost.size() + 2, words_for(start.size() - 1)), forbidden_(cost.size()), taken_(cost.size()),
      levels_(static_cast<std::size_t>(cost.size()) + 2), best_(static_cast<std::size_t>(cost.size())) {
    for (Index k = 0; k + 1 < start.size(); ++k) {
        const Word bit = Word{1} << (k % word_bits);
        open_(0, k / word_bits) |= bit;
        for (Index unit : edge(k)) covers_(unit, k / word_bits) |= bit;
    }
    begin();
}

// Take the unit with most open edges per cost until all are hit, then drop the needless ones.
void UnitProblem::begin() {
    const Index n = start_.size() - 1;
    std::vector<Index> hits(static_cast<std::size_t>(n));
    std::vector<double> gain(best_.size());
    while (std::find(hits.begin(), hits.end(), 0) != hits.end()) {
        std::fill(gain.begin(), gain.end(), 0.0);
        for (Index k = 0; k < n; ++k) {
            if (hits[static_cast<std::size_t>(k)] != 0) continue;
            for (Index unit : edge(k)) {
                gain[static_cast<std::size_t>(unit)] += 1.0 / (static_cast<double>(cost_[unit]) + 1e-9);
            }
        }
        const auto unit = std::max_element(gain.begin(), gain.end()) - gain.begin();
        best_[static_cast<std::size_t>(unit)] = true;
        for (Index k = 0; k < n; ++k) hits[static_cast<std::size_t>(k)] += std::ranges::count(edge(k), unit);
    }
    drop_needless(hits);
    for (Index unit = 0; unit < cost_.size(); ++unit) {
        if (best_[static_cast<std::size_t>(unit)]) upper_ += cost_[unit];
    }
}

// Drop what is needless in the best hitting set, the dearest units first.
void UnitProblem::drop_needless(std::vector<Index>& hits) {
    std::vector<Index> order(best_.size());
    std::iota(order.begin(), order.end(), 0);
    std::ranges::stable_sort(
        order, [&](Index a, Index b) { return static_cast<double>(cost_[a]) > static_cast<double>(cost_[b]); });
    for (Index unit : order) {
        if (!best_[static_cast<std::size_t>(unit)]) continue;
        bool needed = false;
        for (Index k = 0; k + 1 < start_.size() && !needed; ++k) {
            needed = hits[static_cast<std::size_t>(k)] == 1 && std::ranges::count(edge(k), unit) > 0;
        }
        if (needed) continue;
        best_[static_cast<std::size_t>(unit)] = false;
        for (Index k = 0; k + 1 < start_.size(); ++k) {
            hits[static_cast<std::size_t>(k)] -= std::ranges::count(edge(k), unit);
        }
    }
}

void UnitProblem::search(Index node_limit, Clock& clock) {
    Index nodes = 0;
    while (level_ >= 0) {
        ++nodes;
        const Index spent = levels_[static_cast<std::size_t>(level_)].spent;
        const auto [cost, edge] = bound();
        const bool in_time = !clock.up(1 + static_cast<Index>(edges_.size()) / 4);
        if (level_ == 0) lower_ = std::min(upper_, cost);
        if (edge == none_open && spent < upper_) record();
        if (edge >= 0 && spent + cost < upper_) {
            if (nodes > node_limit || !in_time) return;
            Level& level = levels_[static_cast<std::size_t>(level_)];
            level.edge = edge;
            level.following = start_[edge];
        } else {
            --level_;
        }
        while (level_ >= 0 && !next_branch()) --level_;
        if (level_ >= 0) ++level_;
    }
    lower_ = upper_;
}

Buffer<bool> UnitProblem::chosen() const {
    Buffer<bool> out(cost_.size());
    std::copy(best_.begin(), best_.end(), out.begin());
    return out;
}

// Take the units that are chosen now as the best hitting set.
void UnitProblem::record() {
    upper_ = levels_[static_cast<std::size_t>(level_)].spent;
    std::fill(best_.begin(), best_.end(), false);
    for (Index d = 0; d < level_; ++d) {
        best_[static_cast<std::size_t>(levels_[static_cast<std::size_t>(d)].chosen)] = true;
    }
}

// Forbid the unit of the level's branch that ended and prepare the level below for its next one.
//
// False, with what the level forbade allowed again, if there is no further branch.
bool UnitProblem::next_branch() {
    Level& level = levels_[static_cast<std::size_t>(level_)];
    const auto mark = static_cast<std::int32_t>(level_) + 1;
    if (level.chosen >= 0) forbidden_[level.chosen] = mark;
    level.chosen = -1;
    const Array<Word> open = open_.row(level_), then_open = open_.row(level_ + 1);
    while (level.following < start_[level.edge + 1]) {
        const std::int32_t unit = member_[level.following++];
        if (forbidden_[unit] != 0) continue;
        level.chosen = unit;
        levels_[static_cast<std::size_t>(level_) + 1].spent = level.spent + cost_[unit];
        const Array<Word> covers = covers_.row(unit);
        for (Index w = 0; w < open.size(); ++w) then_open[w] = open[w] & ~covers[w];
        return true;
    }
    for (std::int32_t unit : edge(level.edge)) {
        if (forbidden_[unit] == mark) forbidden_[unit] = 0;
    }
    return false;
}

// A lower bound for the open edges, and the edge to branch on.
UnitProblem::Bound UnitProblem::bound() {
    const Array<Word> open = open_.row(level_);
    edges_.clear();
    Bound out{0, none_open};
    Index smallest = infinite;
    for (Index w = 0; w < open.size(); ++w) {
        for (Word word = open[w]; word != 0; word &= word - 1) {
            OpenEdge one{w * word_bits + lowest(word), 0, infinite};
            for (std::int32_t unit : edge(one.edge)) {
                if (forbidden_[unit] != 0) continue;
                ++one.size;
                one.cheapest = std::min(one.cheapest, cost_[unit]);
            }
            if (one.size == 0) return {0, hopeless};
            if (one.size < smallest) {
                smallest = one.size;
                out.edge = one.edge;
            }
            edges_.push_back(one);
        }
    }
    ++packings_;
    for (Index size_limit : {Index{2}, Index{4}, infinite}) out.cost += pack(size_limit); // small edges pack best
    return out;
}

// Take open edges up to a size that are disjoint from each other and from those taken before; their cost.
Index UnitProblem::pack(Index size_limit) {
    Index cost = 0;
    for (const OpenEdge& one : edges_) {
        if (one.size > size_limit) continue;
        const Ints units = edge(one.edge);
        const auto is_left = [&](std::int32_t unit) { return forbidden_[unit] == 0; };
        if (std::ranges::any_of(units, [&](std::int32_t unit) { return is_left(unit) && taken_[unit] == packings_; })) {
            continue;
        }
        cost += one.cheapest;
        for (std::int32_t unit : units) {
            if (is_left(unit)) taken_[unit] = packings_;
        }
    }
    return cost;
}

} // namespace suffice
