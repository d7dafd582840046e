#include "counts.hpp"

#include "arithmetic.hpp"
#include "often.hpp"

#include <utility>

namespace suffice {

namespace {

// The variables of each group, ascending.
std::vector<std::vector<std::int32_t>> members_of(Ints group, Index n_groups) {
    std::vector<std::vector<std::int32_t>> out(static_cast<std::size_t>(n_groups));
    for (Index v = 0; v < group.size(); ++v) {
        out[static_cast<std::size_t>(group[v])].push_back(static_cast<std::int32_t>(v));
    }
    return out;
}

// Counts the sets of a family, in one arithmetic: sets below each node, and paths from the root to it.
template <class Arithmetic> class SetCounter {
  public:
    using Value = typename Arithmetic::Value;

    SetCounter(const Diagram& family, const Arithmetic& arithmetic, Clock& clock)
        : family_(family), arithmetic_(arithmetic), clock_(clock), below_(family.nodes.size()),
          above_(family.nodes.size()), blocked_(family.nodes.size()) {}

    bool prepare() {
        const auto add = [&](Value& sum, const Value& term) { sum = arithmetic_.add(sum, term); };
        const Index n = family_.size();
        at(below_, top) = arithmetic_.one();
        for (Index i = top + 1; i < n; ++i) {
            if (stopped(i)) return false;
            at(below_, i) = arithmetic_.add(at(below_, family_[i].low), at(below_, family_[i].high));
        }
        at(above_, n - 1) = arithmetic_.one();
        for (Index i = n - 1; i > top; --i) {
            if (stopped(i)) return false;
            add(at(above_, family_[i].low), at(above_, i));
            add(at(above_, family_[i].high), at(above_, i));
        }
        return true;
    }

    Value total() const { return below_.back(); }

    // The number of sets with a member of a group (variables, ascending): they are counted at their first member, over
    // the paths to it that are not blocked by another one. False if the clock is up.
    bool count(const std::vector<std::int32_t>& members, Value& out) {
        out = {};
        if (members.empty()) return true;
        const std::int32_t last = members.back();
        const auto block = [&](NodeId child, const Value& paths) {
            if (family_[child].variable <= last) at(blocked_, child) = arithmetic_.add(at(blocked_, child), paths);
        };
        std::fill(blocked_.begin() + family_.level_begin(last), blocked_.begin() + family_.level_end(members[0]),
                  Value{});
        auto next = members.begin();
        for (std::int32_t v = members[0]; v <= last; ++v) {
            const bool is_member = *next == v;
            if (is_member) ++next;
            for (Index i = family_.level_begin(v); i < family_.level_end(v); ++i) {
                if (stopped(i)) return false;
                const Node& node = family_[i];
                if (is_member) {
                    const Value free = arithmetic_.subtract(at(above_, i), at(blocked_, i));
                    out = arithmetic_.add(out, arithmetic_.multiply(free, at(below_, node.high)));
                }
                block(node.low, at(blocked_, i));
                block(node.high, is_member ? at(above_, i) : at(blocked_, i));
            }
        }
        return !clock_.up(1 + (last - members[0]) / 16);
    }

  private:
    static Value& at(std::vector<Value>& values, Index i) { return values[static_cast<std::size_t>(i)]; }
    bool stopped(Index i) { return often(i) && clock_.up(often_work); }

    const Diagram& family_;
    const Arithmetic& arithmetic_;
    Clock& clock_;
    std::vector<Value> below_;
    std::vector<Value> above_;
    std::vector<Value> blocked_; // paths from the root on which a member of the group was taken
};

} // namespace

std::optional<Buffer<std::uint64_t, 2>> count_sets(const Diagram& family, Longs primes, Ints group, Index n_groups,
                                                   Clock& clock) {
    Buffer<std::uint64_t, 2> out(1 + primes.size(), 1 + n_groups);
    if (family.is_bottom) return out;
    const auto members = members_of(group, n_groups);
    const auto ask = [&]<class Arithmetic>(const Arithmetic& arithmetic, Index row) {
        SetCounter<Arithmetic> counter(family, arithmetic, clock);
        if (!counter.prepare()) return false;
        auto value = counter.total();
        for (Index column = 0; column <= n_groups; ++column) {
            if (column > 0 && !counter.count(members[static_cast<std::size_t>(column) - 1], value)) return false;
            for (Index k = 0; k < Arithmetic::lanes && row + k < out.size(); ++k) {
                out(row + k, column) = Arithmetic::lane(value, k);
            }
        }
        return true;
    };
    if (!with_each_modulus(primes, 0, ask)) return std::nullopt;
    return out;
}

std::optional<Buffer<std::uint64_t>> count_models(const Diagram& models, Longs primes, Clock& clock) {
    Buffer<std::uint64_t> out(1 + primes.size());
    if (models.is_bottom) return out;
    const Index n = models.size();
    const auto ask = [&]<class Arithmetic>(const Arithmetic& arithmetic, Index row) {
        std::vector<typename Arithmetic::Value> below(static_cast<std::size_t>(n));
        below[top] = arithmetic.one();
        const auto widened = [&](NodeId child, Index from) { // over the variables from `from` on
            return arithmetic.doubled(below[static_cast<std::size_t>(child)], models[child].variable - from);
        };
        for (Index i = top + 1; i < n; ++i) {
            if (often(i) && clock.up(often_work)) return false;
            const Node& node = models[i];
            const Index next = node.variable + 1;
            below[static_cast<std::size_t>(i)] = arithmetic.add(widened(node.low, next), widened(node.high, next));
        }
        const auto all = widened(static_cast<NodeId>(n - 1), 0);
        for (Index k = 0; k < Arithmetic::lanes && row + k < out.size(); ++k) out[row + k] = Arithmetic::lane(all, k);
        return true;
    };
    if (!with_each_modulus(primes, models.n_variables(), ask)) return std::nullopt;
    return out;
}

} // namespace suffice
