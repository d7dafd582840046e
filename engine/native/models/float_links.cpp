#include "float_links.hpp"

#include <cmath>

namespace suffice {

namespace {

template <class Link> Buffer<double> of_each(Reals numbers, Link link) {
    Buffer<double> out(numbers.size());
    for (Index i = 0; i < numbers.size(); ++i) out[i] = link(numbers[i]);
    return out;
}

// The same where the library computes in float32.
template <class Link> Buffer<double> of_each_float(Reals numbers, Link link) {
    return of_each(numbers, [link](double number) -> double { return link(static_cast<float>(number)); });
}

} // namespace

Buffer<double> sigmoid32(Reals margins) {
    return of_each_float(margins, [](float margin) {
        const float power = std::exp(std::min(-margin, 88.7F)); // beyond, it would overflow
        return 1.0F / (power + 1.0F + 1e-16F);
    });
}

Buffer<double> exp32(Reals margins) {
    return of_each_float(margins, [](float margin) { return std::exp(margin); });
}

Buffer<double> log32(Reals numbers) {
    return of_each_float(numbers, [](float number) { return std::log(number); });
}

Buffer<double> logit32(Reals numbers) {
    return of_each_float(numbers, [](float number) { return -std::log(1.0F / number - 1.0F); });
}

Buffer<double> exp64(Reals margins) {
    return of_each(margins, [](double margin) { return std::exp(margin); });
}

Buffer<double> sigmoid64(Reals margins, double slope) {
    return of_each(margins, [slope](double margin) { return 1.0 / (1.0 + std::exp(-slope * margin)); });
}

Buffer<double> log1p_exp64(Reals margins) {
    return of_each(margins, [](double margin) { return std::log1p(std::exp(margin)); });
}

Buffer<double> signed_square64(Reals margins) {
    return of_each(margins, [](double margin) {
        const double sign = margin > 0 ? 1.0 : margin < 0 ? -1.0 : 0.0;
        return sign * margin * margin;
    });
}

} // namespace suffice
