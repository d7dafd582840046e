#include "diagrams.hpp"

#include <numeric>

namespace suffice {

Chains Chains::apart(std::int32_t n_variables) {
    const auto size = static_cast<std::size_t>(n_variables) + 1;
    Chains out{std::vector<std::int32_t>(size), std::vector<std::int32_t>(size), std::vector<std::int32_t>(size)};
    std::iota(out.chain.begin(), out.chain.end(), 0);
    return out;
}

// An operation goes depth-first with a stack of its own: thousands of variables are no deep recursion. A rule says what
// is known at once (it may turn a pair around), which pairs are below, and what their results are put together to.
template <class Rule> NodeId Diagrams::apply(Rule rule, Pair pair, Clock& clock) {
    NodeId value = no_node;
    const auto is_known = [&](Pair asked) {
        value = rule.known(asked);
        if (value == no_node) value = results_.find(Rule::operation, asked);
        if (value == no_node) steps_.push_back({asked, no_node, 0});
        return value != no_node;
    };
    steps_.clear();
    is_known(pair);
    while (!steps_.empty()) {
        Step& step = steps_.back();
        const Node left = nodes_[step.pair.left];
        const Node right = nodes_[step.pair.right];
        if (step.stage == 0) {
            step.stage = 1;
            if (!is_known(rule.lows(step.pair, left, right))) continue;
        }
        if (step.stage == 1) {
            step.stage = 2;
            step.low = value;
            if (!is_known(rule.highs(step.pair, left, right))) continue;
        }
        value = rule.node(left.variable, step.low, value);
        if (value == no_node) return no_node;
        results_.fit(nodes_.size());
        results_.put(Rule::operation, step.pair, value);
        if (clock.up()) return no_node;
        steps_.pop_back();
    }
    return value;
}

struct Diagrams::ConjoinRule {
    static constexpr Operation operation = Operation::conjunction;
    Diagrams& in;
    Clock& clock;

    NodeId known(Pair& pair) const {
        auto& [f, g] = pair;
        if (f == bottom || g == bottom) return bottom;
        if (f == top || f == g) return g;
        if (g == top) return f;
        const std::int32_t upper = in.nodes_[f].variable, lower = in.nodes_[g].variable;
        if (upper > lower || (upper == lower && f > g)) std::swap(f, g);
        return no_node;
    }
    Pair lows(Pair pair, const Node& f, const Node& g) const {
        const bool same_chain = in.chains_.of(f.variable) == in.chains_.of(g.variable);
        return {f.low, same_chain ? g.low : pair.right};
    }
    Pair highs(Pair pair, const Node& f, const Node& g) const {
        return {f.high, f.variable == g.variable ? g.high : pair.right};
    }
    NodeId node(std::int32_t variable, NodeId low, NodeId high) const {
        return in.monotone_node(variable, low, high, clock);
    }
};

struct Diagrams::WithoutRule {
    static constexpr Operation operation = Operation::difference;
    Diagrams& in;
    Clock& clock;

    NodeId known(Pair& pair) const {
        auto& [f, g] = pair;
        while (g > top && in.nodes_[g].variable < in.nodes_[f].variable) g = in.nodes_[g].low;
        if (f == bottom || f == g) return bottom;
        return g == bottom ? f : no_node; // g is a terminal where f is the family of the empty set
    }
    Pair lows(Pair pair, const Node& f, const Node& g) const {
        return {f.low, f.variable == g.variable ? g.low : pair.right};
    }
    Pair highs(Pair, const Node& f, const Node& g) const {
        return {f.high, f.variable == g.variable ? g.high : bottom};
    }
    NodeId node(std::int32_t variable, NodeId low, NodeId high) const {
        return in.family_node(variable, low, high, clock);
    }
};

NodeId Diagrams::conjoin(NodeId f, NodeId g, Clock& clock) { return apply(ConjoinRule{*this, clock}, {f, g}, clock); }

NodeId Diagrams::without(NodeId f, NodeId g, Clock& clock) { return apply(WithoutRule{*this, clock}, {f, g}, clock); }

} // namespace suffice
