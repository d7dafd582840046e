#include "merge.hpp"

#include "cells.hpp"

namespace suffice {

namespace {

// Which sides of two tests have no allowed cell in common.
struct Apart {
    bool both_false, only_second, only_first, both_true;
};

Apart apart(const Layout& layout, const Workspace& work, Index e, Index f) {
    const Index a = layout.test[e].owner;
    if (layout.attribute[a].interval) return {false, f >= e, f <= e, false};
    const Index first = layout.attribute[a].words, at_e = layout.test[e].row, at_f = layout.test[f].row;
    Word neither = 0, only_f = 0, only_e = 0, both = 0;
    for (Index w = 0; w < layout.n_words(a); ++w) {
        const Word cells = work.room[first + w], on_e = layout.truth[at_e + w], on_f = layout.truth[at_f + w];
        neither |= cells & ~on_e & ~on_f;
        only_f |= cells & ~on_e & on_f;
        only_e |= cells & on_e & ~on_f;
        both |= cells & on_e & on_f;
    }
    return {neither == 0, only_f == 0, only_e == 0, both == 0};
}

// Sort the entries of a row by element; of cuts tell what all those up to and from each one exclude.
void sort_cuts(const Layout& layout, Workspace& work, Index r) {
    const Index begin = work.merging[r].begin, end = work.merging[r].end;
    for (Index x = begin; x < end; ++x) {
        const Entry& entry = work.entry[x];
        Index y = x;
        for (; y > begin && work.cut[y - 1].element > entry.element; --y) work.cut[y] = work.cut[y - 1];
        const auto owner = static_cast<std::int32_t>(layout.test[entry.element].owner);
        work.cut[y] = {entry.low, entry.high, entry.low, entry.high, entry.element, owner};
    }
    for (Index x = begin + 1; x < end; ++x) {
        if (work.cut[x].owner == work.cut[x - 1].owner) work.cut[x].low_before |= work.cut[x - 1].low_before;
    }
    for (Index x = end - 2; x >= begin; --x) {
        if (work.cut[x].owner == work.cut[x + 1].owner) work.cut[x].high_after |= work.cut[x + 1].high_after;
    }
}

// The leaves of one row that are never reached where a test of another is false, or true.
struct Excluded {
    Word if_false = 0, if_true = 0;
};

// Walks over the cuts of a row, for tests of another one in the order of their elements.
struct CutWalk {
    const Cut *at, *begin, *end;

    CutWalk(const Workspace& work, Index r)
        : at(&work.cut[work.merging[r].begin]), begin(at), end(at + (work.merging[r].end - work.merging[r].begin)) {}

    Excluded excluded_by(const Layout& layout, const Workspace& work, const Cut& test) {
        Excluded out;
        if (layout.attribute[test.owner].interval) {
            while (at < end && at->element < test.element) ++at;
            if (at < end && at->owner == test.owner) out.if_false = at->high_after;
            const Cut* last = at;
            while (last < end && last->element == test.element) ++last;
            if (last > begin && last[-1].owner == test.owner) out.if_true = last[-1].low_before;
            return out;
        }
        while (at < end && at->owner < test.owner) ++at;
        for (const Cut* other = at; other < end && other->owner == test.owner; ++other) {
            const Apart sides = apart(layout, work, test.element, other->element);
            out.if_false |= (sides.both_false ? other->low : 0) | (sides.only_second ? other->high : 0);
            out.if_true |= (sides.only_first ? other->low : 0) | (sides.both_true ? other->high : 0);
        }
        return out;
    }
};

// Whether the best leaves of two rows can be reached together.
bool best_together(const Layout& layout, const Workspace& work, Index i, Index j) {
    CutWalk walk(work, j);
    for (Index x = work.merging[i].begin; x < work.merging[i].end; ++x) {
        const Cut& cut = work.cut[x];
        if (((cut.low | cut.high) & 1) == 0) continue;
        const Excluded excluded = walk.excluded_by(layout, work, cut);
        if (((cut.low & excluded.if_false) | (cut.high & excluded.if_true)) & 1) return false;
    }
    return true;
}

// For each leaf of a row the leaves of another row that can be reached together with it.
struct Partners {
    Word of[word_bits];
};

Partners pair_up(const Layout& layout, const Workspace& work, Index i, Index j) {
    Partners partners;
    std::fill(std::begin(partners.of), std::end(partners.of), work.row[j].left);
    CutWalk walk(work, j);
    for (Index x = work.merging[i].begin; x < work.merging[i].end; ++x) {
        const Cut& cut = work.cut[x];
        const Excluded excluded = walk.excluded_by(layout, work, cut);
        if (excluded.if_false != 0) {
            for (Word rest = cut.low; rest != 0; rest &= rest - 1) partners.of[lowest(rest)] &= ~excluded.if_false;
        }
        if (excluded.if_true != 0) {
            for (Word rest = cut.high; rest != 0; rest &= rest - 1) partners.of[lowest(rest)] &= ~excluded.if_true;
        }
    }
    return partners;
}

// By how much the bound falls if two rows are merged; 0: not at all, or there are too many pairs.
Index gain_of(const Layout& layout, const Workspace& work, Index i, Index j) {
    if (best_together(layout, work, i, j)) return 0;
    const Partners partners = pair_up(layout, work, i, j);
    const Index *one = work.of_row[i].worth, *other = work.of_row[j].worth;
    Index n = 0, best = -(Index{1} << 62);
    for (int a = 0; a <= highest(work.row[i].left); ++a) {
        const Word rest = partners.of[a];
        if (rest == 0) continue;
        best = std::max(best, one[a] + other[lowest(rest)]);
        n += count_bits(rest);
        if (n > word_bits) return 0;
    }
    return n > 0 ? one[0] + other[0] - best : 0; // no pair: the box is empty, and a row needs a leaf
}

struct Pair {
    Index i = -1, j = -1;
};

// What merging two rows brings, and of each row the partner after it that brings most.
class Gains {
  public:
    Gains(const Layout& layout, Workspace& work, Index n) : layout_(layout), work_(work), n_(n) {}

