#include "local_search.hpp"

namespace suffice {

LocalSearch::LocalSearch(const Clauses& clauses, Flags start, std::uint32_t seed)
    : price_(clauses.price), n_clauses_(clauses.n), clauses_(clauses), hits_(clauses.n),
      weight_(Buffer<double>::full({clauses.n}, 1.0)), score_(clauses.n_variables()),
      stamp_(Buffer<Index>::full({clauses.n_variables()}, -1)), chosen_(clauses.n_variables()),
      open_at_(Buffer<std::int32_t>::full({clauses.n}, -1)), random_(seed) {
    list_members();
    opened_.reserve(static_cast<std::size_t>(n_clauses_));
    for (Index k = 0; k < n_clauses_; ++k) open(k);
    for (Index v = 0; v < price_.size(); ++v) score_[v] = static_cast<double>(clauses_of(v).size());
    for (Index v = 0; v < price_.size(); ++v) {
        if (start[v] || price_[v] == 0) put(v, -1);
    }
}

void LocalSearch::list_members() {
    const Index n = price_.size();
    at_.push_back(0);
    of_at_.assign(static_cast<std::size_t>(n + 1), 0);
    for (Index k = 0; k < n_clauses_; ++k) {
        for (Index w = 0; w < clauses_.n_words; ++w) {
            for (Word word = clauses_.clause(k)[w]; word != 0; word &= word - 1) {
                const Index v = w * word_bits + lowest(word);
                member_.push_back(static_cast<std::int32_t>(v));
                ++of_at_[v + 1];
            }
        }
        at_.push_back(static_cast<Index>(member_.size()));
    }
    for (Index v = 0; v < n; ++v) of_at_[v + 1] += of_at_[v];
    of_.resize(member_.size());
    std::vector<Index> filled(of_at_.begin(), of_at_.end() - 1);
    for (Index k = 0; k < n_clauses_; ++k) {
        for (Index v : members(k)) of_[filled[v]++] = static_cast<std::int32_t>(k);
    }
}

bool LocalSearch::run(Index target, Index steps, Clock& clock) {
    for (Index step = 0; step < steps; ++step) {
        if (clock.up(2 + price_.size() / 50)) return false;
        while (cost_ > target) {
            Index v = cheapest_loss();
            if (v < 0) v = last_; // it alone costs too much
            if (v < 0 || !chosen_[v]) return false;
            drop(v, step);
        }
        if (opened_.empty()) return true;
        const Index v = entering(any_open(), target, step);
        if (v < 0) return false; // nothing hits it
        last_ = v;
        put(last_, step);
        grow_heavier();
    }
    return false;
}

// Whether switching one variable brings more for its price than another (of equals the one that rests longest).
bool LocalSearch::leads(Index v, Index other) const {
    const double lead = score_[v] * static_cast<double>(price_[other]) - score_[other] * static_cast<double>(price_[v]);
    return lead > 0 || (lead == 0 && stamp_[v] < stamp_[other]);
}

// The chosen variable that is missed least for its price.
Index LocalSearch::cheapest_loss() const {
    Index best = -1;
    for (Index v = 0; v < price_.size(); ++v) {
        if (!chosen_[v] || price_[v] <= 0 || v == last_) continue;
        if (best < 0 || leads(v, best)) best = v;
    }
    return best;
}

// The variable of a clause that gains most for its price, if possible none that has just been dropped; -1: all of them
// cost too much.
Index LocalSearch::entering(Index k, Index target, Index step) const {
    Index best = -1;
    bool fresh = false;
    for (const Index u : members(k)) {
        if (price_[u] > target || (stamp_[u] == step && best >= 0)) continue;
        if (best < 0 || (!fresh && stamp_[u] != step) || leads(u, best)) best = u;
        fresh = stamp_[best] != step;
    }
    return best;
}

// One of the clauses that are not hit, each as likely as the others.
Index LocalSearch::any_open() {
    const auto n = static_cast<std::uint32_t>(opened_.size());
    if (n == 1) return opened_[0];
    const std::uint32_t mask = ~std::uint32_t{0} >> std::countl_zero(n - 1);
    std::uint32_t drawn = n;
    while (drawn >= n) drawn = static_cast<std::uint32_t>(random_()) & mask;
    return opened_[drawn];
}

// Make the clauses that are not hit weigh more.
void LocalSearch::grow_heavier() {
    for (const Index k : opened_) {
        weight_[k] += 1.0;
        for (const Index u : members(k)) score_[u] += 1.0;
    }
}

void LocalSearch::put(Index v, Index step) {
    chosen_[v] = true;
    cost_ += price_[v];
    stamp_[v] = step;
    score_[v] = -score_[v];
    for (const Index k : clauses_of(v)) {
        const std::int32_t hits = ++hits_[k];
        if (hits == 1) close(k);
        if (hits > 2) continue;
        for (const Index u : members(k)) {
            if (u == v) continue;
            if (hits == 1) {
                score_[u] -= weight_[k]; // it is hit: others gain nothing
            } else if (chosen_[u]) {
                score_[u] += weight_[k]; // the one that hit it is no longer alone
            }
        }
    }
}

void LocalSearch::drop(Index v, Index step) {
    chosen_[v] = false;
    cost_ -= price_[v];
    stamp_[v] = step;
    score_[v] = -score_[v];
    for (const Index k : clauses_of(v)) {
        const std::int32_t hits = --hits_[k];
        if (hits == 0) open(k);
        if (hits > 1) continue;
        for (const Index u : members(k)) {
            if (u == v) continue;
            if (hits == 0) {
                score_[u] += weight_[k];
            } else if (chosen_[u]) {
                score_[u] -= weight_[k];
            }
        }
    }
}

void LocalSearch::open(Index k) {
    open_at_[k] = static_cast<std::int32_t>(opened_.size());
    opened_.push_back(static_cast<std::int32_t>(k));
}

void LocalSearch::close(Index k) {
    const std::int32_t moved = opened_.back();
    opened_.pop_back();
    if (moved != k) { // the last one takes its place
        opened_[open_at_[k]] = moved;
        open_at_[moved] = open_at_[k];
    }
    open_at_[k] = -1;
}

} // namespace suffice
