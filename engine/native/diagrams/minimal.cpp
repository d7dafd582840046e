// The family of minimal closed sets of a monotone function:
//
//     P(f) = P(f_0) ∪ ⋃_i v_i × (P(f_i) \ P(f_{i-1}))   over the levels v_i of the top chain
//
// Plain difference suffices because f is monotone: a minimal model of f_i that satisfies f_{i-1} is minimal there.
#include "diagrams.hpp"

namespace suffice {

// Find the levels of f's top chain that f tests, and the functions at them.
void Diagrams::part(NodeId f) {
    const std::int32_t first = nodes_[f].variable;
    const std::int32_t chain = chains_.of(first);
    levels_.clear();
    cofactors_.clear();
    NodeId walk = f;
    while (walk > top && chains_.of(nodes_[walk].variable) == chain) {
        levels_.push_back(nodes_[walk].variable);
        cofactors_.push_back(nodes_[walk].low);
        walk = nodes_[walk].high;
    }
    cofactors_.push_back(walk);
    strongest_ = cofactors_[0];
    while (strongest_ > top && nodes_[strongest_].variable < chains_.end_of(first))
        strongest_ = nodes_[strongest_].high;
}

// f where all literals of the joint block that it begins with hold, but one.
NodeId Diagrams::all_but(NodeId f, std::int32_t left_out) const {
    const std::int32_t first = nodes_[f].variable;
    const std::int32_t end = first + chains_.joint_at(first);
    while (f > top && nodes_[f].variable < end) {
        const Node& node = nodes_[f];
        f = node.variable == left_out ? node.low : node.high;
    }
    return f;
}

// Note the functions whose minimal families that of f is made of; those to be found first come last.
void Diagrams::need(NodeId f) {
    part(f);
    const std::int32_t first = nodes_[f].variable;
    const std::int32_t joint = chains_.joint_at(first);
    if (joint > 0) {
        for (std::int32_t v = first + joint - 1; v >= first - 1; --v) needed_.push_back(all_but(f, v));
    }
    needed_.push_back(strongest_);
    needed_.insert(needed_.end(), cofactors_.rbegin(), cofactors_.rend());
}

// P(f), where P of all that it is made of is known.
NodeId Diagrams::combine(NodeId f, Clock& clock) {
    const auto found = [&](NodeId g) { return minimal_[static_cast<std::size_t>(g)]; };
    part(f);
    NodeId result = found(cofactors_[0]);
    for (std::size_t i = levels_.size(); i-- > 0;) {
        const NodeId weaker = i > 0 ? cofactors_[i] : strongest_;
        const NodeId gained = without(found(cofactors_[i + 1]), found(weaker), clock);
        result = family_node(levels_[i], result, gained, clock);
        if (result == no_node) return no_node;
    }
    return chains_.joint_at(nodes_[f].variable) > 0 ? spell_jointly(f, result, clock) : result;
}

// Write the joint literal in P(f) in the stead of the literals that mean the same together.
NodeId Diagrams::spell_jointly(NodeId f, NodeId result, Clock& clock) {
    const std::int32_t first = nodes_[f].variable;
    const std::int32_t end = first + chains_.joint_at(first);
    const auto found = [&](std::int32_t left_out) { return minimal_[static_cast<std::size_t>(all_but(f, left_out))]; };
    NodeId gained = found(no_node);
    for (std::int32_t v = first; v < end; ++v) {
        gained = without(gained, found(v), clock);
        if (gained == no_node) return no_node;
    }
    NodeId spelled = gained;
    for (std::int32_t v = end - 1; v >= first; --v) spelled = family_node(v, bottom, spelled, clock);
    if (spelled == no_node) return no_node;
    return family_node(first - 1, without(result, spelled, clock), gained, clock);
}

NodeId Diagrams::minimal(NodeId f, Clock& clock) {
    minimal_.resize(static_cast<std::size_t>(nodes_.size()), no_node);
    minimal_[bottom] = bottom;
    minimal_[top] = top;
    const auto is_known = [&](NodeId g) { return minimal_[static_cast<std::size_t>(g)] != no_node; };
    visits_.clear();
    needed_.clear();
    if (!is_known(f)) visits_.push_back({f, 0, false});
    while (!visits_.empty()) {
        Visit& visit = visits_.back();
        if (!visit.opened) {
            visit.opened = true;
            need(visit.node);
        }
        while (needed_.size() > visit.needed && is_known(needed_.back())) needed_.pop_back();
        if (needed_.size() > visit.needed) {
            visits_.push_back({needed_.back(), needed_.size(), false});
            continue;
        }
        const NodeId result = combine(visit.node, clock);
        if (result == no_node) return no_node;
        minimal_[static_cast<std::size_t>(visit.node)] = result;
        if (clock.up()) return no_node;
        visits_.pop_back();
    }
    return minimal_[static_cast<std::size_t>(f)];
}

} // namespace suffice
