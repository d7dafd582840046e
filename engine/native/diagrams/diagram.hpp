// A finished decision diagram: what is below one root, level by level.
#pragma once

#include "../base/clock.hpp"
#include "nodes.hpp"

#include <memory>
#include <optional>
#include <vector>

namespace suffice {

// Nodes stand by levels, the last variable's first, so that children come before parents and the root is the last node.
// The nodes 0 and 1 are the terminals; they are the only ones of a constant, and `is_bottom` says which one it is.
struct Diagram {
    std::vector<Node> nodes;
    std::vector<Index> level; // variable v has the nodes level[v + 1] … level[v] - 1
    bool is_bottom = false;

    // The part of a table that is below a root; nullptr if the clock is up.
    static std::unique_ptr<Diagram> below(const NodeTable& table, NodeId root, Clock& clock);

    Index size() const { return static_cast<Index>(nodes.size()); }
    std::int32_t n_variables() const { return static_cast<std::int32_t>(level.size()) - 1; }
    const Node& operator[](Index i) const { return nodes[static_cast<std::size_t>(i)]; }
    Index level_end(std::int32_t v) const { return level[static_cast<std::size_t>(v)]; }
    Index level_begin(std::int32_t v) const { return level[static_cast<std::size_t>(v) + 1]; }

    // The number of paths to the terminal 1, in floating point (inf if it is too large); nothing if the clock is up.
    std::optional<double> magnitude(Clock& clock) const;
};

} // namespace suffice
