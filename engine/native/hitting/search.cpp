#include "search.hpp"

#include <cmath>

namespace suffice {

namespace {

constexpr Index endless = Index{1} << 62;
constexpr double slack = 1e-9;
constexpr double lighter = 4.0;    // a clause weighs so many times less for each variable that it has more
constexpr Index long_clause = 400; // variables; from there on all weigh the same, and more than nothing
constexpr double rate = 200'000;   // words of clauses that nodes look at in a millisecond

// What clauses of so many variables weigh: a quarter of those with one less.
const std::array<double, long_clause + 1> weights = [] {
    std::array<double, long_clause + 1> out{1.0};
    for (std::size_t i = 1; i < out.size(); ++i) out[i] = out[i - 1] / lighter;
    return out;
}();

// How many bits are set, in line (compilers for any machine call a function otherwise: a fifth of the time was there).
Index ones(Word word) {
    word -= word >> 1 & 0x5555555555555555;
    word = (word & 0x3333333333333333) + (word >> 2 & 0x3333333333333333);
    word = (word + (word >> 4)) & 0x0f0f0f0f0f0f0f0f;
    return static_cast<Index>(word * 0x0101010101010101 >> 56);
}

Index smallest_if_equal(Longs prices) {
    if (prices.empty()) return 0;
    const auto [least, most] = std::minmax_element(prices.begin(), prices.end());
    return *least == *most ? *least : 0;
}

} // namespace

HittingSearch::HittingSearch(Longs prices)
    : clauses_(prices), inside_(prices.size() + 2, clauses_.n_words), outside_(prices.size() + 2, clauses_.n_words),
      level_(static_cast<std::size_t>(prices.size() + 2)), hits_(prices.size()), beyond_(endless),
      equal_(smallest_if_equal(prices)) {
    ranked_.reserve(static_cast<std::size_t>(prices.size()));
}

void HittingSearch::add(Array<const bool, 2> rows) {
    clauses_.add(rows);
    rest_.resize(clauses_.word.size());
    size_.resize(static_cast<std::size_t>(clauses_.n));
}

void HittingSearch::restart(Index budget) {
    depth_ = 0;
    budget_ = budget;
    beyond_ = endless;
    leave_ = false;
    inside_.row(0).fill(0);
    outside_.row(0).fill(0);
    level_[0] = {};
    for (Index v = 0; v < clauses_.n_variables(); ++v) {
        if (clauses_.price[v] == 0) put_in(0, v);
    }
}

void HittingSearch::skip() {
    leave_ = true;
    level_[depth_].stage = Stage::done;
}

Index HittingSearch::nodes_in(double milliseconds) const {
    const Index size = clauses_.n * (1 + clauses_.n_words) + 10 * clauses_.n_variables() + 100;
    return 1 + static_cast<Index>(rate * milliseconds / static_cast<double>(size));
}

Buffer<bool> HittingSearch::truth_of(const Buffer<Word, 2>& levels) const {
    Buffer<bool> out(clauses_.n_variables());
    for (Index v = 0; v < out.size() && depth_ >= 0; ++v) {
        out[v] = (levels(depth_, v / word_bits) >> (v % word_bits) & 1) != 0;
    }
    return out;
}

HittingSearch::Outcome HittingSearch::step(Index nodes, Clock& clock) {
    const Index limit = nodes_ + nodes;
    while (depth_ >= 0) {
        Level& level = level_[depth_];
        if (!leave_) {
            if (nodes_ >= limit || clock.up(1 + (level.last - level.first) * clauses_.n_words / 64)) return unknown;
            list_new(level);
            ++nodes_;
            const Outcome outcome = look(depth_);
            if (outcome == found) return found;
            level.stage = outcome == none ? Stage::done : Stage::in_next;
            leave_ = true;
        } else if (level.stage == Stage::done) {
            --depth_;
        } else {
            open_child();
        }
    }
    return none;
}

// Put clauses that have come since on the list of a level.
void HittingSearch::list_new(Level& level) {
    const Index n = clauses_.n;
    if (const auto needed = static_cast<std::size_t>(level.last + n - level.stamp); needed > list_.size()) {
        list_.resize(2 * needed);
    }
    for (Index k = level.stamp; k < n; ++k) list_[level.last++] = static_cast<std::int32_t>(k);
    level.stamp = n;
}

// Go one level deeper, with the branching variable in, then out.
void HittingSearch::open_child() {
    const Index d = depth_;
    Level& level = level_[d];
    Level& child = level_[d + 1];
    const Index length = level.last - level.first;
    if (const auto needed = static_cast<std::size_t>(level.last + length); needed > list_.size()) {
        list_.resize(2 * needed);
    }
    inside_.row(d + 1).copy_from(inside_.row(d));
    outside_.row(d + 1).copy_from(outside_.row(d));
    child = {level.cost, 0, Stage::in_next, level.last, level.last + length, level.stamp};
    std::copy_n(list_.begin() + level.first, length, list_.begin() + level.last);
    if (level.stage == Stage::in_next) {
        put_in(d + 1, level.variable);
        level.stage = Stage::out_next;
    } else {
        put_out(d + 1, level.variable);
        level.stage = Stage::done;
    }
    depth_ = d + 1;
    leave_ = false;
}

void HittingSearch::put_in(Index d, Index v) {
    inside_(d, v / word_bits) |= Word{1} << (v % word_bits);
    level_[d].cost += clauses_.price[v];
}

void HittingSearch::put_out(Index d, Index v) { outside_(d, v / word_bits) |= Word{1} << (v % word_bits); }

// Draw what follows at a node: `none` (nothing is to be found), `found`, or `unknown` (branch).
HittingSearch::Outcome HittingSearch::look(Index d) {
    Level& level = level_[d];
    while (true) {
        if (!propagate(d)) return none;
        if (level.cost > budget_) {
            beyond_ = std::min(beyond_, level.cost);
            return none;
        }
        if (level.first == level.last) return found;
        const double weight = weigh(level);
        rank();
        const Outcome outcome = bound(d, weight);
        if (outcome == none) return none;
        if (outcome == found) {
            level.variable = ranked_[0].variable;
            return unknown;
        }
    }
}

// Take hit clauses off the list, write the rests of the others, and put in what is forced; false: it fails.
bool HittingSearch::propagate(Index d) {
    Level& level = level_[d];
    bool again = true;
    while (again) {
        again = false;
        Index end = level.first;
        for (Index i = level.first; i < level.last; ++i) {
            const std::int32_t k = list_[i];
            Index size = 0;
            if (shorten(k, d, size)) continue;
            if (size == 0) return false;
            if (size == 1) {
                const Word* rest = rest_.data() + k * clauses_.n_words;
                for (Index w = 0; w < clauses_.n_words; ++w) {
                    if (rest[w] != 0) put_in(d, w * word_bits + lowest(rest[w]));
                }
                again = true;
                continue;
            }
            list_[end++] = k;
            size_[k] = static_cast<std::int32_t>(size);
        }
        level.last = end;
    }
    return true;
}

// Write the rest of a clause, and its size; true: it is hit.
bool HittingSearch::shorten(Index k, Index d, Index& size) {
    const Word* clause = clauses_.clause(k);
    const Word* in = inside_.row(d).begin();
    const Word* out = outside_.row(d).begin();
    Word* rest = rest_.data() + k * clauses_.n_words;
    for (Index w = 0; w < clauses_.n_words; ++w) {
        if ((clause[w] & in[w]) != 0) return true;
    }
    for (Index w = 0; w < clauses_.n_words; ++w) {
        rest[w] = clause[w] & ~out[w];
        size += ones(rest[w]);
    }
    return false;
}

// Let each clause on the list weigh the less the longer it is; write how much each variable hits, and return the whole.
double HittingSearch::weigh(const Level& level) {
    hits_.fill(0.0);
    double total = 0.0;
    for (Index i = level.first; i < level.last; ++i) {
        const std::int32_t k = list_[i];
        const double weight = weights[std::min<Index>(size_[k], long_clause)];
        total += weight;
        const Word* rest = rest_.data() + k * clauses_.n_words;
        for (Index w = 0; w < clauses_.n_words; ++w) {
            for (Word word = rest[w]; word != 0; word &= word - 1) hits_[w * word_bits + lowest(word)] += weight;
        }
    }
    return total;
}

// Rank the variables that hit something by what they hit for their price; they are sorted as far as it is asked for.
void HittingSearch::rank() {
    ranked_.clear();
    n_sorted_ = 0;
    for (Index v = 0; v < clauses_.n_variables(); ++v) {
        if (hits_[v] <= 0) continue;
        const double price = static_cast<double>(std::max<Index>(clauses_.price[v], 1));
        ranked_.push_back({hits_[v], hits_[v] / price, static_cast<std::int32_t>(v)});
    }
}

// Sort the first n of the ranked variables, and some more.
void HittingSearch::sort(Index n) {
    if (n <= n_sorted_) return;
    const auto size = static_cast<Index>(ranked_.size());
    const Index last = std::min(size, std::max(n, std::max<Index>(2 * n_sorted_, 16)));
    const auto better = [](const Ranked& a, const Ranked& b) {
        return a.rate != b.rate ? a.rate > b.rate : a.variable < b.variable;
    };
    const auto begin = ranked_.begin();
    if (last < size) std::nth_element(begin + n_sorted_, begin + last, ranked_.end(), better);
    std::sort(begin + n_sorted_, begin + last, better);
    n_sorted_ = last;
}

// Compare what can be hit with what must be: `none` (it fails), `unknown` (more is forced), `found` (neither).
HittingSearch::Outcome HittingSearch::bound(Index d, double weight) {
    double need = weight * (1 - slack), spent = 0.0;
    for (Index i = 0; i < static_cast<Index>(ranked_.size()); ++i) {
        sort(i + 1);
        const Ranked& one = ranked_[i];
        const auto price = static_cast<double>(clauses_.price[one.variable]);
        if (one.hits >= need) {
            spent += price * (need / one.hits);
            break;
        }
        need -= one.hits;
        spent += price;
    }
    const Index least = level_[d].cost + static_cast<Index>(std::ceil(spent - 1e-6));
    if (least > budget_) {
        beyond_ = std::min(beyond_, least);
        return none;
    }
    return equal_ > 0 ? fix(d, weight) : found;
}

// Put variables of equal price in (out) without (with) which the weight cannot be hit; as `bound` returns.
HittingSearch::Outcome HittingSearch::fix(Index d, double weight) {
    const Index left = (budget_ - level_[d].cost) / equal_, n = static_cast<Index>(ranked_.size());
    if (n <= left) return found;
    if (left == 0) { // though a clause is to be hit
        beyond_ = std::min(beyond_, level_[d].cost + equal_);
        return none;
    }
    sort(left + 1);
    double top = 0.0;
    for (Index i = 0; i < left; ++i) top += ranked_[i].hits;
    const double last = ranked_[left - 1].hits, next = ranked_[left].hits, need = weight * (1 - slack);
    bool fixed = false;
    for (Index i = 0; i < n; ++i) {
        const Ranked& one = ranked_[i];
        if (i < left && top - one.hits + next < need) {
            put_in(d, one.variable);
            fixed = true;
        } else if (i >= left && top - last + one.hits < need) {
            put_out(d, one.variable);
            fixed = true;
        }
    }
    if (!fixed) return found;
    beyond_ = std::min(beyond_, budget_ + 1);
    return unknown;
}

} // namespace suffice
