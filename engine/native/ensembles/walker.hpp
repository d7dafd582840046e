// Walks over all reasons of an ensemble: what they choose, and what that does to a box.
//
// Items are literals of interval attributes (cuts): a kept one bounds its attribute at the cut; a freed one allows the
// cells up to the first that violates it. Beside them, walks over sufficient reasons have cells of listed attributes: a
// kept one is barred, and kept cells are such as literals bar together. Or items are features: groups of attributes of
// any kind, kept or free as a whole.
#pragma once

#include "../hitting/walk.hpp"
#include "change_question.hpp"
#include "listed_items.hpp"
#include "search.hpp"
#include "widen.hpp"

namespace suffice {

// The items of a walk.
struct Items {
    Shared<Index> unit;        // the attribute of each literal; the group of each feature
    Shared<Index> cut;         // the cut of each literal; the cell of each cell; -1 for features
    Shared<std::int32_t> of;   // the item of each element (literals) or group (features), -1: none
    Shared<std::int32_t> cell; // literals: the item of each cell of listed attributes, -1: none
    Groups groups;             // the attributes of each unit
    Shared<std::int32_t> back; // units in the order in which counterexamples are brought back to the instance
    bool literals = false;     // which kind they are
};

class Walker {
  public:
    // A walk over sufficient reasons (what chosen items leave is a box), or over contrastive ones (what they span is).
    // `most_put_off`: see Walk.
    Walker(const ChangeQuestion& question, Items items, bool over_sufficient, bool with_points, Index most_put_off);

    Walk walk; // where it is

    // Make counterexamples that are as near as they can be the first edges; they count as read.
    void begin(Array<const std::int32_t, 2> points);

    // Go on: NONE: the walk has ended; FOUND: there is something to read, or it has done enough; UNKNOWN: given up.
    Answer go_on(Workspace& work);

  private:
    // Over sufficient reasons: minimal sets of kept items that hit every counterexample.
    Answer go_on_sufficient(Workspace& work);
    Answer at_node(Workspace& work);
    void try_kept(Index v);
    void leave_kept();
    bool resume_kept(Workspace& work);
    bool critical(Index k) const;
    Array<const Word> kept_cells(Index a, Index depth) const;
    bool complete_cells();
    void bar(Index v, std::int32_t barred);
    void keep_item(Index v);
    void release_item(Index v);
    Answer learn(Workspace& work);

    // Over contrastive reasons: minimal sets of freed items that hit every sufficient reason.
    Answer go_on_contrastive(Workspace& work);
    Answer try_freed(Index v, Workspace& work);
    Answer could_keep(Index v, Workspace& work);
    Answer learn_kept(Workspace& work);
    void try_cells(Index v);
    void fix_item(Index v);
    void free_item(Index v, bool short_of);
    void bound(Index v, Index cell);
    void copy_box_to_room();
    void add_kept_literals();
    void add_kept_groups();

    // Both.
    const Layout& layout() const { return question_.problem.layout; }
    bool is_listed(Index v) const { return items_.literals && !layout().attribute[items_.unit[v]].interval; }
    bool is_below(Index v) const { return items_.cut[v] < question_.cells[items_.unit[v]]; }
    Index far_cell(Index v) const { return is_below(v) ? items_.cut[v] : items_.cut[v] + 1; }
    bool same_side(Index v, Index w) const {
        return items_.literals && items_.unit[v] == items_.unit[w] && is_below(v) == is_below(w) && !is_listed(v);
    }
    void fix_group(Index unit);
    void open_group(Index unit);
    Answer ask(Ints prefer, Workspace& work);
    Ints list_units();
    Answer narrow(Ints order, Workspace& work);
    void add_point(Ints point);

    const ChangeQuestion& question_;
    Items items_;
    bool over_sufficient_;
    ListedItems listed_;
    Box box_;                    // of the current node
    Box room_;                   // any box
    Buffer<std::int32_t> point_; // a counterexample
    Buffer<std::int32_t> order_; // of units
    Buffer<std::int8_t> marked_; // of units: -1: none of its items is there, 1: one is a candidate
    Buffer<bool> free_, kept_;   // room for shrinking
    Buffer<std::int32_t> guide_;
    Buffer<std::int32_t, 2> pool_;
    Buffer<Word> cells_, others_; // sets of cells of a listed attribute
    Buffer<Word> branched_;       // a set of items
};

} // namespace suffice
