#include "bounds.hpp"

#include <algorithm>
#include <iterator>
#include <limits>

namespace suffice {

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

struct Passed {
    double base = 0.0; // what the trees bring with one choice less than are left
    double paid = 0.0; // their best paid edges with all of them
};

struct Unpaid {
    Index count = 0; // entries of an edge that are not chosen (more than are left: it is out of reach)
    double cost = 0.0;
};

// Whether more than n bits are set (for small n quicker than to count them).
inline bool more_bits(Word word, Index n) {
    for (; word != 0 && n > 0; --n) word &= word - 1;
    return word != 0;
}

// List the entries of an edge that are not chosen.
inline Unpaid unpaid(const Edges& edges, Index i, Index left, Bounds& bounds) {
    Unpaid out;
    const Edge &edge = edges.edge[i], &next = edges.edge[i + 1];
    if ((edge.mask & bounds.dead) != 0 || more_bits(edge.mask & bounds.fresh, left)) return {left + 1, 0.0};
    for (Index x = edge.first; x < next.first; ++x) {
        const EdgeEntry entry = edges.entry[x];
        const Mark mark = bounds.mark[entry.group];
        if (mark == Mark::chosen) continue;
        if (mark == Mark::banned || out.count == left) return {left + 1, 0.0};
        bounds.extra[out.count++] = x;
        out.cost += bounds.price[entry.slot];
    }
    for (Index x = edge.kept; x < next.kept; ++x) {
        if (bounds.mark[edges.keep[x]] == Mark::chosen) return {left + 1, 0.0};
    }
    return out;
}

// Bring the bits of marks up to date: with them most edges that are out of reach are seen at once.
void note_marks(Bounds& bounds) {
    Word alive = 0, chosen = 0, all = 0;
    for (Index g = 0; g < bounds.n_groups(); ++g) {
        const Word bit = Word{1} << (g & (word_bits - 1));
        all |= bit;
        if (bounds.mark[g] != Mark::banned) alive |= bit;
        if (bounds.mark[g] == Mark::chosen) chosen |= bit;
    }
    bounds.dead = all & ~alive;
    bounds.fresh = all & ~chosen;
}

// Pass over one tree of column k.
void pass_tree(const Edges& edges, Index tree, Index k, Index left, Bounds& bounds, Passed& passed) {
    const Index clock = bounds.trees_passed++;
    double sure = -infinity, best = -infinity;
    Index chosen = -1, n_touched = 0;
    for (Index i = edges.tree_at[tree]; i < edges.tree_at[tree + 1]; ++i) {
        const double worth = edges.edge[i].worth;
        if (worth <= sure) break;
        const Unpaid open = unpaid(edges, i, left, bounds);
        if (open.count > left) continue;
        const double net = worth - open.cost;
        if (open.count < left) sure = std::max(sure, net);
        if (net > best) {
            best = net;
            chosen = i;
        }
        for (Index x = 0; x < open.count; ++x) {
            const EdgeEntry entry = edges.entry[bounds.extra[x]];
            const Index g = entry.group;
            const double value = net + bounds.price[entry.slot];
            if (bounds.stamp[g] != clock) {
                bounds.stamp[g] = clock;
                bounds.value[g] = value;
                bounds.touched[n_touched++] = entry.group;
            } else if (value > bounds.value[g]) {
                bounds.value[g] = value;
            }
        }
    }
    for (Index x = 0; x < n_touched; ++x) {
        const Index g = bounds.touched[x];
        if (bounds.value[g] > sure) bounds.gain(k, g) += bounds.value[g] - sure;
    }
    passed.base += sure;
    passed.paid += best;
    bounds.best[tree] = chosen;
}

// Pass over the trees of column k: write what each group brings as the next choice. False: time was up.
bool pass_edges(const Edges& edges, Index k, Index left, Bounds& bounds, Clock& clock, Passed& passed) {
    bounds.gain.row(k).fill(0.0);
    for (Index tree = k * edges.n_trees; tree < (k + 1) * edges.n_trees; ++tree) {
        pass_tree(edges, tree, k, left, bounds, passed);
        if (clock.up((edges.tree_at[tree + 1] - edges.tree_at[tree]) / 8 + 1)) return false;
    }
    return true;
}

// The sum of the `left` greatest prices of free groups in a column (they are left in `bounds.top`).
double greatest_totals(Index k, Index left, Bounds& bounds) {
    const RealsOut top = bounds.top;
    top.part(0, left).fill(0.0);
    for (Index g = 0; g < bounds.n_groups(); ++g) {
        const double value = bounds.total(k, g);
        if (!(value > top[left - 1]) || bounds.mark[g] != Mark::free) continue;
        Index i = left - 1;
        for (; i > 0 && top[i - 1] < value; --i) top[i] = top[i - 1];
        top[i] = value;
    }
    double total = 0.0;
    for (Index i = 0; i < left; ++i) total += top[i];
    return total;
}

// Count in `move` how many of a column's best edges ask for each slot, and list these slots in `moved`; return what the
// edges bring.
double point_move(const Edges& edges, Index k, Bounds& bounds) {
    bounds.moved.clear();
    double paid = 0.0;
    for (Index tree = k * edges.n_trees; tree < (k + 1) * edges.n_trees; ++tree) {
        const Index i = bounds.best[tree];
        if (i < 0) continue;
        paid += edges.edge[i].worth;
        for (Index x = edges.edge[i].first; x < edges.edge[i + 1].first; ++x) {
            const EdgeEntry entry = edges.entry[x];
            if (bounds.mark[entry.group] != Mark::free) continue;
            if (bounds.move[entry.slot] == 0) bounds.moved.push_back(entry.slot);
            bounds.move[entry.slot] += 1.0;
            paid -= bounds.price[entry.slot];
        }
    }
    std::sort(bounds.moved.begin(), bounds.moved.end());
    return paid;
}

// Add all slots of a column to those that move: prices of none rise if the bound is below what is needed.
void move_all(const Edges& edges, Index k, double least, Bounds& bounds) {
    std::vector<std::int32_t> all;
    auto next = bounds.merged.begin();
    for (Index s = edges.slot_at[k]; s < edges.slot_at[k + 1]; ++s) {
        all.push_back(static_cast<std::int32_t>(s));
        if (next != bounds.merged.end() && *next == s)
            ++next;
        else if (bounds.falls(k, edges.slot_group[s], least))
            bounds.move[s] = -1.0;
    }
    bounds.merged.swap(all);
}

} // namespace

