#include "leaves.hpp"

#include "search.hpp"

#include <numeric>

namespace suffice {

namespace {

constexpr double most = 1 << 22;                       // leaves of all depths
constexpr double steps = 1 << 22;                      // of sorting each tree's leaves
constexpr Index most_attributes = 10, most_words = 24; // with more, tests divide better
constexpr double orders = 1 << 20;                     // leaves of all columns whose orders are kept

// Call for each bit of a word, the lowest first.
template <class Call> void each_bit(Word word, Call call) {
    for (; word != 0; word &= word - 1) call(lowest(word));
}

bool fits(const Layout& layout) {
    double n_leaves = 0, squares = 0;
    for (Index a = 0; a < layout.n_attributes(); ++a) {
        if (layout.attribute[a].interval) return false;
    }
    for (const Node& node : layout.node) n_leaves += node.element < 0;
    for (Index t = 0; t < layout.n_trees(); ++t) {
        const Index end = t + 1 < layout.n_trees() ? layout.root[t + 1] : layout.n_nodes();
        const double size = static_cast<double>(end - layout.root[t]) / 2;
        squares += size * size;
    }
    return layout.n_attributes() <= most_attributes && layout.n_words() <= most_words &&
           static_cast<double>(layout.n_attributes() + 1) * n_leaves <= most && 0 < squares && squares <= steps;
}

} // namespace

Leaves::Leaves(const Layout& layout) {
    if (!fits(layout)) return;
    n_words_ = layout.n_words();
    for (Index a = 0; a < layout.n_attributes(); ++a) {
        attribute_.push_back({layout.attribute[a].words, layout.attribute[a + 1].words, layout.attribute[a].cells});
    }
    list(layout);
    met_.resize(cells_.size());
    worth_.resize(row_.size());
    depth_.resize(layout.n_attributes() + 1);
    for (Depth& depth : depth_) {
        depth.live.resize(row_.size());
        depth.at.resize(first_.size());
        depth.allowed.resize(n_words_);
        depth.rest.resize(n_words_);
        depth.reach.resize(layout.n_listed_cells());
    }
}

bool Leaves::fit(const Layout& layout) const {
    return size() > 0 && static_cast<Index>(attribute_.size()) == layout.n_attributes() &&
           n_words_ == layout.n_words() && static_cast<Index>(first_.size()) == layout.n_trees() + 1 &&
           2 * size() - layout.n_trees() == layout.n_nodes();
}

void Leaves::list(const Layout& layout) {
    std::vector<Word> reach(layout.n_nodes() * n_words_, ~Word{0}); // of each node
    for (Index i = 0; i < layout.n_nodes(); ++i) {
        const Node& node = layout.node[i];
        const Word* mine = reach.data() + i * n_words_; // of no words, where nothing is tested
        if (node.parent < 0) first_.push_back(size());
        if (node.element < 0) {
            row_.push_back(node.leaf);
            cells_.insert(cells_.end(), mine, mine + n_words_);
            continue;
        }
        Word *high = reach.data() + node.high * n_words_, *low = reach.data() + node.low * n_words_;
        std::copy(mine, mine + n_words_, high);
        std::copy(mine, mine + n_words_, low);
        const Test& test = layout.test[node.element];
        const Words& words = attribute_[test.owner];
        for (Index w = words.first; w < words.end; ++w) {
            const Word truth = layout.truth[test.row + w - words.first];
            high[w] &= truth;
            low[w] &= ~truth;
        }
    }
    first_.push_back(size());
}

// The order of a column, made anew unless the column is what it was.
const Leaves::Order& Leaves::order_by(const Columns& columns, Index k) {
    const bool all = static_cast<double>(columns.size()) * static_cast<double>(size()) <= orders;
    if (const Index slots = all ? columns.size() : 1; static_cast<Index>(order_.size()) != slots) {
        order_.clear();
        order_.resize(slots);
    }
    Order& order = order_[all ? k : 0];
    const auto worth_of = [&](std::int32_t leaf) { return columns.worth(row_[leaf], k); };
    bool same = !order.leaf.empty();
    for (Index p = 0; same && p < size(); ++p) same = order.worth[p] == worth_of(order.leaf[p]);
    if (same) return order;
    order.leaf.resize(size());
    order.worth.resize(size());
    std::iota(order.leaf.begin(), order.leaf.end(), 0);
    for (std::size_t t = 0; t + 1 < first_.size(); ++t) {
        std::stable_sort(order.leaf.begin() + first_[t], order.leaf.begin() + first_[t + 1],
                         [&](std::int32_t i, std::int32_t j) { return worth_of(i) > worth_of(j); });
    }
    for (Index p = 0; p < size(); ++p) order.worth[p] = worth_of(order.leaf[p]);
    return order;
}

Answer Leaves::hold(const Problem& problem, const Box& box, Workspace& work) {
    if (size() == 0) return UNKNOWN;
    for (Index k = 0; k < problem.columns.size(); ++k) {
        if (hopeless_box(problem.columns, box, k)) continue;
        if (const Answer answer = search(problem, box.barred, k, work); answer != NONE) return answer;
    }
    return NONE;
}

Answer Leaves::hold_cells(const Problem& problem, Ints barred, Workspace& work) {
    if (size() == 0) return UNKNOWN;
    for (Index k = 0; k < problem.columns.size(); ++k) {
        if (const Answer answer = search(problem, barred, k, work); answer != NONE) return answer;
    }
    return NONE;
}

void Leaves::prove_cells(const Columns& columns, Ints barred, Index a, Array<Word> proved) {
    const Words& words = attribute_[a];
    proved.fill(~Word{0});
    for (Index k = 0; k < columns.size(); ++k) {
        Depth& top = depth_[0];
        if (!start(barred, order_by(columns, k), columns.offset[k])) return;
        find_reach(top, words);
        for (Index w = words.first; w < words.end; ++w) {
            const Index* reach = &top.reach[words.cells + (w - words.first) * word_bits];
            each_bit(top.allowed[w], [&](int c) {
                if (reach[c] >= columns.need[k]) proved[w - words.first] &= ~(Word{1} << c);
            });
        }
    }
}

Answer Leaves::search(const Problem& problem, Ints barred, Index k, Workspace& work) {
    const Index need = problem.columns.need[k];
    if (!start(barred, order_by(problem.columns, k), problem.columns.offset[k])) return NONE;
    bool entered = true;
    for (Index d = 0; d >= 0;) {
        Depth& here = depth_[d];
        if (entered) {
            ++work.nodes;
            if (work.given_up(1 + here.at.back() / 16)) return UNKNOWN;
            entered = false;
            if (!filter(need, here)) {
                --d;
                continue;
            }
            const Index estimate = best_point(here, work.point);
            const bool open = choose(here);
            if ((!open || estimate >= need) && is_bad(problem, work.point, work)) return FOUND;
            if (!open) {
                --d;
                continue;
            }
        }
        const Index c = next_cell(here);
        if (c < 0) {
            --d;
            continue;
        }
        enter_cell(d, c);
        ++d;
        entered = true;
    }
    return NONE;
}

// Make the box the first one, with its leaves, each tree's best first; false: an attribute has no cell.
bool Leaves::start(Ints barred, const Order& order, Index offset) {
    Depth& top = depth_[0];
    std::fill(top.allowed.begin(), top.allowed.end(), Word{0});
    for (std::size_t a = 0; a < attribute_.size(); ++a) {
        const Words& words = attribute_[a];
        const Index end = a + 1 < attribute_.size() ? attribute_[a + 1].cells : barred.size();
        Word some = 0;
        for (Index c = words.cells; c < end; ++c) {
            const Index place = c - words.cells;
            const Word bit = Word{barred[c] == 0} << (place & 63);
            top.allowed[words.first + (place >> 6)] |= bit;
            some |= bit;
        }
        if (some == 0) return false;
    }
    Index n = 0;
    offset_ = top.bound = offset;
    for (std::size_t t = 0; t + 1 < first_.size(); ++t) {
        top.at[t] = n;
        for (Index p = first_[t]; p < first_[t + 1]; ++p) {
            const Word* cells = cells_.data() + order.leaf[p] * n_words_;
            if (!meets(cells, top.allowed)) continue;
            for (Index w = 0; w < n_words_; ++w) met_[w * size() + n] = cells[w];
            worth_[n] = order.worth[p];
            top.live[n] = static_cast<std::int32_t>(n);
            ++n;
        }
        top.bound += worth_[top.at[t]];
    }
    top.at.back() = n;
    return true;
}

// Whether a leaf has an allowed cell of each attribute.
bool Leaves::meets(const Word* cells, const std::vector<Word>& allowed) const {
    for (const Words& words : attribute_) {
        Word some = 0;
        for (Index w = words.first; w < words.end; ++w) some |= cells[w] & allowed[w];
        if (some == 0) return false;
    }
    return true;
}

// Write the leaves of one depth that meet what another one allows of an attribute (both may be the same).
void Leaves::keep(const Depth& from, Depth& to, const Words& words) const {
    Index n = 0, begin = 0, bound = offset_;
    for (std::size_t t = 0; t + 1 < first_.size(); ++t) {
        const Index end = from.at[t + 1];
        to.at[t] = n;
        for (Index j = begin; j < end; ++j) {
            const std::int32_t i = from.live[j];
            Word some = 0;
            for (Index w = words.first; w < words.end; ++w) some |= met_[w * size() + i] & to.allowed[w];
            to.live[n] = i;
            n += some != 0;
        }
        bound += worth_[to.live[to.at[t]]];
        begin = end;
    }
    to.at.back() = n;
    to.bound = bound;
}

// Take away the cells that do not reach what is needed; tell whether each attribute has one left.
bool Leaves::filter(Index need, Depth& here) const {
    const std::size_t n = attribute_.size();
    std::size_t known = 0; // attributes whose reach is known, up to the one at hand
    for (std::size_t a = 0; known < n; a = a + 1 < n ? a + 1 : 0) {
        if (here.bound < need) return false;
        find_reach(here, attribute_[a]);
        ++known;
        if (!take_away(need, here, attribute_[a])) continue;
        Word some = 0;
        for (Index w = attribute_[a].first; w < attribute_[a].end; ++w) some |= here.allowed[w];
        if (some == 0) return false;
        keep(here, here, attribute_[a]);
        known = 1; // its own cells reach what they did
    }
    return true;
}

// Take away the cells of an attribute that do not reach what is needed; tell whether there are any.
bool Leaves::take_away(Index need, Depth& here, const Words& words) const {
    Word all = 0;
    for (Index w = words.first; w < words.end; ++w) {
        const Index* reach = &here.reach[words.cells + (w - words.first) * word_bits];
        Word gone = 0;
        each_bit(here.allowed[w], [&](int c) { gone |= Word{reach[c] < need} << c; });
        here.allowed[w] &= ~gone;
        all |= gone;
    }
    return all != 0;
}

// Write what the bound is with each allowed cell of an attribute alone.
void Leaves::find_reach(Depth& here, const Words& words) const {
    for (Index w = words.first; w < words.end; ++w) {
        const Word allowed = here.allowed[w], *met = &met_[w * size()];
        Index* reach = &here.reach[words.cells + (w - words.first) * word_bits];
        each_bit(allowed, [&](int c) { reach[c] = here.bound; });
        for (std::size_t t = 0; t + 1 < first_.size(); ++t) {
            const std::int32_t* next = &here.live[here.at[t]];
            Word missing = allowed & ~met[*next];
            const Index best = worth_[*next];
            while (missing != 0) { // a leaf that is left has each cell
                ++next;
                const Word found = missing & met[*next];
                missing &= ~found;
                const Index loss = worth_[*next] - best;
                each_bit(found, [&](int c) { reach[c] += loss; });
            }
        }
    }
}

// Make the point the allowed cells that reach most; return what they would reach together if no two of them made the
// same tree fall.
Index Leaves::best_point(const Depth& here, IntsOut point) const {
    Index estimate = here.bound;
    for (std::size_t a = 0; a < attribute_.size(); ++a) {
        const Words& words = attribute_[a];
        const Index* reach = &here.reach[words.cells];
        Index best = -1;
        for (Index w = words.first; w < words.end; ++w) {
            each_bit(here.allowed[w], [&](int bit) {
                const Index c = (w - words.first) * word_bits + bit;
                if (best < 0 || reach[c] > reach[best]) best = c;
            });
        }
        point[static_cast<Index>(a)] = static_cast<std::int32_t>(best);
        estimate += reach[best] - here.bound;
    }
    return estimate;
}

// Choose the attribute to decide: it has the fewest cells; false: each has one only.
bool Leaves::choose(Depth& here) const {
    Index least = 0;
    here.chosen = -1;
    for (std::size_t a = 0; a < attribute_.size(); ++a) {
        Index n = 0;
        for (Index w = attribute_[a].first; w < attribute_[a].end; ++w) n += count_bits(here.allowed[w]);
        if (n <= 1 || (here.chosen >= 0 && n >= least)) continue;
        least = n;
        here.chosen = static_cast<Index>(a);
    }
    if (here.chosen < 0) return false;
    const Words& words = attribute_[here.chosen];
    std::copy(here.allowed.begin() + words.first, here.allowed.begin() + words.end, here.rest.begin() + words.first);
    return true;
}

// The best cell that was not tried yet, or -1.
Index Leaves::next_cell(const Depth& here) const {
    const Words& words = attribute_[here.chosen];
    const Index* reach = &here.reach[words.cells];
    Index best = -1;
    for (Index w = words.first; w < words.end; ++w) {
        each_bit(here.rest[w], [&](int bit) {
            const Index c = (w - words.first) * word_bits + bit;
            if (best < 0 || reach[c] > reach[best]) best = c;
        });
    }
    return best;
}

// Go down to one cell of the chosen attribute.
void Leaves::enter_cell(Index d, Index c) {
    Depth &here = depth_[d], &below = depth_[d + 1];
    const Words& words = attribute_[here.chosen];
    const Index w = words.first + (c >> 6);
    const Word bit = Word{1} << (c & 63);
    below.allowed = here.allowed;
    std::fill(below.allowed.begin() + words.first, below.allowed.begin() + words.end, Word{0});
    below.allowed[w] = bit;
    here.rest[w] &= ~bit;
    keep(here, below, words);
}

} // namespace suffice
