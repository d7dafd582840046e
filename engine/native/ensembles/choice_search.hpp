// A search for one box of each group of choices with an input in common.
//
// What is chosen narrows the box of inputs; boxes that have nothing in common with it are taken away; the group with
// the fewest boxes left, and most often in the way, chooses next.
#pragma once

#include "cells.hpp"
#include "choices.hpp"
#include "told_changes.hpp"
#include "workspace.hpp"

#include <algorithm>

namespace suffice {

inline constexpr Index checks_a_step = 40; // looks at demands in a hundred nanoseconds

// A search: what the boxes chosen so far have in common, and which other ones have an input in common with it.
struct Choosing {
    const Layout& layout;
    const Choices& choices;
    Ints prefer;
    Workspace& work;
    ChoiceRoom& room;
    ToldChanges* told; // changes that are not found again; or none
    Index checks = 0;
    std::uint32_t noise = 0; // by how much the order of boxes is changed at random

    Choosing(const Problem& problem, Ints its_prefer, Workspace& its_work, ChoiceRoom& its_room,
             ToldChanges* its_told = nullptr)
        : layout(problem.layout), choices(*problem.choices), prefer(its_prefer), work(its_work), room(its_room),
          told(its_told) {}

    bool given_up() {
        const Index steps = 1 + checks / checks_a_step;
        checks = 0;
        return work.given_up(steps);
    }

    Index n_words(const Demand& demand) const { return layout.n_words(demand.attribute); }
    Word* words_of(Index a) { return room.cells.data() + layout.attribute[a].words; }

    bool meets(const Demand& demand) {
        if (demand.set < 0)
            return demand.lo <= room.span[demand.attribute].hi && demand.hi >= room.span[demand.attribute].lo;
        const Word* allowed = words_of(demand.attribute);
        for (Index w = 0; w < n_words(demand); ++w) {
            if ((allowed[w] & choices.cells[demand.set + w]) != 0) return true;
        }
        return false;
    }

    // Whether a point has what a demand asks.
    bool is_met(const Demand& demand) const {
        const Index cell = prefer[demand.attribute];
        if (demand.set < 0) return demand.lo <= cell && cell <= demand.hi;
        return (choices.cells[demand.set + (cell >> 6)] >> (cell & 63) & 1) != 0;
    }

    // Begin with a box; false: some group has no box with an input in it.
    bool start(const Box& box) {
        room.span.resize(layout.n_attributes());
        room.cells.resize(layout.n_words());
        for (Index a = 0; a < layout.n_attributes(); ++a) {
            room.span[a] = {box.lo[a], box.hi[a]};
            if (!layout.attribute[a].interval)
                gather_cells(layout, a, box.barred, {room.cells.data(), {layout.n_words()}});
        }
        room.alive.assign(choices.n_options(), 0);
        room.left.assign(choices.n_groups(), 0);
        room.chosen.assign(choices.n_groups(), 0);
        room.weight.assign(choices.n_groups(), 1);
        room.order.clear();
        room.frame.clear();
        room.trail.clear();
        for (Index i = 0; i < choices.n_options(); ++i) {
            Index d = choices.at[i];
            while (d < choices.at[i + 1] && meets(choices.demand[d])) ++d;
            checks += d - choices.at[i] + 1;
            if (d < choices.at[i + 1]) continue;
            room.alive[i] = 1;
            ++room.left[choices.group[i]];
        }
        return std::all_of(room.left.begin(), room.left.end(), [](std::int32_t n) { return n > 0; });
    }

    // Leave only what a demand asks of its attribute; tell whether that is less than before.
    bool narrow(const Demand& demand) {
        const std::int32_t a = demand.attribute;
        if (demand.set < 0) {
            Span& span = room.span[a];
            if (demand.lo <= span.lo && demand.hi >= span.hi) return false;
            room.trail.push_back({ChoiceRoom::RANGE, a, static_cast<Word>(span.lo) << 32 | static_cast<Word>(span.hi)});
            span = {std::max<Index>(span.lo, demand.lo), std::min<Index>(span.hi, demand.hi)};
            return true;
        }
        bool changed = false;
        Word* allowed = words_of(a);
        for (Index w = 0; w < n_words(demand); ++w) {
            const Word now = allowed[w] & choices.cells[demand.set + w];
            if (now == allowed[w]) continue;
            room.trail.push_back(
                {ChoiceRoom::CELLS, static_cast<std::int32_t>(layout.attribute[a].words + w), allowed[w]});
            allowed[w] = now;
            changed = true;
        }
        return changed;
    }