Bounds::Bounds(const Edges& edges, Index n)
    : mark(n, Mark::free), level(Buffer<std::int32_t>::full({n}, -1)), price(edges.n_slots()),
      total(edges.n_columns(), n), gain(edges.n_columns(), n), bound(n), value(n), stamp(Buffer<Index>::full({n}, -1)),
      touched(n), extra(n + 1), best(Buffer<Index>::full({edges.n_columns() * edges.n_trees}, -1)),
      move(edges.n_slots()), top(n + 1), priced(edges.n_columns()) {}

Index next_choices(const Edges& edges, Index first, Index last, Index left, Index depth, Bounds& bounds, Clock& clock) {
    const Index n = bounds.n_groups();
    bounds.bound.fill(infinity);
    note_marks(bounds);
    bool dead = false;
    for (Index k = first; k < last; ++k) {
        Passed passed;
        if (!pass_edges(edges, k, left, bounds, clock, passed)) return -1;
        const double sum = greatest_totals(k, left, bounds), least = bounds.top[left - 1];
        dead = dead || passed.paid + sum < edges.need[k];
        for (Index g = 0; g < n; ++g) {
            const double others = sum - std::max(least, bounds.total(k, g));
            bounds.bound[g] = std::min(bounds.bound[g], passed.base + bounds.gain(k, g) + others - edges.need[k]);
        }
    }
    Index count = 0;
    for (Index g = 0; g < n; ++g) {
        if (bounds.mark[g] != Mark::free) continue;
        if (dead || bounds.bound[g] < 0) {
            bounds.mark[g] = Mark::banned;
            bounds.level[g] = static_cast<std::int32_t>(depth);
        } else {
            ++count;
        }
    }
    return count;
}

double step_prices(const Edges& edges, Index k, Index left, double pace, Bounds& bounds) {
    const double paid = point_move(edges, k, bounds);
    const double bound = paid + greatest_totals(k, left, bounds);
    const double least = bounds.top[left - 1];
    std::vector<std::int32_t>& priced = bounds.priced[k];
    bounds.merged.clear();
    std::set_union(priced.begin(), priced.end(), bounds.moved.begin(), bounds.moved.end(),
                   std::back_inserter(bounds.merged));
    double norm = 0.0;
    for (std::int32_t s : bounds.merged) {
        if (bounds.falls(k, edges.slot_group[s], least)) bounds.move[s] -= 1.0;
        if (bounds.price[s] > 0 || bounds.move[s] > 0) norm += bounds.move[s] * bounds.move[s];
    }
    const double step = pace * (bound - edges.need[k]) / std::max(norm, 1.0);
    if (step < 0) move_all(edges, k, least, bounds);
    bounds.total.row(k).fill(0.0);
    priced.clear();
    for (std::int32_t s : bounds.merged) {
        bounds.price[s] = std::max(0.0, bounds.price[s] + step * bounds.move[s]);
        bounds.total(k, edges.slot_group[s]) += bounds.price[s];
        bounds.move[s] = 0.0;
        if (bounds.price[s] > 0) priced.push_back(s);
    }
    return bound;
}

} // namespace suffice
