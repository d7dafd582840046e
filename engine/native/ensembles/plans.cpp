#include "plans.hpp"

#include "front.hpp"
#include "merge.hpp"
#include "moves.hpp"

#include <algorithm>
#include <cmath>

namespace suffice {

namespace {

constexpr double rounding = 1e-12; // a cost that is lower by less is no improvement
constexpr double doubt = 1e-9;     // sums of tables are not surer than that: who asks looks at points again

bool allowed(const Layout& layout, const Workspace& work, Index a, Index c) {
    const Attribute& attribute = layout.attribute[a];
    if (attribute.interval) return work.span[a].lo <= c && c <= work.span[a].hi;
    return work.barred[attribute.cells + c] == 0;
}

bool in_runs(const RulePart& part, Index c) {
    for (const Run& run : part.run) {
        if (run.lo <= c && c <= run.hi) return true;
    }
    return false;
}

// The whole of what is left once a row's limit is kept.
double limit_of(double most) { return most + doubt * std::max(1.0, std::abs(most)); }

} // namespace

PlanSearch::PlanSearch(const Problem& problem, Tables tables, Shared<Index> single, Index only, Ints cells)
    : problem_(problem), layout_(problem.layout), tables_(std::move(tables)), single_(std::move(single)),
      valley_(tables_.size(), problem.layout.n_attributes()), box_(problem.layout, problem.columns, cells), only_(only),
      point_(Buffer<std::int32_t>::copy_of(cells)), lo_(cells.size()), hi_(cells.size()) {
    for (Index a = 0; a < cells.size(); ++a) {
        lo_[a] = 0;
        hi_[a] = static_cast<std::int32_t>(layout_.attribute[a].count - 1);
    }
    for (Index r = 0; r < tables_.size(); ++r) {
        for (Index a = 0; a < layout_.n_attributes(); ++a) {
            Index best = 0;
            for (Index c = 1; c < layout_.attribute[a].count; ++c) {
                if (tables_(r, a, c) < tables_(r, a, best)) best = c;
            }
            valley_(r, a) = best;
        }
    }
}

void PlanSearch::begin(double limit, bool diving) {
    limit_ = limit;
    diving_ = diving;
    fresh_ = true;
    done_ = merged_ = waiting_ = refused_ = found_ = false;
    depth_ = 0;
}

// The cell of the least number of a row among those that the box allows.
Index PlanSearch::least(const Workspace& work, Index r, Index a) const {
    const Attribute& attribute = layout_.attribute[a];
    if (attribute.interval) return std::min(std::max(valley_(r, a), work.span[a].lo), work.span[a].hi);
    Index best = -1;
    for (Index c = 0; c < attribute.count; ++c) {
        if (work.barred[attribute.cells + c] != 0) continue;
        if (best < 0 || tables_(r, a, c) < tables_(r, a, best)) best = c;
    }
    return best;
}

// Take away the cells with which a row's sum passes its limit; false: nothing is left.
bool PlanSearch::afford(Workspace& work, Index r, bool& changed) {
    double total = 0.0;
    const Index n = layout_.n_attributes();
    for (Index a = 0; a < n; ++a) {
        const Index best = least(work, r, a);
        if (r == 0) work.point[a] = static_cast<std::int32_t>(best);
        total += tables_(r, a, best);
    }
    if (r == 0) cost_ = total;
    const double most = r == 0 ? limit_ * (1 - rounding) : limit_of(tables_.most[r]);
    if (r == 0 ? total >= most : total > most) return false;
    if (std::isinf(most)) return true;
    const auto dear = [&](double more) { return r == 0 ? total + more >= most : total + more > most; };
    for (Index a = 0; a < n; ++a) {
        const Attribute& attribute = layout_.attribute[a];
        const Index best = least(work, r, a);
        const double own = tables_(r, a, best);
        if (attribute.interval) {
            Span now = work.span[a];
            while (now.lo < best && dear(tables_(r, a, now.lo) - own)) ++now.lo;
            while (now.hi > best && dear(tables_(r, a, now.hi) - own)) --now.hi;
            if (now.lo == work.span[a].lo && now.hi == work.span[a].hi) continue;
            narrow_range(layout_, work, a, now.lo, now.hi);
            changed = true;
            continue;
        }
        const Index before = work.n_trail;
        for (Index c = 0; c < attribute.count; ++c) {
            if (c == best || work.barred[attribute.cells + c] != 0) continue;
            if (dear(tables_(r, a, c) - own)) bar_cell(layout_, work, a, c);
        }
        if (work.n_trail == before) continue;
        settle_cells(layout_, work, a);
        changed = true;
    }
    return true;
}

// Whether the cheapest point passes a row's limit by so much that what brings the row back makes it too dear. Whatever
// is changed, the row falls by as much as the limit is passed, and each unit of that costs at least the least rate.
bool PlanSearch::too_dear(const Workspace& work, Index r) const {
    double total = 0.0;
    for (Index a = 0; a < layout_.n_attributes(); ++a) total += tables_(r, a, work.point[a]);
    const double gap = total - limit_of(tables_.most[r]);
    if (gap <= 0.0 || std::isinf(limit_)) return false;
    double rate = std::numeric_limits<double>::infinity();
    for (Index a = 0; a < layout_.n_attributes(); ++a) {
        const double own = tables_(r, a, work.point[a]), price = tables_(0, a, work.point[a]);
        for (Index c = 0; c < layout_.attribute[a].count; ++c) {
            const double less = own - tables_(r, a, c);
            if (less <= 0.0 || !allowed(layout_, work, a, c)) continue;
            rate = std::min(rate, (tables_(0, a, c) - price) / less);
        }
    }
    return cost_ + (1 - doubt) * gap * rate >= limit_;
}

bool PlanSearch::possible(const Workspace& work, const RulePart& part) const {
    const Index a = part.attribute;
    for (const Run& run : part.run) {
        if (layout_.attribute[a].interval) {
            if (run.lo <= work.span[a].hi && run.hi >= work.span[a].lo) return true;
            continue;
        }
        for (Index c = run.lo; c <= run.hi; ++c) {
            if (allowed(layout_, work, a, c)) return true;
        }
    }
    return false;
}

// Leave only what a part holds in (of an interval attribute: the ends of that).
void PlanSearch::keep_runs(Workspace& work, const RulePart& part, bool& changed) {
    const Index a = part.attribute;
    const Attribute& attribute = layout_.attribute[a];
    if (attribute.interval) {
        Span now = work.span[a];
        while (!in_runs(part, now.lo)) ++now.lo;
        while (!in_runs(part, now.hi)) --now.hi;
        if (now.lo == work.span[a].lo && now.hi == work.span[a].hi) return;
        narrow_range(layout_, work, a, now.lo, now.hi);
        changed = true;
        return;
    }
    const Index before = work.n_trail;
    for (Index c = 0; c < attribute.count; ++c) {
        if (work.barred[attribute.cells + c] == 0 && !in_runs(part, c)) bar_cell(layout_, work, a, c);
    }
    if (work.n_trail == before) return;
    settle_cells(layout_, work, a);
    changed = true;
}

// Keep the only part of a rule that can still hold; false: none can.
bool PlanSearch::propagate(Workspace& work, const Rule& rule, bool& changed) {
    const RulePart* last = nullptr;
    for (const RulePart& part : rule) {
        if (!possible(work, part)) continue;
        if (last != nullptr) return true;
        last = &part;
    }
    if (last == nullptr) return false;
    keep_runs(work, *last, changed);
    return true;
}

// Draw all consequences, and make the point the cheapest one left; false: nothing is left.
bool PlanSearch::conclude(Workspace& work) {
    bool changed = true;
    while (changed) {
        changed = false;
        for (const Rule& rule : rules_) {
            if (!propagate(work, rule, changed)) return false;
        }
        for (Index r = tables_.size() - 1; r >= 0; --r) {
            if (!afford(work, r, changed)) return false;
        }
        if (hopeless(work)) return false;
    }
    for (Index r = 1; r < tables_.size(); ++r) {
        if (too_dear(work, r)) return false;
    }
    return true;
}

// Split an attribute between the point's cell and another one.
Choice PlanSearch::split_any(const Workspace& work, Index a, Index towards) const {
    const Attribute& attribute = layout_.attribute[a];
    const Index c = work.point[a];
    if (!attribute.interval) return {single_[attribute.cells + c], -1, 2};
    return towards > c ? Choice{attribute.base + towards - 1, 1, 2} : Choice{attribute.base + towards, -1, 2};
}

// Split the attribute of a part that does not hold at the point, between the point and the nearest cell where it does.
Choice PlanSearch::split_rule(const Workspace& work, const RulePart& part) const {
    const Index a = part.attribute, c = work.point[a];
    Index best = -1;
    for (const Run& run : part.run) {
        const Index near = c < run.lo ? run.lo : run.hi;
        if (layout_.attribute[a].interval && !allowed(layout_, work, a, near)) continue;
        if (best < 0 || std::abs(near - c) < std::abs(best - c)) best = near;
    }
    return split_any(work, a, best);
}

// Split the attribute that has the most to do with a row whose limit the point passes.
Choice PlanSearch::split_table(const Workspace& work, Index r) const {
    Index best = -1;
    double most = 0.0;
    for (Index a = 0; a < layout_.n_attributes(); ++a) {
        const double gain = tables_(r, a, work.point[a]) - tables_(r, a, least(work, r, a));
        if (gain <= most) continue;
        most = gain;
        best = a;
    }
    if (best < 0) return {};
    const Index c = work.point[best];
    return split_any(work, best, least(work, r, best) > c ? c + 1 : c - 1);
}

// What to split because the point breaks a rule or passes a limit; element -2: it does neither.
Choice PlanSearch::unmet(const Workspace& work) const {
    for (const Rule& rule : rules_) {
        const RulePart* open = nullptr;
        bool met = false;
        for (const RulePart& part : rule) {
            met = met || in_runs(part, work.point[part.attribute]);
            if (open == nullptr && possible(work, part)) open = &part;
        }
        if (!met) return open != nullptr ? split_rule(work, *open) : Choice{};
    }
    for (Index r = 1; r < tables_.size(); ++r) {
        double total = 0.0;
        for (Index a = 0; a < layout_.n_attributes(); ++a) total += tables_(r, a, work.point[a]);
        if (total > limit_of(tables_.most[r])) return split_table(work, r);
    }
    return {-2, 1, 0};
}

// Whether the point reaches what is needed, in whole numbers.
bool PlanSearch::reaches(Workspace& work) const {
    const Columns& columns = problem_.columns;
    reach_leaves(layout_, work.point, work.leaves);
    const Index first = columns.first_of(only_), n = columns.count_of(only_);
    std::vector<Index> sums(static_cast<std::size_t>(n));
    for (Index k = 0; k < n; ++k) {
        Index sum = columns.offset[first + k];
        for (const std::int32_t leaf : work.leaves) sum += columns.worth(leaf, first + k);
        if (sum < columns.need_of(only_, first + k)) return false;
        sums[k] = sum;
    }
    return !columns.goal || columns.goal->possible(only_, sums.data(), 1);
}

// What to branch on; no sides: nothing is to be found here, or (`found_`) the point is.
Choice PlanSearch::choose(Workspace& work, bool passed) {
    if (!conclude(work)) return {};
    if (passed) passed = std::equal(point_.begin(), point_.end(), work.point.begin());
    const FrontState state = look(work);
    const Choice split = unmet(work);
    if (split.element == -2 && !passed && reaches(work)) {
        found_ = true;
        return {};
    }
    if (state == FrontState::coarse) return {DEEPER, 1, 1};
    if (state == FrontState::open) return diving_ ? dive(work) : strong(layout_, work);
    return split.element == -2 ? Choice{} : split;
}

// Make the box all cells that are looked at; false: nothing is to be found there.
bool PlanSearch::set_box() {
    for (Index a = 0; a < layout_.n_attributes(); ++a) {
        const Attribute& attribute = layout_.attribute[a];
        if (attribute.interval) {
            put_range(layout_, box_, a, lo_[a], hi_[a]);
            continue;
        }
        for (Index c = 0; c < attribute.count; ++c) box_.barred[attribute.cells + c] = c < lo_[a] || c > hi_[a] ? 1 : 0;
        put_cells(layout_, box_, a);
    }
    settle(layout_, box_);
    return !hopeless_box(problem_.columns, box_, only_);
}

Answer PlanSearch::next(Workspace& work) {
    const Index node_work = 1 + static_cast<Index>(work.point.size()) / 8;
    if (fresh_) {
        fresh_ = false;
        patience_ = work.nodes + work.patience;
        if (!set_box()) done_ = true;
        if (!done_ && !start(problem_, box_, only_, work)) return UNKNOWN;
    }
    while (!done_) {
        Choice choice;
        if (waiting_ && !refused_) {
            waiting_ = false;
        } else {
            const bool passed = waiting_;
            waiting_ = refused_ = false;
            ++work.nodes;
            if (work.given_up(node_work)) return UNKNOWN;
            if (!merged_ && !diving_ && !passed && work.nodes > patience_) {
                depth_ = 0;
                merged_ = true;
                if (!start(problem_, box_, only_, work)) return UNKNOWN;
                merge_rows(layout_, !problem_.columns.kind.empty(), work);
            }
            choice = choose(work, passed);
            if (found_) {
                found_ = false;
                waiting_ = true;
                point_.copy_from(work.point);
                return FOUND;
            }
        }
        while (choice.sides == 0 && !done_) {
            if (depth_ == 0)
                done_ = true;
            else
                choice = turn(work, --depth_);
        }
        if (done_) break;
        if (!go(problem_, box_, only_, depth_, choice, work)) return UNKNOWN;
        ++depth_;
    }
    return NONE;
}

} // namespace suffice