    // Take away the boxes that have nothing in common with what is left of an attribute; false: a group has none left.
    bool strike(Index a) {
        const Index end = choices.wanted_at[a + 1];
        checks += end - choices.wanted_at[a];
        for (Index k = choices.wanted_at[a]; k < end; ++k) {
            const Demanded& one = choices.wanted[k];
            if (room.alive[one.option] == 0 || meets(choices.demand[one.demand])) continue;
            const std::int32_t g = choices.group[one.option];
            room.alive[one.option] = 0;
            room.trail.push_back({ChoiceRoom::OPTION, one.option, 0});
            if (--room.left[g] > 0) continue;
            ++room.weight[g];
            return false;
        }
        return true;
    }

    // Choose a box; false: then some group has none.
    bool take(Index option) {
        for (Index d = choices.at[option]; d < choices.at[option + 1]; ++d) {
            const std::int32_t a = choices.demand[d].attribute;
            if (!narrow(choices.demand[d])) continue;
            if (told != nullptr && !told->force(a, room.span[a], static_cast<Index>(room.trail.size()))) return false;
            if (!strike(a)) return false;
        }
        return true;
    }

    void undo(std::size_t trail) {
        while (room.trail.size() > trail) {
            const ChoiceRoom::Change& change = room.trail.back();
            if (change.what == ChoiceRoom::RANGE) {
                room.span[change.which] = {static_cast<Index>(change.old >> 32),
                                           static_cast<Index>(change.old & 0xFFFFFFFF)};
                if (told != nullptr) told->release(change.which, room.span[change.which]);
            } else if (change.what == ChoiceRoom::CELLS) {
                room.cells[change.which] = change.old;
            } else {
                room.alive[change.which] = 1;
                ++room.left[choices.group[change.which]];
            }
            room.trail.pop_back();
        }
    }

    std::uint32_t next_random() {
        room.random = room.random * 1664525u + 1013904223u;
        return room.random >> 16;
    }

    // The group to choose of next: few boxes are left of it, and it was in the way often; -1: all have chosen.
    Index next_group() const {
        Index best = -1;
        for (Index g = 0; g < choices.n_groups(); ++g) {
            if (room.chosen[g] != 0) continue;
            if (best < 0 || Index{room.left[g]} * room.weight[best] < Index{room.left[best]} * room.weight[g]) best = g;
        }
        return best;
    }

    // Begin to choose of a group, boxes near the preferred point first.
    void open(Index g) {
        const std::size_t begin = room.order.size();
        for (Index i = choices.first[g]; i < choices.first[g + 1]; ++i) {
            if (room.alive[i] == 0) continue;
            std::int32_t far = 0;
            for (Index d = choices.at[i]; d < choices.at[i + 1]; ++d) far += is_met(choices.demand[d]) ? 0 : 1;
            checks += choices.at[i + 1] - choices.at[i];
            if (noise > 0) far += static_cast<std::int32_t>(next_random() % noise);
            room.order.push_back({far, static_cast<std::int32_t>(i)});
        }
        // the last one is taken first
        std::sort(room.order.begin() + static_cast<std::ptrdiff_t>(begin), room.order.end(),
                  [](const auto& x, const auto& y) { return x.far != y.far ? x.far > y.far : x.option > y.option; });
        room.chosen[g] = 1;
        room.frame.push_back({static_cast<std::int32_t>(g), begin, room.trail.size()});
    }

    // Take the next box of the last group that has one left; false: there is none.
    bool go_on() {
        while (!room.frame.empty()) {
            const ChoiceRoom::Frame frame = room.frame.back();
            undo(frame.trail);
            while (room.order.size() > frame.order) {
                const std::int32_t option = room.order.back().option;
                room.order.pop_back();
                ++work.nodes;
                if (take(option)) return true;
                undo(frame.trail);
            }
            close();
        }
        return false;
    }

    // Give up the choice of the last group.
    void close() {
        const ChoiceRoom::Frame frame = room.frame.back();
        undo(frame.trail);
        room.order.resize(frame.order);
        room.chosen[frame.group] = 0;
        room.frame.pop_back();
    }

    // Make the point the nearest one to the preferred one that all chosen boxes hold.
    void settle_point() {
        for (Index a = 0; a < layout.n_attributes(); ++a) {
            Index cell = prefer[a];
            if (layout.attribute[a].interval) {
                cell = std::max(room.span[a].lo, std::min(cell, room.span[a].hi));
            } else if (const Word* allowed = words_of(a); (allowed[cell >> 6] >> (cell & 63) & 1) == 0) {
                Index w = 0;
                while (allowed[w] == 0) ++w;
                cell = w * word_bits + lowest(allowed[w]);
            }
            work.point[a] = static_cast<std::int32_t>(cell);
        }
    }
};

} // namespace suffice
