#include "workspace.hpp"

#include <algorithm>

namespace suffice {

namespace {

constexpr Index most_levels = 24;
constexpr Index mergeable = 160;  // rows that can be merged
constexpr Index deeper = 6;       // room for the rows of further levels, in fronts
constexpr Index many_rows = 4096; // room for so many rows costs little
constexpr Index sets = 6;         // of the cells of one attribute

struct Sizes {
    Index levels, rows, entries, trail, merged, cells;
};

Sizes sizes_of(const Layout& layout, Index n_columns, Index widest) {
    Index tests = 0; // that fronts show
    bool deep = false;
    for (Index t = 0; t < layout.n_trees(); ++t) {
        const Index end = t + 1 < layout.n_trees() ? layout.root[t + 1] : layout.n_nodes();
        Index inner = 0;
        for (Index i = layout.root[t]; i < end; ++i) inner += layout.node[i].element >= 0;
        tests += std::min<Index>(inner, word_bits - 1);
        deep = deep || inner >= widest;
    }
    Sizes sizes{};
    sizes.levels = deep ? most_levels : 1;
    const Index front = std::max<Index>(1, layout.n_trees() * n_columns);
    const Index fronts = std::min(sizes.levels, std::max(deeper, many_rows / front));
    sizes.rows = front * fronts;
    sizes.entries = tests * n_columns * std::max<Index>(3, fronts) + word_bits;
    sizes.trail =
        sizes.rows * word_bits + 3 * layout.n_elements() + layout.n_listed_cells() + layout.n_attributes() + word_bits;
    sizes.merged = std::min(sizes.rows, mergeable);
    for (Index a = 0; a < layout.n_attributes(); ++a) {
        if (!layout.attribute[a].interval) sizes.cells = std::max(sizes.cells, layout.attribute[a].count);
    }
    return sizes;
}

} // namespace

Workspace::Workspace(const Layout& layout, Index n_columns, Index n_outputs, Clock& its_clock, Index its_patience,
                     Index its_widest)
    : span(layout.n_attributes()), barred(layout.n_listed_cells()), side(layout.n_elements()),
      point(layout.n_attributes()), leaves(layout.n_trees()), scores(n_outputs), total(n_columns),
      tried(layout.n_elements()), fall(n_columns), reach(layout.n_listed_cells(), 1 + n_columns),
      lost(layout.n_listed_cells()), room(layout.n_words()), patience(its_patience), widest(its_widest),
      clock(&its_clock) {
    const Sizes sizes = sizes_of(layout, n_columns, widest);
    row = Room<FrontRow>(sizes.rows + 1);
    of_row = Room<RowLeaves>(sizes.rows);
    entry = Room<Entry>(sizes.entries);
    at = Room<std::int32_t>(sizes.levels * (layout.n_elements() + 1));
    if_true = Room<Loss>(sizes.entries);
    if_false = Room<Loss>(sizes.entries);
    level.resize(sizes.levels + 1);
    below = Buffer<Index, 2>(sizes.levels + 1, n_columns);
    trail = Room<Step>(sizes.trail);
    frame.resize(2 * layout.n_elements() + sizes.levels + 2);
    gain = Room<Index>(sizes.merged * sizes.merged);
    most_merged = sizes.merged;
    merging = Room<Merging>(sizes.rows);
    cut = Room<Cut>(sizes.entries);
    visit = Room<Visit>(2 * layout.n_elements() + 2);
    saved = Room<SavedWord>(layout.n_listed_cells() + layout.n_words());
    cell = Buffer<std::int32_t, 2>(sizes.cells, 2);
    cell_sets = Buffer<Word, 2>(sets, (sizes.cells + word_bits - 1) / word_bits);
    literals.reserve(layout.n_elements());
}

} // namespace suffice
