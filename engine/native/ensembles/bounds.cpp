#include "bounds.hpp"

#include <algorithm>
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

// List the entries of an edge that are not chosen.
Unpaid unpaid(const Edges& edges, Index i, Index left, Bounds& bounds) {
    Unpaid out;
    const Edge &edge = edges.edge[i], &next = edges.edge[i + 1];
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

// Make `move` the direction in which a column's bound falls; return what the trees' best edges are worth unpaid.
double point_move(const Edges& edges, Index k, Bounds& bounds) {
    for (Index s = edges.slot_at[k]; s < edges.slot_at[k + 1]; ++s) bounds.move[s] = 0.0;
    double paid = 0.0;
    for (Index tree = k * edges.n_trees; tree < (k + 1) * edges.n_trees; ++tree) {
        const Index i = bounds.best[tree];
        if (i < 0) continue;
        paid += edges.edge[i].worth;
        for (Index x = edges.edge[i].first; x < edges.edge[i + 1].first; ++x) {
            const EdgeEntry entry = edges.entry[x];
            if (bounds.mark[entry.group] != Mark::free) continue;
            bounds.move[entry.slot] += 1.0;
            paid -= bounds.price[entry.slot];
        }
    }
    return paid;
}

} // namespace

Bounds::Bounds(const Edges& edges, Index n)
    : mark(n, Mark::free), level(Buffer<std::int32_t>::full({n}, -1)), price(edges.n_slots()),
      total(edges.n_columns(), n), gain(edges.n_columns(), n), bound(n), value(n), stamp(Buffer<Index>::full({n}, -1)),
      touched(n), extra(n + 1), best(Buffer<Index>::full({edges.n_columns() * edges.n_trees}, -1)),
      move(edges.n_slots()), top(n + 1) {}

Index next_choices(const Edges& edges, Index first, Index last, Index left, Index depth, Bounds& bounds, Clock& clock) {
    const Index n = bounds.n_groups();
    bounds.bound.fill(infinity);
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
    double norm = 0.0;
    for (Index s = edges.slot_at[k]; s < edges.slot_at[k + 1]; ++s) {
        const Index g = edges.slot_group[s];
        const double total = bounds.total(k, g);
        if (bounds.mark[g] == Mark::free && total > 0 && total >= least) bounds.move[s] -= 1.0;
        if (bounds.price[s] > 0 || bounds.move[s] > 0) norm += bounds.move[s] * bounds.move[s];
    }
    const double step = pace * (bound - edges.need[k]) / std::max(norm, 1.0);
    bounds.total.row(k).fill(0.0);
    for (Index s = edges.slot_at[k]; s < edges.slot_at[k + 1]; ++s) {
        bounds.price[s] = std::max(0.0, bounds.price[s] + step * bounds.move[s]);
        bounds.total(k, edges.slot_group[s]) += bounds.price[s];
    }
    return bound;
}

} // namespace suffice
