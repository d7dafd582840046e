#include "circuit.hpp"

#include <cmath>
#include <limits>
#include <vector>

namespace suffice {

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr double tiny = 1e-37;  // what single precision may lose to underflow
constexpr Index sequential = 8; // fewer numbers are added one after another by numpy

double down(double x) { return std::nextafter(x, -infinity); }
double up(double x) { return std::nextafter(x, infinity); }

// The range and what is near it: `part` of itself and `step`.
Range widened(Range x, double part, double step) {
    return {down(x.lo - (std::abs(x.lo) * part + step)), up(x.hi + (std::abs(x.hi) * part + step))};
}

Range between(Range x, double least, double most) {
    return {std::min(std::max(x.lo, least), most), std::min(std::max(x.hi, least), most)};
}

// One gate and what it works on.
struct Here {
    const Circuit& circuit;
    Array<const Range> scores;
    Array<Range> gates;
    Index g, first, n;
    double a, b;

    Range argument(Index i) const { return gates[circuit.argument[first + i]]; }
    Index own() const { return circuit.own[g]; }
};

Range scaled(Range x, double a) {
    const double one = x.lo * a, other = x.hi * a;
    return a < 0 ? Range{other, one} : Range{one, other};
}

Range divided(Range x, double a) {
    const double one = x.lo / a, other = x.hi / a;
    return a < 0 ? Range{other, one} : Range{one, other};
}

Range logistic(Range x, double unit) {
    const Range plain{1.0 / (1.0 + std::exp(-x.lo)), 1.0 / (1.0 + std::exp(-x.hi))};
    return between(widened(plain, unit, tiny), 0.0, 1.0);
}

Range logarithm(Range x, double unit) {
    constexpr double least = std::numeric_limits<double>::min();
    return widened({std::log(std::max(x.lo, least)), std::log(std::max(x.hi, least))}, unit, 0x1p-60);
}

// A number of a table, and how far the library's own may be off.
struct Looked {
    double value, error;
    Index segment; // -1: before the first point
};

Looked look_up(const Here& here, double x) {
    const Index begin = here.circuit.table_at[here.own()], end = here.circuit.table_at[here.own() + 1];
    const double *xs = here.circuit.x.data, *ys = here.circuit.y.data;
    const Index i = std::upper_bound(xs + begin, xs + end, x) - xs - 1; // the last point that is not beyond
    if (i < begin) return {ys[begin], 0.0, -1};
    if (i == end - 1) {
        const bool flat = i == begin || ys[i] == ys[i - 1]; // else it is computed from the point before
        return {ys[i], flat ? 0.0 : here.a * std::max(std::abs(ys[i]), std::abs(ys[i - 1])), i};
    }
    const bool from_left = xs[i] == x && i > begin; // at a point it may be computed from the one before
    const bool flat = from_left ? ys[i] == ys[i - 1] : ys[i] == ys[i + 1] || xs[i] == x;
    if (flat) return {ys[i], 0.0, i};
    const double size = std::max({std::abs(ys[i]), std::abs(ys[i + 1]), i > begin ? std::abs(ys[i - 1]) : 0.0});
    const double value = x == xs[i] ? ys[i] : ys[i] + (ys[i + 1] - ys[i]) * ((x - xs[i]) / (xs[i + 1] - xs[i]));
    return {value, here.a * size, i};
}

Range tabled(const Here& here) {
    const Range x = here.argument(0);
    Looked low = look_up(here, x.lo), high = look_up(here, x.hi);
    low.error = high.error = low.segment == high.segment ? std::max(low.error, high.error) : here.b;
    if (low.value > high.value) std::swap(low, high); // it may fall
    return {low.error > 0 ? down(low.value - low.error) : low.value,
            high.error > 0 ? up(high.value + high.error) : high.value};
}

Range softmax(const Here& here) {
    const Range own = here.argument(here.own());
    double above = 0.0, below = 0.0, far = 1.0; // what the others are worth, at least and at most
    for (Index i = 0; i < here.n; ++i) {
        if (i == here.own()) continue;
        const Range other = here.argument(i);
        above += std::exp(std::min(700.0, other.hi - own.lo));
        below += std::exp(std::min(700.0, other.lo - own.hi));
        far = std::max({far, std::abs(other.hi - own.lo), std::abs(own.hi - other.lo)});
    }
    const double part = 4 * here.a * (std::min(far, 1500.0) * 2 + static_cast<double>(here.n) + 8);
    return between(widened({1.0 / (1.0 + above), 1.0 / (1.0 + below)}, part, tiny), 0.0, 1.0);
}

// The shares as the library computes them, where it is known what it adds.
Range exact_share(const Here& here) {
    double sum = 0.0;
    for (Index i = 0; i < here.n; ++i) sum += here.argument(i).lo;
    const double told = sum != 0 ? here.argument(here.own()).lo / sum : 1.0 / static_cast<double>(here.n);
    return {told, told};
}

Range share(const Here& here) {
    const Range own = here.argument(here.own());
    Range rest;
    bool exact = here.n < sequential;
    for (Index i = 0; i < here.n; ++i) {
        const Range one = here.argument(i);
        exact = exact && one.lo == one.hi;
        if (i == here.own()) continue;
        rest.lo += one.lo;
        rest.hi += one.hi;
    }
    if (exact) return exact_share(here);
    const double even = 1.0 / static_cast<double>(here.n);
    Range out{own.lo + rest.hi > 0 ? own.lo / (own.lo + rest.hi) : even,
              own.hi + rest.lo > 0 ? own.hi / (own.hi + rest.lo) : even};
    if (own.lo + rest.lo <= 0) out = {std::min(out.lo, even), std::max(out.hi, even)}; // the sum may be 0
    return between(widened(out, 4 * here.a * static_cast<double>(here.n + 4), tiny), 0.0, 1.0);
}

// How much greater one share of a sum is than another: (x - y) / (x + y + rest), for the ends of x and y that are told.
double lead(double x, double y, Range rest, bool upper) {
    const double sum = x + y + ((x >= y) == upper ? rest.lo : rest.hi);
    return sum > 0 ? (x - y) / sum : 0.0;
}

Range lead_of(const Here& here, bool exponential) {
    const auto other = static_cast<Index>(here.b);
    const Range one = here.argument(here.own()), two = here.argument(other);
    // of a softmax all numbers are told as parts of a common one
    const auto told = [&](double x, double y, bool upper) {
        const double most = exponential ? std::max(x, y) : 0.0;
        const auto part = [&](double z) { return exponential ? std::exp(std::min(700.0, z - most)) : z; };
        Range rest;
        for (Index i = 0; i < here.n; ++i) {
            if (i == here.own() || i == other) continue;
            rest.lo += part(here.argument(i).lo);
            rest.hi += part(here.argument(i).hi);
        }
        return lead(part(x), part(y), rest, upper);
    };
    Range all = one; // where the numbers of the group lie
    for (Index i = 0; i < here.n; ++i)
        all = {std::min(all.lo, here.argument(i).lo), std::max(all.hi, here.argument(i).hi)};
    const double far = exponential ? std::min(all.hi - all.lo, 1500.0) * 2 : 0.0;
    // these gates prune only: errors in double precision need not be small
    const double rounding = std::max(1e-9, 4 * here.a * (far + static_cast<double>(here.n) + 8));
    return widened({told(one.lo, two.hi, false), told(one.hi, two.lo, true)}, rounding, rounding);
}

Range vote(const Here& here) {
    const Range own = here.argument(here.own());
    bool sure = true, possible = true;
    for (Index i = 0; i < here.n; ++i) {
        if (i == here.own()) continue;
        const Range other = here.argument(i);
        const bool before = i < here.own(); // it wins ties
        sure = sure && (before ? own.lo > other.hi : own.lo >= other.hi);
        possible = possible && (before ? own.hi > other.lo : own.hi >= other.lo);
    }
    return {sure ? 1.0 : 0.0, possible ? 1.0 : 0.0};
}

double as_single(double x) { return static_cast<double>(static_cast<float>(x)); }

Range range_of(const Here& here) {
    const auto x = [&] { return here.argument(0); };
    switch (static_cast<Op>(here.circuit.op[here.g])) {
    case Op::raw:
        return here.scores[here.own()];
    case Op::constant:
        return {here.a, here.a};
    case Op::add:
        return {x().lo + here.argument(1).lo, x().hi + here.argument(1).hi};
    case Op::subtract:
        return {x().lo - here.argument(1).hi, x().hi - here.argument(1).lo};
    case Op::scale:
        return scaled(x(), here.a);
    case Op::divide:
        return divided(x(), here.a);
    case Op::logistic:
        return logistic(x(), here.a);
    case Op::logarithm:
        return logarithm(x(), here.a);
    case Op::table:
        return tabled(here);
    case Op::step:
        return {x().lo >= here.a ? 1.0 : 0.0, x().hi >= here.a ? 1.0 : 0.0};
    case Op::softmax:
        return softmax(here);
    case Op::share:
        return share(here);
    case Op::vote:
        return vote(here);
    case Op::clip:
        return between(x(), here.a, here.b);
    case Op::widen:
        return widened(x(), here.a, here.b);
    case Op::single:
        return {as_single(x().lo), as_single(x().hi)};
    case Op::lead_softmax:
        return lead_of(here, true);
    case Op::lead_share:
        return lead_of(here, false);
    case Op::root:
        return widened({std::sqrt(std::max(x().lo, 0.0)), std::sqrt(std::max(x().hi, 0.0))}, here.a, 0.0);
    }
    return {-infinity, infinity};
}

} // namespace

void evaluate(const Circuit& circuit, Array<const Range> scores, Array<Range> gates) {
    for (Index g = 0; g < circuit.size(); ++g) {
        const Index first = circuit.at[g], n = circuit.at[g + 1] - first;
        gates[g] = range_of({circuit, scores, gates, g, first, n, circuit.number(g, 0), circuit.number(g, 1)});
    }
}

Buffer<double, 2> evaluate_rows(const Circuit& circuit, Array<const double, 2> low, Array<const double, 2> high,
                                Ints gates) {
    Buffer<double, 2> out(low.size(), 2 * gates.size());
    std::vector<Range> scores(circuit.n_scores), ranges(circuit.size());
    for (Index row = 0; row < low.size(); ++row) {
        for (Index i = 0; i < circuit.n_scores; ++i) scores[i] = {low(row, i), high(row, i)};
        evaluate(circuit, {scores.data(), {circuit.n_scores}}, {ranges.data(), {circuit.size()}});
        for (Index i = 0; i < gates.size(); ++i) {
            out(row, 2 * i) = ranges[gates[i]].lo;
            out(row, 2 * i + 1) = ranges[gates[i]].hi;
        }
    }
    return out;
}

} // namespace suffice