    // Measure all pairs; false: it was stopped.
    bool measure_all() {
        for (Index i = 0; i < n_; ++i) sort_cuts(layout_, work_, i);
        for (Index i = 0; i < n_; ++i) {
            for (Index j = i + 1; j < n_; ++j) {
                if (!measure(i, j)) return false;
            }
            find_best(i);
        }
        return true;
    }

    // Measure the pairs of a row anew, now that it is the product of both; false: it was stopped.
    bool measure_again(Pair merged) {
        sort_cuts(layout_, work_, merged.i);
        for (Index r = 0; r < n_; ++r) {
            if (r != merged.i && !measure(std::min(r, merged.i), std::max(r, merged.i))) return false;
            if (r != merged.j) gain(std::min(r, merged.j), std::max(r, merged.j)) = 0;
        }
        for (Index r = 0; r < merged.j; ++r) {
            const Merging& row = work_.merging[r];
            const bool lost = row.partner == merged.i || row.partner == merged.j;
            if (r == merged.i || lost)
                find_best(r);
            else if (r < merged.i)
                offer(r, merged.i);
        }
        work_.merging[merged.j].most = 0;
        return true;
    }

    Pair best() const {
        Pair pair;
        Index most = 0;
        for (Index i = 0; i < n_; ++i) {
            const Merging& row = work_.merging[i];
            if (!row.live || row.most <= most) continue;
            pair = {i, row.partner};
            most = row.most;
        }
        return pair;
    }

  private:
    Index& gain(Index i, Index j) { return work_.gain[i * n_ + j]; }

    bool measure(Index i, Index j) {
        constexpr Index cost = 3;
        gain(i, j) = 0;
        const Index column = work_.row[i].column;
        if (!work_.merging[i].live || !work_.merging[j].live || column != work_.row[j].column) return true;
        if (work_.goal != nullptr && column >= work_.goal->size()) return true; // what tells the most is merged
        if (work_.clock->up(cost)) return false;
        gain(i, j) = gain_of(layout_, work_, i, j);
        return true;
    }

    void find_best(Index i) {
        work_.merging[i].most = 0;
        work_.merging[i].partner = -1;
        for (Index j = i + 1; j < n_; ++j) {
            if (gain(i, j) > work_.merging[i].most) {
                work_.merging[i].most = gain(i, j);
                work_.merging[i].partner = j;
            }
        }
    }

    // Take another partner if it brings more (or as much, and comes before).
    void offer(Index i, Index j) {
        Merging& row = work_.merging[i];
        if (gain(i, j) < row.most || gain(i, j) <= 0 || (gain(i, j) == row.most && j > row.partner)) return;
        row.most = gain(i, j);
        row.partner = j;
    }

