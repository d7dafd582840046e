#include "cheapest.hpp"

#include <algorithm>
#include <limits>

namespace suffice {

namespace {

constexpr double infinite = std::numeric_limits<double>::infinity();

}

CheapestFirst::CheapestFirst(const Diagram& family, Ints element, Reals cost)
    : family_(family), element_(element.begin(), element.end()), least_(family.nodes.size(), infinite) {
    for (Index i : element) price_.push_back(cost[i]);
    if (family.is_bottom) return;
    least_[top] = 0.0;
    for (std::size_t i = top + 1; i < least_.size(); ++i) {
        const Node& node = family.nodes[i];
        least_[i] =
            std::min(least_[static_cast<std::size_t>(node.low)],
                     least_[static_cast<std::size_t>(node.high)] + price_[static_cast<std::size_t>(node.variable)]);
    }
    open_.push({least_.back(), 0, 0.0, static_cast<NodeId>(family.size() - 1), -1, 0});
}

// Go down to a terminal along a cheapest way; what is left aside is to be gone on from later.
void CheapestFirst::descend(Open& at) {
    while (at.node > top) {
        const Node& node = family_[at.node];
        const double paid = at.spent + price_[static_cast<std::size_t>(node.variable)];
        const double through_low = at.spent + least_[static_cast<std::size_t>(node.low)];
        const double through_high = paid + least_[static_cast<std::size_t>(node.high)];
        ++tickets_;
        taken_.push_back({element_[static_cast<std::size_t>(node.variable)], at.taken});
        const auto with = static_cast<Index>(taken_.size()) - 1;
        if (through_high <= at.bound) {
            if (through_low < infinite) open_.push({through_low, -tickets_, at.spent, node.low, at.taken, at.n_taken});
            at = {at.bound, at.ticket, paid, node.high, with, at.n_taken + 1};
        } else {
            open_.push({through_high, -tickets_, paid, node.high, with, at.n_taken + 1});
            at.node = node.low;
        }
    }
}

Buffer<std::int32_t> CheapestFirst::set_of(const Open& at) const {
    Buffer<std::int32_t> out(at.n_taken);
    Index taken = at.taken;
    for (std::int32_t& element : out) {
        element = taken_[static_cast<std::size_t>(taken)].element;
        taken = taken_[static_cast<std::size_t>(taken)].before;
    }
    std::sort(out.begin(), out.end());
    return out;
}

std::optional<std::pair<double, Buffer<std::int32_t>>> CheapestFirst::next() {
    while (!open_.empty()) {
        Open at = open_.top();
        open_.pop();
        descend(at);
        if (at.node == top) return std::pair(at.spent, set_of(at));
    }
    return std::nullopt;
}

} // namespace suffice
