#include "most_general.hpp"

#include <cmath>
#include <numeric>

namespace suffice {

namespace {

constexpr double near = 1e-9; // weights that are nearer than this part of them are told as equal
constexpr int first_steps = 150, later_steps = 25;
constexpr int first_rounds = 60, later_rounds = 2;

} // namespace

MostGeneral::MostGeneral(const BoxQuestion& question, Box& box, Workspace& work)
    : question_(question), problem_(question.problem), box_(box), work_(work),
      steps_(question.problem.layout, question.cells), weights_(steps_, question.weighing), prices_(steps_, weights_),
      standing_(steps_, blocks_), probe_(question.problem.layout, question.problem.columns, question.cells),
      point_(question.problem.layout.n_attributes()) {
    steps_.read(box, found_);
    weight_ = weights_.total(found_);
}

double MostGeneral::target() const {
    return weights_.whole() ? weight_ + 1.0 - 1e-6 : weight_ + near * (1.0 + std::abs(weight_));
}

double MostGeneral::bound() const {
    double most = stopped_ ? stopped_at_ : weight_;
    if (!open_.empty()) most = std::max(most, open_.top().bound);
    if (weights_.whole() && std::isfinite(most)) most = std::floor(most + 1e-6);
    return std::max(most, weight_);
}

void MostGeneral::took(const Extents& extents) {
    const double weight = weights_.total(extents);
    if (weight <= weight_) return;
    weight_ = weight;
    found_ = extents;
    steps_.put(found_, box_);
}

Index MostGeneral::sum_at(Ints point, Index k) {
    reach_leaves(problem_.layout, point, work_.leaves);
    Index sum = problem_.columns.offset[k];
    for (std::int32_t leaf : work_.leaves) sum += problem_.columns.worth(leaf, k);
    return sum;
}

// Move the counterexample within the box to where the column's sum is greatest, attribute by attribute: its block
// says more.
void MostGeneral::strengthen(const Extents& extents, Index k) {
    Index greatest = sum_at(point_, k);
    for (bool moved = true; moved && !halted();) {
        moved = false;
        for (Index a = 0; a < point_.size(); ++a) {
            std::int32_t best = point_[a];
            const auto attempt = [&](Index cell) {
                point_[a] = static_cast<std::int32_t>(cell);
                const Index sum = sum_at(point_, k);
                if (sum <= greatest) return;
                greatest = sum;
                best = point_[a];
                moved = true;
            };
            attempt(steps_.cells[a]);
            for (Index i = steps_.at[a]; i < steps_.at[a + 1]; ++i) {
                const Chain& chain = steps_.chain[i];
                for (std::int32_t n = 1; n <= extents[i]; ++n) {
                    attempt(chain.way == 0 ? chain.cell : steps_.cells[a] + chain.way * n);
                }
            }
            point_[a] = best;
        }
    }
}

// Add the block of the counterexample in `work_.point`, which refutes the box of these extents.
void MostGeneral::learn(const Extents& extents) {
    const Buffer<std::int32_t> found = Buffer<std::int32_t>::copy_of(work_.point);
    const Index before = blocks_.size();
    if (!question_.certain.empty() && problem_.layout.n_clauses() == 0) {
        for (Index k = 0; k < problem_.columns.size(); ++k) {
            if (sum_at(found, k) < question_.certain[k]) continue;
            point_.copy_from(found);
            strengthen(extents, k);
            blocks_.add_sums(problem_, steps_, point_, k, question_.certain[k]);
        }
    }
    standing_.added();
    standing_.set(extents);
    if (blocks_.size() > before && !standing_.met()) return;
    blocks_.add_point(steps_, found);
    standing_.added();
}

// Whether the model decides alike on a box; what refutes it is learnt.
Answer MostGeneral::ask(const Extents& extents) {
    steps_.put(extents, probe_);
    if (bounds_decide(problem_.columns, probe_)) return NONE;
    const Answer answer = box_holds(problem_, probe_, work_.point, work_);
    if (answer == FOUND) learn(extents);
    return answer;
}

// Make the standing box one that the blocks allow, and that they do not allow to be larger: first towards the mean of
// the boxes of the prices, then as far as it goes.
void MostGeneral::fill(const Between& between, double spread) {
    standing_.set(between.least);
    std::vector<std::pair<double, Index>> order;
    for (Index i = 0; i < steps_.n_chains(); ++i) {
        if (between.least[i] == between.most[i]) continue;
        seed_ ^= seed_ << 13, seed_ ^= seed_ >> 7, seed_ ^= seed_ << 17;
        const double chance = static_cast<double>(seed_ >> 11) * 0x1p-53;
        const double part = (prices_.mean[i] - between.least[i]) / (between.most[i] - between.least[i]);
        order.emplace_back(-part + spread * chance, i);
    }
    std::sort(order.begin(), order.end());
    for (const bool all : {false, true}) {
        for (const auto& [key, i] : order) {
            const double goal = all ? between.most[i] : std::min<double>(between.most[i], prices_.mean[i] + 0.5);
            std::int32_t extent = standing_.extents()[i];
            while (extent + 1 <= goal) {
                standing_.set(i, extent + 1);
                if (!standing_.met()) {
                    standing_.set(i, extent);
                    break;
                }
                ++extent;
            }
        }
    }
}

// Ask about boxes that the blocks allow, while they would be heavier than the best.
MostGeneral::Step MostGeneral::try_boxes(Part& part, int n_rounds, bool& changed) {
    changed = false;
    for (int round = 0; round < n_rounds; ++round) {
        if (halted()) return Step::stopped;
        standing_.set(prices_.best);
        if (round > 0 || !standing_.met()) fill(part.between, round == 0 ? 0.0 : 0.3);
        if (!standing_.met()) return Step::split; // not even the least box: the next split tells
        Extents extents = standing_.extents();
        steps_.close(extents);
        if (weights_.total(extents) < target()) continue;
        const Answer answer = ask(extents);
        if (answer == UNKNOWN) return Step::stopped;
        changed = true;
        if (answer == NONE) took(extents);
        return Step::split;
    }
    return Step::split;
}

bool MostGeneral::close_least(Between& between) const {
    steps_.close(between.least);
    for (std::size_t i = 0; i < between.least.size(); ++i) {
        if (between.least[i] > between.most[i]) return false;
    }
    return true;
}

// Bound a part, and look for boxes in it, until it is done or has to be split.
MostGeneral::Step MostGeneral::explore(Part& part) {
    const bool first = n_parts_++ == 0;
    const int rounds = first ? first_rounds : later_rounds;
    for (int round = 0;; ++round) {
        if (halted()) return Step::stopped;
        if (!close_least(part.between) || !may_meet(steps_, blocks_, part.between.least, part.between.most))
            return Step::done;
        const double bound =
            prices_.bound(part.between, blocks_, target(), first && round == 0 ? first_steps : later_steps);
        part.bound = std::min(part.bound, bound);
        if (part.bound < target() || !prices_.narrow(part.between, target())) return Step::done;
        if (!close_least(part.between)) return Step::done;
        if (part.between.least == part.between.most) { // one box is left
            const Answer answer = ask(part.between.least);
            if (answer == UNKNOWN) return Step::stopped;
            if (answer == NONE) took(part.between.least);
            return Step::done;
        }
        if (round >= rounds) return Step::split;
        bool changed = false;
        if (try_boxes(part, first ? 4 : 1, changed) == Step::stopped) return Step::stopped;
        if (!changed && !first) return Step::split;
        if (!changed && round > 3) return Step::split;
    }
}

// Split a part at the extent of the chain about which the prices are least sure.
void MostGeneral::split(const Part& part) {
    const Between& between = part.between;
    Index chosen = -1;
    double least_sure = -1.0;
    std::int32_t at = 0;
    for (Index i = 0; i < steps_.n_chains(); ++i) {
        if (between.least[i] == between.most[i]) continue;
        const double mean = std::min<double>(std::max<double>(prices_.mean[i], between.least[i]), between.most[i]);
        const double doubt = std::min(mean - between.least[i], between.most[i] - mean);
        if (doubt <= least_sure) continue;
        least_sure = doubt;
        chosen = i;
        at = std::min(between.most[i], std::max(between.least[i] + 1, static_cast<std::int32_t>(std::ceil(mean))));
    }
    Part far{between, part.bound, number_++}, close{between, part.bound, number_++};
    far.between.least[chosen] = at;
    close.between.most[chosen] = at - 1;
    open_.push(std::move(close));
    open_.push(std::move(far));
}

Answer MostGeneral::run() {
    if (!begun_) {
        begun_ = true;
        Part all;
        all.between.least.assign(steps_.chain.size(), 0);
        for (const Chain& chain : steps_.chain) all.between.most.push_back(chain.length);
        for (Index i = 0; i < steps_.n_chains(); ++i) {
            if (question_.open[steps_.chain[i].attribute]) all.between.least[i] = all.between.most[i];
        }
        all.bound = weights_.total(all.between.most);
        all.number = number_++;
        open_.push(std::move(all));
    }
    while (!open_.empty()) {
        Part part = open_.top();
        if (part.bound < target()) return NONE;
        open_.pop();
        const Step step = explore(part);
        if (step == Step::stopped) {
            open_.push(std::move(part));
            return UNKNOWN;
        }
        if (step == Step::split) split(part);
    }
    return NONE;
}

} // namespace suffice
