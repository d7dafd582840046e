#include "decide.hpp"

#include <cmath>

namespace suffice {

namespace {

// The exponential of a score, as XGBoost (in single precision) and LightGBM compute it.
double power(double score, double greatest, int link) {
    if (link == Link::softmax32) return std::exp(static_cast<float>(score) - static_cast<float>(greatest));
    return std::exp(score - greatest);
}

double share(double score, double greatest, double total, int link) {
    const double part = power(score, greatest, link);
    if (link == Link::softmax32) return static_cast<float>(part) / static_cast<float>(total);
    return part / total;
}

double total_power(Reals scores, double greatest, int link) {
    double total = 0.0;
    for (const double score : scores) total += power(score, greatest, link);
    return total;
}

} // namespace

Index first_share(Reals scores, int link, Index best) {
    const double total = total_power(scores, scores[best], link);
    const double greatest = share(scores[best], scores[best], total, link);
    for (Index first = 0; first < best; ++first) {
        if (share(scores[first], scores[best], total, link) == greatest) return first;
    }
    return best;
}

Buffer<std::int32_t> decide_rows(Array<const double, 2> scores, int link) {
    Buffer<std::int32_t> out(scores.size());
    for (Index row = 0; row < scores.size(); ++row) out[row] = static_cast<std::int32_t>(decide(scores.row(row), link));
    return out;
}

Buffer<double> softmax(Reals scores, int link) {
    Buffer<double> out(scores.size());
    if (scores.empty()) return out;
    const double greatest = *std::max_element(scores.begin(), scores.end());
    const double total = total_power(scores, greatest, link);
    for (Index k = 0; k < scores.size(); ++k) out[k] = share(scores[k], greatest, total, link);
    return out;
}

} // namespace suffice
