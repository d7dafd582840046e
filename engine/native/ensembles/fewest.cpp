#include "fewest.hpp"

#include <algorithm>

namespace suffice {

namespace {

constexpr Index most_rounds_first = 200, most_rounds = 10; // steps of prices: with nothing chosen, and later
constexpr Index most_waited = 8;                           // steps without progress before they become shorter
constexpr double least_pace = 0.05;
constexpr double progress = 0.99;

Buffer<std::int32_t> groups_of_attributes(const Groups& groups, Index n_attributes) {
    auto out = Buffer<std::int32_t>::full({n_attributes}, -1);
    for (Index g = 0; g < groups.size(); ++g) {
        for (Index i = groups.at[g]; i < groups.at[g + 1]; ++i) out[groups.members[i]] = static_cast<std::int32_t>(g);
    }
    return out;
}

// The cell that each group of one attribute must change to if it changes; -1 where it has a choice.
Buffer<std::int32_t> other_cells(const ChangeQuestion& q, const Groups& groups) {
    auto out = Buffer<std::int32_t>::full({groups.size()}, -1);
    for (Index g = 0; g < groups.size(); ++g) {
        if (groups.at[g + 1] - groups.at[g] != 1) continue;
        const Index a = groups.members[groups.at[g]];
        if (q.problem.layout.attribute[a].interval && q.outer.hi[a] - q.outer.lo[a] == 1)
            out[g] = q.outer.lo[a] + q.outer.hi[a] - q.cells[a];
    }
    return out;
}

} // namespace

FewestGroups::FewestGroups(const ChangeQuestion& q, const Groups& groups, Index limit, Index start)
    : q_(q), groups_(groups), other_(other_cells(q, groups)), box_(q.problem.layout, q.problem.columns, q.cells),
      opened_(groups.size(), false), path_(groups.size() + 1), last_(groups.size() + 1), size_(start),
      limit_(std::min(limit, groups.size())), proved_(start - 1) {}

bool FewestGroups::begin(Clock& clock) {
    if (bounds_) return true;
    const Buffer<std::int32_t> group_of = groups_of_attributes(groups_, q_.problem.layout.n_attributes());
    auto edges = std::make_unique<Edges>(edges_of(q_, group_of, other_, clock));
    if (clock.halted()) return false;
    edges_ = std::move(edges);
    bounds_ = std::make_unique<Bounds>(*edges_, groups_.size());
    return true;
}

Answer FewestGroups::find(Workspace& work) {
    if (!begin(*work.clock)) return UNKNOWN;
    while (true) {
        const Answer answer = next(work);
        if (answer != FOUND) return answer;
        chosen_.assign(path_.begin(), path_.begin() + size_);
        std::sort(chosen_.begin(), chosen_.end());
        if (seen_.insert(chosen_).second) return FOUND; // else another column allowed it before
    }
}

// Go on to the next set of the fewest groups that is enough: the path.
Answer FewestGroups::next(Workspace& work) {
    const Columns& columns = q_.problem.columns;
    const Index n_hunts = columns.n_questions();
    if (column_ >= n_hunts || size_ > limit_) return NONE;
    while (true) {
        const Index only = columns.question(column_);
        if (mode_ == Mode::enter) {
            if (work.given_up()) return UNKNOWN;
            const Index count = only < 0 ? explore(0, columns.n_telling(), work) : explore(only, only + 1, work);
            if (count < 0) return UNKNOWN;
            choose(count);
        } else if (mode_ == Mode::last) {
            const Answer answer = try_last(only, work);
            if (answer != NONE) return answer;
            mode_ = Mode::leave;
        } else if (!leave(n_hunts)) {
            return NONE;
        }
    }
}

// Bound the next choices, with better prices where that is worth its time; return how many are left (-1: given up).
Index FewestGroups::explore(Index first, Index last, Workspace& work) {
    const Edges& edges = *edges_;
    const Index left = size_ - depth_;
    const auto pass = [&] {
        ++work.nodes;
        return next_choices(edges, first, last, left, depth_, *bounds_, *work.clock);
    };
    Index count = pass();
    if (left == 1) return count;
    const Index limit = depth_ == 0 ? most_rounds_first : most_rounds;
    double pace = 1.0, least = std::numeric_limits<double>::infinity();
    Index waited = 0;
    for (Index rounds = 0; count > 1 && rounds < std::min(limit, left > 2 ? count : count / 2); ++rounds) {
        double bound = 0.0;
        for (Index k = first; k < last; ++k) bound += step_prices(edges, k, left, pace, *bounds_) - edges.need[k];
        ++waited;
        if (bound < progress * least) {
            least = bound;
            waited = 0;
        } else if (waited > most_waited) {
            pace /= 2;
            waited = 0;
            if (pace < least_pace) break;
        }
        count = pass();
    }
    return count;
}

// Go one group deeper, or list the last ones, or turn back.
void FewestGroups::choose(Index count) {
    if (count == 0) {
        mode_ = Mode::leave;
        return;
    }
    last_.clear();
    Index best = -1;
    for (Index g = 0; g < groups_.size(); ++g) {
        if (bounds_->mark[g] != Mark::free) continue;
        last_.push_back(static_cast<std::int32_t>(g));
        if (best < 0 || bounds_->bound[g] > bounds_->bound[best]) best = g;
    }
    if (size_ - depth_ == 1) {
        mode_ = Mode::last;
        at_ = 0;
    } else {
        path_[depth_++] = static_cast<std::int32_t>(best);
        bounds_->mark[best] = Mark::chosen;
    }
}

// Search with each group that the bounds allow as the last one, from where it stopped.
Answer FewestGroups::try_last(Index only, Workspace& work) {
    while (at_ < static_cast<Index>(last_.size())) {
        const Answer answer = check(last_[at_], only, work);
        if (answer == UNKNOWN) return UNKNOWN;
        ++at_;
        if (answer == FOUND) {
            ++hits_;
            return FOUND;
        }
    }
    return NONE;
}

// Search the box in which the chosen groups and g are open.
Answer FewestGroups::check(Index g, Index only, Workspace& work) {
    const Layout& layout = q_.problem.layout;
    for (Index other = 0; other < groups_.size(); ++other) {
        const bool wanted = bounds_->mark[other] == Mark::chosen || other == g;
        if (wanted == opened_[other]) continue;
        opened_[other] = wanted;
        for (Index i = groups_.at[other]; i < groups_.at[other + 1]; ++i) {
            const Index a = groups_.members[i];
            if (!wanted)
                put_cell(layout, box_, a, q_.cells[a]);
            else if (other_[other] >= 0)
                put_cell(layout, box_, a, other_[other]);
            else
                put_within(q_, box_, a);
        }
    }
    settle(layout, box_);
    if (work.clock->up(groups_.size() / 16 + 1)) return UNKNOWN;
    if (hopeless_box(q_.problem.columns, box_, only)) return NONE;
    path_[depth_] = static_cast<std::int32_t>(g);
    return search(q_.problem, box_, only, q_.cells, work);
}

// Ban the last chosen group where it was chosen; at the top go on to the next column or size. False: no more.
bool FewestGroups::leave(Index n_hunts) {
    unban(depth_);
    mode_ = Mode::enter;
    if (depth_ > 0) {
        const Index g = path_[--depth_];
        bounds_->mark[g] = Mark::banned;
        bounds_->level[g] = static_cast<std::int32_t>(depth_);
        return true;
    }
    if (++column_ < n_hunts) return true;
    if (hits_ == 0) proved_ = size_;
    if (hits_ > 0 || size_ >= limit_) { // there are no larger ones to look for
        limit_ = 0;
        return false;
    }
    column_ = 0;
    ++size_;
    return true;
}

// Free the groups that were banned at a depth.
void FewestGroups::unban(Index depth) {
    for (Index g = 0; g < groups_.size(); ++g) {
        if (bounds_->level[g] != depth) continue;
        bounds_->level[g] = -1;
        bounds_->mark[g] = Mark::free;
    }
}

} // namespace suffice
