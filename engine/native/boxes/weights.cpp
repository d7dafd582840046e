#include "weights.hpp"

#include <cmath>

namespace suffice {

namespace {

constexpr Index largest_table = 4096;

} // namespace

Weights::Weights(const Steps& steps, const Weighing& weighing)
    : steps_(steps), log_(weighing.log), whole_(weighing.whole) {
    for (Index a = 0; a < steps.layout.n_attributes(); ++a) {
        const auto mass = [&](Index cell) { return weighing.mass[weighing.first[a] + cell]; };
        scale_.push_back(weighing.scale[a]);
        own_.push_back(mass(steps.cells[a]));
        for (Index i = steps.at[a]; i < steps.at[a + 1]; ++i) {
            const Chain& chain = steps.chain[i];
            before_at_.push_back(static_cast<Index>(before_.size()));
            before_.push_back(0.0);
            for (std::int32_t n = 0; n < chain.length; ++n) {
                mass_.push_back(mass(chain.way == 0 ? chain.cell : steps.cells[a] + chain.way * (n + 1)));
                before_.push_back(before_.back() + mass_.back());
            }
        }
        table_at_.push_back(static_cast<Index>(table_.size()));
        const bool interval = steps.layout.attribute[a].interval;
        const Index size =
            interval ? (steps.chain[steps.at[a]].length + 1) * (Index{1} + steps.chain[steps.at[a] + 1].length) : 0;
        way_.push_back(!log_ ? Way::sums : interval && size <= largest_table ? Way::table : Way::tangent);
        if (way_.back() != Way::table) continue;
        for (std::int32_t up = 0; up <= steps.chain[steps.at[a]].length; ++up) {
            for (std::int32_t down = 0; down <= steps.chain[steps.at[a] + 1].length; ++down) {
                table_.push_back(scale_[a] * std::log(own_[a] + up_to(steps.at[a], up) + up_to(steps.at[a] + 1, down)));
            }
        }
    }
}

double Weights::up_to(Index chain, std::int32_t extent) const { return before_[before_at_[chain] + extent]; }

double Weights::mass(Index a, const Extents& extents) const {
    double sum = own_[a];
    for (Index i = steps_.at[a]; i < steps_.at[a + 1]; ++i) sum += up_to(i, extents[i]);
    return sum;
}

double Weights::of(Index a, const Extents& extents) const {
    const double sum = mass(a, extents);
    return scale_[a] * (log_ ? std::log(sum) : sum);
}

double Weights::total(const Extents& extents) const {
    double sum = 0.0;
    for (Index a = 0; a < steps_.layout.n_attributes(); ++a) sum += of(a, extents);
    return sum;
}

double Weights::pair(Index a, std::int32_t up, std::int32_t down) const {
    return table_[table_at_[a] + up * (Index{1} + steps_.chain[steps_.at[a] + 1].length) + down];
}

} // namespace suffice
