#include "prices.hpp"

#include <cmath>
#include <limits>

namespace suffice {

namespace {

constexpr double least_number = -std::numeric_limits<double>::infinity();

} // namespace

Prices::Prices(const Steps& steps, const Weights& weights)
    : best(steps.chain.size()), mean(steps.chain.size()), steps_(steps), weights_(weights),
      coefficient_(steps.owner.size()), best_coefficient_(steps.owner.size()), slope_(steps.at.size()),
      best_slope_(steps.at.size()), taken_(steps.chain.size()) {}

// What a unit of mass weighs, and what the attribute weighs beside its chains: exactly for sums; by a tangent of the
// logarithm at the greatest mass, or at the geometric mean of the least and the greatest.
double Prices::slope_of(Index a, const Between& between, bool outer, double& base) const {
    const double own = weights_.own(a), scale = weights_.scale(a);
    if (weights_.way(a) == Way::sums) {
        base = scale * own;
        return scale;
    }
    double at = weights_.mass(a, between.most);
    if (!outer) at = std::sqrt(at * weights_.mass(a, between.least));
    base = scale * (std::log(at) - 1.0 + own / at);
    return scale / at;
}

double Prices::choose_chain(Index i, double slope, const Between& between) {
    const Chain& chain = steps_.chain[i];
    double sum = 0.0, greatest = least_number;
    for (std::int32_t n = 0; n <= between.most[i]; ++n) {
        if (n > 0) sum += slope * weights_.step(chain.first + n - 1) + coefficient_[chain.first + n - 1];
        if (n < between.least[i] || sum <= greatest) continue;
        greatest = sum;
        taken_[i] = n;
    }
    return greatest;
}

double Prices::choose_pair(Index a, const Between& between) {
    const Index up = steps_.at[a], down = up + 1;
    double greatest = least_number, above = 0.0;
    for (std::int32_t n = 0; n <= between.most[up]; ++n) {
        if (n > 0) above += coefficient_[steps_.chain[up].first + n - 1];
        if (n < between.least[up]) continue;
        double below = 0.0;
        for (std::int32_t m = 0; m <= between.most[down]; ++m) {
            if (m > 0) below += coefficient_[steps_.chain[down].first + m - 1];
            if (m < between.least[down]) continue;
            const double sum = weights_.pair(a, n, m) + above + below;
            if (sum <= greatest) continue;
            greatest = sum;
            taken_[up] = n;
            taken_[down] = m;
        }
    }
    return greatest;
}

double Prices::choose(Index a, const Between& between, bool outer) {
    if (weights_.way(a) == Way::table) return choose_pair(a, between);
    double sum = 0.0;
    slope_[a] = slope_of(a, between, outer, sum);
    for (Index i = steps_.at[a]; i < steps_.at[a + 1]; ++i) sum += choose_chain(i, slope_[a], between);
    return sum;
}

// The bound of these prices; `taken_` is the box that it is of.
double Prices::look(const Between& between, const Blocks& blocks) {
    std::fill(coefficient_.begin(), coefficient_.end(), 0.0);
    double sum = 0.0;
    for (const Block& block : blocks.block) {
        if (block.price <= 0.0) continue;
        sum += block.price * block.room;
        for (std::int32_t l = block.first; l < block.last; ++l) {
            const Reached& leaf = blocks.leaf[l];
            const double cost = block.price * leaf.gain * leaf.share;
            if (cost <= 0.0) continue;
            sum -= cost * (1 - leaf.n_on);
            for (std::int32_t s = leaf.first; s < leaf.last; ++s) {
                coefficient_[blocks.step[s].step] += blocks.step[s].on ? -cost : cost;
            }
        }
    }
    for (Index a = 0; a < steps_.layout.n_attributes(); ++a) {
        const double with_outer = choose(a, between, true);
        if (weights_.way(a) != Way::tangent) {
            sum += with_outer;
            continue;
        }
        const double with_inner = choose(a, between, false);
        sum += with_inner < with_outer ? with_inner : choose(a, between, true);
    }
    return sum;
}

// Move the prices along the subgradient at the box that was looked at.
void Prices::follow(Blocks& blocks, double pace) {
    slack_.assign(blocks.block.size(), 0.0);
    above_.assign(blocks.leaf.size(), 0.0);
    double length = 1e-12;
    for (Index b = 0; b < blocks.size(); ++b) {
        const Block& block = blocks.block[b];
        double left = block.room;
        for (std::int32_t l = block.first; l < block.last; ++l) {
            const Reached& leaf = blocks.leaf[l];
            if (leaf.gain <= 0.0) continue;
            std::int32_t met = 1 - (leaf.last - leaf.first);
            for (std::int32_t s = leaf.first; s < leaf.last; ++s) {
                const Taken& one = blocks.step[s];
                const std::int32_t chain = steps_.owner[one.step];
                met += (taken_[chain] > one.step - steps_.chain[chain].first) == one.on ? 1 : 0;
            }
            above_[l] = met;
            left -= leaf.gain * leaf.share * met;
        }
        slack_[b] = left;
        if (block.price > 0.0 || left < 0.0) length += left * left;
    }
    for (Index b = 0; b < blocks.size(); ++b) {
        Block& block = blocks.block[b];
        for (std::int32_t l = block.first; l < block.last; ++l) {
            Reached& leaf = blocks.leaf[l];
            if (leaf.last - leaf.first <= 1) {
                leaf.share = 1.0;
                continue;
            }
            if (block.price > 0.0) leaf.share = std::min(1.0, std::max(0.0, leaf.share + 0.1 * above_[l]));
        }
        block.price = std::max(0.0, block.price - pace * slack_[b] / length);
    }
}

double Prices::bound(const Between& between, Blocks& blocks, double target, int n_steps) {
    std::fill(mean.begin(), mean.end(), 0.0);
    best_bound_ = std::numeric_limits<double>::infinity();
    double pace = 1.0;
    int since = 0, n = 0;
    std::vector<double> price(blocks.block.size()), share(blocks.leaf.size());
    const auto keep = [&] {
        for (Index b = 0; b < blocks.size(); ++b) price[b] = blocks.block[b].price;
        for (std::size_t l = 0; l < share.size(); ++l) share[l] = blocks.leaf[l].share;
    };
    while (n < n_steps) {
        const double sum = look(between, blocks);
        ++n;
        for (std::size_t i = 0; i < mean.size(); ++i) mean[i] += taken_[i];
        if (sum < best_bound_) {
            if (sum < best_bound_ - 1e-3 * std::abs(best_bound_ - target)) since = 0;
            best_bound_ = sum;
            best = taken_;
            best_coefficient_ = coefficient_;
            best_slope_ = slope_;
            keep();
        } else if (++since >= 5) {
            pace *= 0.6;
            since = 0;
        }
        if (best_bound_ < target) break;
        follow(blocks, pace * (sum - target + 1e-6));
    }
    for (double& one : mean) one /= n;
    for (Index b = 0; b < blocks.size(); ++b) blocks.block[b].price = price[b];
    for (std::size_t l = 0; l < share.size(); ++l) blocks.leaf[l].share = share[l];
    return best_bound_;
}

// What a chain adds to the bound of the best prices with this extent, up to what all its extents have in common.
double Prices::value(Index i, std::int32_t extent, const Between& between) const {
    const Chain& chain = steps_.chain[i];
    double sum = 0.0;
    for (std::int32_t n = 0; n < extent; ++n) sum += best_coefficient_[chain.first + n];
    const Index a = chain.attribute;
    if (weights_.way(a) != Way::table) return sum + best_slope_[a] * weights_.up_to(i, extent);
    const bool up = chain.way > 0;
    const Index other = up ? i + 1 : i - 1;
    double greatest = least_number, beside = 0.0;
    for (std::int32_t m = 0; m <= between.most[other]; ++m) {
        if (m > 0) beside += best_coefficient_[steps_.chain[other].first + m - 1];
        if (m < between.least[other]) continue;
        greatest = std::max(greatest, beside + (up ? weights_.pair(a, extent, m) : weights_.pair(a, m, extent)));
    }
    return sum + greatest;
}

bool Prices::narrow(Between& between, double target) const {
    for (Index i = 0; i < steps_.n_chains(); ++i) {
        std::int32_t &least = between.least[i], &most = between.most[i];
        if (least == most) continue;
        std::vector<double> values;
        double greatest = least_number;
        for (std::int32_t n = least; n <= most; ++n) {
            values.push_back(value(i, n, between));
            greatest = std::max(greatest, values.back());
        }
        const double needed = greatest - (best_bound_ - target);
        const std::int32_t base = least;
        while (least <= most && values[least - base] < needed) ++least;
        while (most >= least && values[most - base] < needed) --most;
        if (least > most) return false;
    }
    return true;
}

} // namespace suffice
