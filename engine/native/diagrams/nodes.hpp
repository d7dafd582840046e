// The nodes of decision diagrams, each triple (variable, low, high) once, and the results of operations on them.
#pragma once

#include "../base/array.hpp"
#include "../base/clock.hpp"

#include <bit>
#include <cstdint>
#include <vector>

namespace suffice {

using NodeId = std::int32_t;

inline constexpr NodeId no_node = -1; // there was no room, or no time
inline constexpr NodeId bottom = 0;   // false, or the family without a set
inline constexpr NodeId top = 1;      // true, or the family of the empty set

struct Node {
    std::int32_t variable;
    NodeId low;
    NodeId high;

    bool operator==(const Node&) const = default;
};

// The unique table: open addressing over a growing vector of nodes. Children have smaller numbers than their parents.
class NodeTable {
  public:
    explicit NodeTable(std::int32_t n_variables);

    const Node& operator[](NodeId id) const { return nodes_[static_cast<std::size_t>(id)]; }
    Index size() const { return static_cast<Index>(nodes_.size()); }
    std::int32_t n_variables() const { return nodes_[bottom].variable; } // the terminals stand below all variables

    // Let there be at most so many nodes.
    void set_limit(Index limit) { limit_ = limit; }

    // The number of a triple, a new one if it is new; no_node if there is no room for it, or the clock is up.
    NodeId number_of(const Node& node, Clock& clock) {
        if (2 * nodes_.size() >= slots_.size() && !grow(clock)) return no_node;
        std::size_t slot = hash(node) >> shift_;
        while (slots_[slot] != bottom) {
            if ((*this)[slots_[slot]] == node) return slots_[slot];
            slot = (slot + 1) & (slots_.size() - 1);
        }
        if (size() >= limit_) return no_node;
        const auto id = static_cast<NodeId>(nodes_.size());
        nodes_.push_back(node);
        slots_[slot] = id;
        return id;
    }

  private:
    static std::uint64_t hash(const Node& node) {
        std::uint64_t key = static_cast<std::uint64_t>(node.low) << 32 | static_cast<std::uint32_t>(node.high);
        key = (key ^ (key >> 29)) * 0x9E3779B97F4A7C15U;
        key += static_cast<std::uint64_t>(node.variable) * 0xC2B2AE3D27D4EB4FU;
        return (key ^ (key >> 32)) * 0x9E3779B97F4A7C15U;
    }
    bool grow(Clock& clock);

    std::vector<Node> nodes_;
    std::vector<NodeId> slots_; // bottom: free (it is no triple)
    int shift_;                 // of hashes, to numbers of slots
    Index limit_;
};

// Two nodes that an operation is asked about.
struct Pair {
    NodeId left;
    NodeId right;
};

enum class Operation : std::uint32_t { conjunction = 0, difference = 1 };

// Results of operations, one a slot: a newer one takes the place of an older one.
class ResultCache {
  public:
    ResultCache();

    NodeId find(Operation operation, Pair pair) const { // no_node: not known
        const Entry& entry = entries_[slot(key(operation, pair))];
        return entry.key == key(operation, pair) ? entry.value : no_node;
    }
    void put(Operation operation, Pair pair, NodeId value) {
        entries_[slot(key(operation, pair))] = {key(operation, pair), value};
    }

    // Have at least twice as many slots as there are nodes; more than `most` would not pay: memory is slow.
    void fit(Index n_nodes) {
        if (entries_.size() < most && static_cast<std::size_t>(2 * n_nodes) > entries_.size()) grow();
    }

  private:
    static constexpr std::size_t most = std::size_t{1} << 21;

    struct Entry {
        std::uint64_t key; // 0: nothing (no operation is asked about two terminals)
        NodeId value;
    };
    static std::uint64_t key(Operation operation, Pair pair) {
        return static_cast<std::uint64_t>(operation) << 63 | static_cast<std::uint64_t>(pair.left) << 32 |
               static_cast<std::uint32_t>(pair.right);
    }
    std::size_t slot(std::uint64_t key) const { return ((key ^ (key >> 31)) * 0x9E3779B97F4A7C15U) >> shift_; }
    void grow();

    std::vector<Entry> entries_;
    int shift_;
};

} // namespace suffice
