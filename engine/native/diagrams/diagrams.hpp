// Operations on decision diagrams whose nodes share one table.
//
// * Monotone diagrams of a function on closed sets. Variables are positions; those of one chain are contiguous, weakest
//   literal first, and mean "the level of the chain is at least this one". Normal form: low differs from high; the low
//   child of a chain's node does not test the chain again, the high child may, on a stronger level only, and then its
//   low child differs.
// * Zero-suppressed diagrams of families of sets; at most one literal of a chain occurs in a set (its written one).
//
// Every operation returns no_node when there is no room for a node or the clock is up. Nothing is lost then: asked
// again, it finds most results in the cache.
#pragma once

#include "../base/clock.hpp"
#include "nodes.hpp"

#include <vector>

namespace suffice {

// How variables hang together; each array has an entry for the terminals at its end.
struct Chains {
    std::vector<std::int32_t> chain;     // the chain of each variable
    std::vector<std::int32_t> block_end; // the variables before it are implied by the weakest literal of v's chain
    std::vector<std::int32_t> joint; // k > 0: variables v … v + k - 1 mean the same as v - 1, written in their stead

    static Chains apart(std::int32_t n_variables); // each variable is a chain of its own

    std::int32_t n_variables() const { return static_cast<std::int32_t>(chain.size()) - 1; }
    std::int32_t of(std::int32_t variable) const { return chain[static_cast<std::size_t>(variable)]; }
    std::int32_t end_of(std::int32_t variable) const { return block_end[static_cast<std::size_t>(variable)]; }
    std::int32_t joint_at(std::int32_t variable) const { return joint[static_cast<std::size_t>(variable)]; }
};

class Diagrams {
  public:
    explicit Diagrams(Chains chains) : nodes_(chains.n_variables()), chains_(std::move(chains)) {}

    const NodeTable& nodes() const { return nodes_; }
    void set_limit(Index limit) { nodes_.set_limit(limit); }

    // The node of a monotone diagram in normal form.
    NodeId monotone_node(std::int32_t variable, NodeId low, NodeId high, Clock& clock) {
        if (low < 0 || high < 0) return no_node;
        if (low == high) return low;
        if (high > top && chains_.of(nodes_[high].variable) == chains_.of(variable) && nodes_[high].low == low)
            return high;
        return nodes_.number_of({variable, low, high}, clock);
    }

    // The node of a family: it is zero-suppressed.
    NodeId family_node(std::int32_t variable, NodeId low, NodeId high, Clock& clock) {
        if (low < 0 || high < 0) return no_node;
        return high == bottom ? low : nodes_.number_of({variable, low, high}, clock);
    }

    // The diagram of "f and g".
    NodeId conjoin(NodeId f, NodeId g, Clock& clock);

    // The family of the sets of f that are not in g.
    NodeId without(NodeId f, NodeId g, Clock& clock);

    // The family of the minimal closed sets of a function, each by its written literals.
    NodeId minimal(NodeId f, Clock& clock);

  private:
    struct ConjoinRule;
    struct WithoutRule;
    template <class Rule> NodeId apply(Rule rule, Pair pair, Clock& clock);
    void part(NodeId f);
    NodeId all_but(NodeId f, std::int32_t left_out) const;
    void need(NodeId f);
    NodeId combine(NodeId f, Clock& clock);
    NodeId spell_jointly(NodeId f, NodeId result, Clock& clock);

    struct Step { // of an operation that waits for results below
        Pair pair;
        NodeId low;
        std::int32_t stage;
    };
    struct Visit { // of a function whose minimal family waits for those that begin at `needed`
        NodeId node;
        std::size_t needed;
        bool opened;
    };

    NodeTable nodes_;
    ResultCache results_;
    Chains chains_;
    std::vector<Step> steps_;
    std::vector<NodeId> minimal_; // the minimal family of each function, no_node: not known
    std::vector<Visit> visits_;
    std::vector<NodeId> needed_;
    std::vector<std::int32_t> levels_; // of the top chain that was parted last …
    std::vector<NodeId> cofactors_;    // … with the functions at level none, first, second …
    NodeId strongest_ = no_node;       // … and at none with all that the chain's weakest literal implies
};

} // namespace suffice
