#include "diagram.hpp"

#include "often.hpp"

namespace suffice {

std::unique_ptr<Diagram> Diagram::below(const NodeTable& table, NodeId root, Clock& clock) {
    const std::int32_t n = table.n_variables();
    const auto at = [](auto i) { return static_cast<std::size_t>(i); };
    std::vector<NodeId> number(at(std::max(root, top)) + 1, no_node);
    std::vector<Index> level(at(n) + 1, 0);
    number[at(root)] = root;
    for (NodeId i = root; i > top; --i) { // children have smaller numbers
        if (often(i) && clock.up(often_work)) return nullptr;
        if (number[at(i)] == no_node) continue;
        number[at(table[i].low)] = number[at(table[i].high)] = i;
        ++level[at(table[i].variable)];
    }
    auto out = std::make_unique<Diagram>();
    level[at(n)] = top + 1;
    for (std::int32_t v = n; v-- > 0;) level[at(v)] += level[at(v) + 1];
    out->level = level;
    out->nodes.resize(at(level[0]), Node{n, bottom, bottom});
    out->is_bottom = root == bottom;
    number[bottom] = bottom;
    number[top] = top;
    for (NodeId i = top + 1; i <= root; ++i) {
        if (often(i) && clock.up(often_work)) return nullptr;
        if (number[at(i)] == no_node) continue;
        const Node& node = table[i];
        number[at(i)] = static_cast<NodeId>(--level[at(node.variable)]);
        out->nodes[at(number[at(i)])] = {node.variable, number[at(node.low)], number[at(node.high)]};
    }
    return out;
}

std::optional<double> Diagram::magnitude(Clock& clock) const {
    if (is_bottom) return 0.0;
    std::vector<double> count(nodes.size());
    count[top] = 1.0;
    for (std::size_t i = top + 1; i < nodes.size(); ++i) {
        if (often(static_cast<Index>(i)) && clock.up(often_work)) return std::nullopt;
        count[i] = count[static_cast<std::size_t>(nodes[i].low)] + count[static_cast<std::size_t>(nodes[i].high)];
    }
    return count.back();
}

} // namespace suffice
