#include "clauses.hpp"

namespace suffice {

NodeId Conjunction::clause(Index k, Clock& clock) {
    NodeId f = bottom;
    for (auto i = static_cast<std::size_t>(clauses_.start[static_cast<std::size_t>(k) + 1]);
         i-- > static_cast<std::size_t>(clauses_.start[static_cast<std::size_t>(k)]);) {
        const bool positive = clauses_.positive.empty() || clauses_.positive[i] != 0;
        const std::int32_t v = clauses_.member[i];
        f = positive ? diagrams_.monotone_node(v, f, top, clock) : diagrams_.monotone_node(v, top, f, clock);
    }
    return f;
}

NodeId Conjunction::whole(Clock& clock) {
    while (true) {
        while (parts_.size() > 1 &&
               (done_ == clauses_.size() || parts_.back().rank == parts_[parts_.size() - 2].rank)) {
            Part& left = parts_[parts_.size() - 2];
            const NodeId joined = diagrams_.conjoin(left.root, parts_.back().root, clock);
            if (joined == no_node) return no_node;
            left = {joined, left.rank + 1};
            parts_.pop_back();
        }
        if (done_ == clauses_.size()) return parts_.empty() ? top : parts_[0].root;
        const NodeId next = clause(done_, clock);
        if (next == no_node || clock.up()) return no_node;
        parts_.push_back({next, 0});
        ++done_;
    }
}

std::unique_ptr<Diagram> Conjunction::models(Index node_limit, Clock& clock) {
    diagrams_.set_limit(node_limit);
    const NodeId root = whole(clock);
    return root == no_node ? nullptr : Diagram::below(diagrams_.nodes(), root, clock);
}

std::unique_ptr<Diagram> Conjunction::minimal(Index node_limit, Clock& clock) {
    diagrams_.set_limit(node_limit);
    const NodeId root = whole(clock);
    const NodeId family = root == no_node ? no_node : diagrams_.minimal(root, clock);
    return family == no_node ? nullptr : Diagram::below(diagrams_.nodes(), family, clock);
}

} // namespace suffice
