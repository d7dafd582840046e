#include "chances.hpp"

#include <algorithm>

namespace suffice {

namespace {

constexpr int half = 32;
constexpr std::size_t most_open = 400'000; // boxes; beyond that the lightest are looked at first, which makes no more

Index first_cell(Word range) { return static_cast<Index>(range & 0xFFFFFFFFu); }
Index last_cell(Word range) { return static_cast<Index>(range >> half); }
Word range_of(Index lo, Index hi) { return static_cast<Word>(lo) | static_cast<Word>(hi) << half; }

bool lighter(const CellBox& one, const CellBox& other) { return one.mass < other.mass; }

} // namespace

Chances::Chances(const Problem& leave, const Problem& stay, const CellMasses& masses, Ints lo, Ints hi, Flags allowed)
    : layout_(leave.layout), leave_(leave), stay_(stay), table_(masses), leaves_(leave.layout.n_trees()),
      scores_(leave.sums.start.size()) {
    const Index n = layout_.n_attributes();
    side_.resize(layout_.n_elements());
    stamp_.resize(layout_.n_elements());
    score_.resize(layout_.n_elements());
    Index place = 0;
    for (Index a = 0; a < n; ++a) enter(a, place, first_, lo, hi, allowed);
    all = {1};
    for (Index a : active_) {
        const Index words = layout_.n_words(a);
        const Word* cells = &first_.cells[place_[a]];
        whole_.push_back(layout_.attribute[a].interval ? table_.range(a, first_cell(*cells), last_cell(*cells))
                                                       : table_.set(a, {cells, {words}}));
        all = product(all, whole_.back());
    }
    ++now_;
    for (std::int32_t root : layout_.root) roots_.push_back(resolve(first_, root));
    const Index n_columns = leave.columns.size() + stay.columns.size();
    sums_.resize(n_columns);
    for (const Columns* columns : {&leave.columns, &stay.columns}) {
        for (Index k = 0; k < columns->size(); ++k) {
            Index least = 0, most = 0;
            for (Index leaf = 0; leaf < columns->worth.size(); ++leaf) {
                least = std::min(least, columns->worth(leaf, k));
                most = std::max(most, columns->worth(leaf, k));
            }
            scale_.push_back(most > least ? 1.0 / (static_cast<double>(most) - static_cast<double>(least)) : 0.0);
        }
    }
    first_.mass = 1.0;
    if (!all.empty()) keep(CellBox(first_));
}

// Write the cells of an attribute that have a mass into the first box.
void Chances::enter(Index a, Index& place, CellBox& box, Ints lo, Ints hi, Flags allowed) {
    const Attribute& attribute = layout_.attribute[a];
    place_.push_back(place);
    Index many = 0;
    if (attribute.interval) {
        Index from = lo[a], to = hi[a];
        while (from < to && table_.empty(a, from)) ++from;
        while (from < to && table_.empty(a, to)) --to;
        box.cells.push_back(range_of(from, to));
        many = table_.empty(a, from) ? 2 : to - from + 1; // without any mass: the product is to be 0
        ++place;
    } else {
        std::vector<Word> words(static_cast<std::size_t>(layout_.n_words(a)));
        for (Index c = 0; c < attribute.count; ++c) {
            if (!allowed[attribute.cells + c] || table_.empty(a, c)) continue;
            words[c / word_bits] |= Word{1} << (c % word_bits);
            ++many;
        }
        box.cells.insert(box.cells.end(), words.begin(), words.end());
        place += layout_.n_words(a);
    }
    if (many != 1) active_.push_back(a);
}

// 1 if an element is true in all cells of a box, -1 if in none, else 0 (of a box without cells: -1).
int Chances::side(const CellBox& box, Index e) {
    const Index a = layout_.test[e].owner;
    const Word* cells = &box.cells[place_[a]];
    if (layout_.attribute[a].interval) {
        const Index p = e - layout_.attribute[a].base;
        if (p < first_cell(*cells)) return 1;
        return p >= last_cell(*cells) ? -1 : 0;
    }
    if (stamp_[e] == now_) return side_[e];
    bool some = false, others = false;
    for (Index w = 0; w < layout_.n_words(a); ++w) {
        const Word truth = layout_.truth[layout_.test[e].row + w];
        some = some || (cells[w] & truth) != 0;
        others = others || (cells[w] & ~truth) != 0;
    }
    stamp_[e] = now_;
    return side_[e] = static_cast<std::int8_t>(some && others ? 0 : some ? 1 : -1);
}

std::int32_t Chances::resolve(const CellBox& box, std::int32_t node) {
    while (layout_.node[node].element >= 0) {
        const int way = side(box, layout_.node[node].element);
        if (way == 0) break;
        node = way > 0 ? layout_.node[node].high : layout_.node[node].low;
    }
    return node;
}

double Chances::share_of(const CellBox& box, Index a) const {
    const Word* cells = &box.cells[place_[a]];
    if (layout_.attribute[a].interval) return table_.share(a, first_cell(*cells), last_cell(*cells));
    return table_.share(a, {cells, {layout_.n_words(a)}});
}

// The share of a box in which an open element is true.
double Chances::share_above(const CellBox& box, Index e) const {
    const Index a = layout_.test[e].owner;
    const Word* cells = &box.cells[place_[a]];
    const double all_cells = share_of(box, a);
    double above = 0.0;
    if (layout_.attribute[a].interval) {
        above = table_.share(a, e - layout_.attribute[a].base + 1, last_cell(*cells));
    } else {
        for (Index w = 0; w < layout_.n_words(a); ++w) {
            for (Word left = cells[w] & layout_.truth[layout_.test[e].row + w]; left != 0; left &= left - 1) {
                const Index cell = w * word_bits + lowest(left);
                above += table_.share(a, cell, cell);
            }
        }
    }
    return all_cells > 0 ? std::min(1.0, above / all_cells) : 0.5;
}

// List what a box leaves of the trees: parents before their children.
void Chances::list_open(const CellBox& box) {
    entries_.clear();
    top_.clear();
    for (std::int32_t root : roots_) {
        std::size_t next = entries_.size();
        top_.push_back(static_cast<std::int32_t>(next));
        entries_.push_back({resolve(box, root), -1, -1, 1.0, 0.0});
        for (; next < entries_.size(); ++next) {
            const Node& node = layout_.node[entries_[next].node];
            if (node.element < 0) continue;
            const double share = share_above(box, node.element), reached = entries_[next].reached;
            const auto children = static_cast<std::int32_t>(entries_.size());
            entries_[next].low = children;
            entries_[next].high = children + 1;
            entries_[next].share = share;
            entries_.push_back({resolve(box, node.low), -1, -1, reached * (1 - share), 0.0});
            entries_.push_back({resolve(box, node.high), -1, -1, reached * share, 0.0});
        }
    }
}

// Find the greatest worths that what is open reaches, and their sums.
void Chances::find_best() {
    const Columns &one = leave_.columns, &other = stay_.columns;
    const Index first = one.size(), n = first + other.size();
    best_.resize(entries_.size() * static_cast<std::size_t>(n));
    for (Index i = static_cast<Index>(entries_.size()) - 1; i >= 0; --i) {
        Index* mine = best_.data() + i * n;
        const Open& entry = entries_[i];
        if (entry.low < 0) {
            const Index leaf = layout_.node[entry.node].leaf;
            for (Index k = 0; k < first; ++k) mine[k] = one.worth(leaf, k);
            for (Index k = first; k < n; ++k) mine[k] = other.worth(leaf, k - first);
            continue;
        }
        const Index *low = best_.data() + entry.low * n, *high = best_.data() + entry.high * n;
        for (Index k = 0; k < n; ++k) mine[k] = std::max(low[k], high[k]);
    }
    for (Index k = 0; k < n; ++k) sums_[k] = k < first ? one.offset[k] : other.offset[k - first];
    for (std::int32_t top : top_) {
        const Index* best = best_.data() + top * n;
        for (Index k = 0; k < n; ++k) sums_[k] += best[k];
    }
}

Chances::Said Chances::model_says(const CellBox& box) {
    list_open(box);
    find_best();
    const Index first = leave_.columns.size(), n = static_cast<Index>(sums_.size());
    if (leave_.columns.decided({sums_.data(), {first}})) return Said::in;
    if (stay_.columns.decided({sums_.data() + first, {n - first}})) return Said::out;
    for (std::size_t t = 0; t < top_.size(); ++t) {
        const Open& entry = entries_[top_[t]];
        if (entry.low >= 0) return Said::open;
        leaves_[static_cast<Index>(t)] = layout_.node[entry.node].leaf;
    }
    if (!suffice::outside(leaves_, leave_.sums, scores_)) return Said::in;
    return suffice::outside(leaves_, stay_.sums, scores_) ? Said::doubt : Said::out;
}

// Tell whether all inputs of a box meet all clauses; if not, none does (`said` is broken), or an element is open.
bool Chances::clauses_met(const CellBox& box, Said& said, Index& element) {
    element = -1;
    for (Index c = 0; c < layout_.n_clauses(); ++c) {
        bool met = false;
        Index found = -1;
        for (Index i = layout_.clause_at[c]; i < layout_.clause_at[c + 1] && !met; ++i) {
            const int way = side(box, layout_.clause[i].element);
            met = way == layout_.clause[i].side;
            if (way == 0) found = layout_.clause[i].element;
        }
        if (met) continue;
        if (found < 0) {
            said = Said::broken;
            return true;
        }
        element = found;
    }
    return element < 0;
}

// The test that brings the bounds nearest on the average, over both sides.
Index Chances::best_test() {
    const Index n = static_cast<Index>(sums_.size());
    scored_.clear();
    for (std::size_t i = 0; i < entries_.size(); ++i) {
        const Open& entry = entries_[i];
        if (entry.low < 0) continue;
        const Index *mine = best_.data() + static_cast<Index>(i) * n, *low = best_.data() + entry.low * n,
                    *high = best_.data() + entry.high * n;
        double gain = 1e-9;
        for (Index k = 0; k < n; ++k) {
            gain += scale_[k] * ((1 - entry.share) * static_cast<double>(mine[k] - low[k]) +
                                 entry.share * static_cast<double>(mine[k] - high[k]));
        }
        const Index e = layout_.node[entry.node].element;
        if (score_[e] == 0.0) scored_.push_back(e);
        score_[e] += entry.reached * gain + 1e-300;
    }
    Index best = scored_.front();
    for (Index e : scored_) {
        if (score_[e] > score_[best]) best = e;
    }
    for (Index e : scored_) score_[e] = 0.0;
    return best;
}

void Chances::keep(CellBox&& box) {
    open_.push_back(std::move(box));
    std::push_heap(open_.begin(), open_.end(), lighter);
}

// Keep both parts of a box that have a mass.
void Chances::split(const CellBox& box, Index e) {
    const Index a = layout_.test[e].owner;
    const double before = share_of(box, a);
    for (const bool above : {false, true}) {
        CellBox part(box);
        Word* cells = &part.cells[place_[a]];
        bool some = false;
        if (layout_.attribute[a].interval) {
            const Index p = e - layout_.attribute[a].base;
            Index lo = above ? p + 1 : first_cell(*cells), hi = above ? last_cell(*cells) : p;
            while (lo < hi && table_.empty(a, lo)) ++lo;
            while (lo < hi && table_.empty(a, hi)) --hi;
            some = !table_.empty(a, lo);
            *cells = range_of(lo, hi);
        } else {
            for (Index w = 0; w < layout_.n_words(a); ++w) {
                const Word truth = layout_.truth[layout_.test[e].row + w];
                cells[w] &= above ? truth : ~truth;
                some = some || cells[w] != 0;
            }
        }
        if (!some) continue;
        part.mass = before > 0 ? box.mass * share_of(part, a) / before : 0.0;
        keep(std::move(part));
    }
}

Limbs Chances::mass_of(const CellBox& box) const {
    Limbs out{1};
    for (std::size_t i = 0; i < active_.size(); ++i) {
        const Index a = active_[i], words = layout_.n_words(a);
        const Word *cells = &box.cells[place_[a]], *start = &first_.cells[place_[a]];
        if (layout_.attribute[a].interval) {
            out = product(out, *cells == *start ? whole_[i] : table_.range(a, first_cell(*cells), last_cell(*cells)));
        } else {
            const bool same = std::equal(cells, cells + words, start);
            out = product(out, same ? whole_[i] : table_.set(a, {cells, {words}}));
        }
    }
    return out;
}

// The first cells of a box.
std::vector<std::int32_t> Chances::point_of(const CellBox& box) const {
    std::vector<std::int32_t> point;
    for (Index a = 0; a < layout_.n_attributes(); ++a) {
        const Word* cells = &box.cells[place_[a]];
        Index cell = layout_.attribute[a].interval ? first_cell(*cells) : 0;
        for (Index w = 0; !layout_.attribute[a].interval && w < layout_.n_words(a); ++w) {
            if (cells[w] == 0) continue;
            cell = w * word_bits + lowest(cells[w]);
            break;
        }
        point.push_back(static_cast<std::int32_t>(cell));
    }
    return point;
}

Answer Chances::go_on(Index boxes, Clock& clock) {
    for (Index i = 0; i < boxes && !open_.empty(); ++i) {
        if (clock.up(1 + static_cast<Index>(entries_.size()) / 2)) return UNKNOWN;
        if (open_.size() < most_open) std::pop_heap(open_.begin(), open_.end(), lighter);
        const CellBox box = std::move(open_.back());
        open_.pop_back();
        ++now_;
        Said said = Said::open;
        Index element = -1;
        const bool met = clauses_met(box, said, element);
        if (said != Said::broken) said = model_says(box);
        if (said == Said::open || !met) {
            split(box, said == Said::open ? best_test() : element);
            continue;
        }
        Limbs& sum = said == Said::in ? inside : said == Said::out ? outside : said == Said::doubt ? doubtful : broken;
        add(sum, mass_of(box));
        if (said == Said::doubt) doubts.push_back({point_of(box), mass_of(box)});
        ++n_decided;
    }
    return open_.empty() ? NONE : FOUND;
}

int point_says(const Problem& leave, const Problem& stay, Ints point, IntsOut leaves, RealsOut scores) {
    if (unmet_clause(leave.layout, point) >= 0) return 3;
    reach_leaves(leave.layout, point, leaves);
    const auto decided = [&](const Columns& columns) {
        std::vector<Index> sums(columns.offset.begin(), columns.offset.end());
        for (std::int32_t leaf : leaves) {
            for (Index k = 0; k < columns.size(); ++k) sums[k] += columns.worth(leaf, k);
        }
        return columns.decided({sums.data(), {columns.size()}});
    };
    if (decided(leave.columns)) return 1;
    if (decided(stay.columns)) return 0;
    if (!outside(leaves, leave.sums, scores)) return 1;
    return outside(leaves, stay.sums, scores) ? 2 : 0;
}

} // namespace suffice