    const Layout& layout_;
    Workspace& work_;
    Index n_;
};

// The leaves of a merged row.
struct Product {
    struct Leaf {
        Index worth;
        std::int32_t of[2]; // its leaf of each row
    };
    Leaf leaf[word_bits];
    std::int32_t rank[word_bits]; // best first
    Index size = 0;
};

Product product_of(const Layout& layout, const Workspace& work, Index i, Index j) {
    const Partners partners = pair_up(layout, work, i, j);
    Product product;
    for (int a = 0; a <= highest(work.row[i].left); ++a) {
        for (Word rest = partners.of[a]; rest != 0; rest &= rest - 1) {
            const int b = lowest(rest);
            const Index worth = work.of_row[i].worth[a] + work.of_row[j].worth[b];
            product.leaf[product.size] = {worth, {a, b}};
            Index q = product.size;
            for (; q > 0 && product.leaf[product.rank[q - 1]].worth < worth; --q) product.rank[q] = product.rank[q - 1];
            product.rank[q] = static_cast<std::int32_t>(product.size++);
        }
    }
    return product;
}

// Write the entries of one of the two rows for their product; return their end.
Index write_entries(const Product& product, int which, Index source, Index end, Workspace& work) {
    for (Index x = work.merging[source].begin; x < work.merging[source].end; ++x) {
        const Entry& entry = work.entry[x];
        Word low = 0, high = 0;
        for (Index rank = 0; rank < product.size; ++rank) {
            const int leaf = product.leaf[product.rank[rank]].of[which];
            low |= (entry.low >> leaf & 1) << rank;
            high |= (entry.high >> leaf & 1) << rank;
        }
        if (low != 0 && high != 0) work.entry[end++] = {low, high, 0, entry.element, 0};
    }
    return end;
}

// Write the leaves of a merged row; its kinds are numbered anew.
void write_product(const Product& product, bool kinds, Index i, Index j, Workspace& work) {
    const RowLeaves one = work.of_row[i];
    const RowLeaves& other = work.of_row[j];
    const Word deep_one = work.row[i].deep, deep_other = work.row[j].deep;
    RowLeaves& out = work.of_row[i];
    Word deep = 0;
    for (Index rank = 0; rank < product.size; ++rank) {
        const Product::Leaf& leaf = product.leaf[product.rank[rank]];
        deep |= ((deep_one >> leaf.of[0] | deep_other >> leaf.of[1]) & 1) << rank;
        out.worth[rank] = leaf.worth;
        out.kind[rank] = 0;
        if (!kinds) continue;
        out.kind[rank] = static_cast<std::int32_t>(rank);
        for (Index before = 0; before < rank; ++before) {
            const Product::Leaf& like = product.leaf[product.rank[before]];
            if (one.kind[like.of[0]] == one.kind[leaf.of[0]] && other.kind[like.of[1]] == other.kind[leaf.of[1]]) {
                out.kind[rank] = out.kind[before];
                break;
            }
        }
    }
    FrontRow& row = work.row[i];
    row.left = first_bits(product.size);
    row.deep = deep;
    row.seen = 0;
    work.total[row.column].bound += out.worth[0] - one.worth[0] - other.worth[0];
}

// Make row i the product of rows i and j, with entries from `end` on; return their end.
Index join(const Layout& layout, bool kinds, Workspace& work, Pair pair, Index end) {
    const Product product = product_of(layout, work, pair.i, pair.j);
    const Index begin = end;
    end = write_entries(product, 0, pair.i, end, work);
    end = write_entries(product, 1, pair.j, end, work);
    write_product(product, kinds, pair.i, pair.j, work);
    work.merging[pair.i].begin = begin;
    work.merging[pair.i].end = end;
    work.merging[pair.j].live = false;
    return end;
}

// Move the rows that are left, and their entries, to the front.
void pack(Workspace& work, Index n_rows, Index end) {
    Index size = end, live = 0;
    for (Index r = 0; r < n_rows; ++r) {
        const Merging& merging = work.merging[r];
        if (!merging.live) continue;
        if (live != r) {
            work.row[live] = work.row[r];
            work.of_row[live] = work.of_row[r];
        }
        work.row[live].first = static_cast<std::int32_t>(size - end);
        for (Index x = merging.begin; x < merging.end; ++x) {
            work.entry[size] = work.entry[x];
            work.entry[size++].row = static_cast<std::int32_t>(live);
        }
        ++live;
    }
    for (Index x = end; x < size; ++x) work.entry[x - end] = work.entry[x];
    work.row[live].first = static_cast<std::int32_t>(size - end);
    work.level[1] = {live, size - end};
}

} // namespace

void merge_rows(const Layout& layout, bool kinds, Workspace& work) {
    const Index n_rows = work.level[1].row, size = work.level[1].entry;
    for (Index r = 0; r < n_rows; ++r) work.merging[r] = {work.row[r].first, work.row[r + 1].first, 0, -1, true};
    for (Index a = 0; a < layout.n_attributes(); ++a) {
        if (!layout.attribute[a].interval) gather_cells(layout, a, work.barred, work.room);
    }
    Gains gains(layout, work, std::min(n_rows, work.most_merged));
    Index end = size;
    for (bool more = gains.measure_all(); more;) {
        const Pair pair = gains.best();
        if (pair.i < 0) break;
        const Merging &one = work.merging[pair.i], &other = work.merging[pair.j];
        if (end + one.end - one.begin + other.end - other.begin + size > work.entry.size()) break;
        end = join(layout, kinds, work, pair, end);
        more = gains.measure_again(pair);
    }
    pack(work, n_rows, end);
    list_entries(layout, work);
}

} // namespace suffice
