// What is asked of a tree about its decision at an instance, where cuts describe all attributes: the edges are made
// once and answer every kind of question.
#pragma once

#include "../domain/placed.hpp"
#include "../models/tree.hpp"
#include "leaf_edges.hpp"

#include <memory>
#include <optional>

namespace suffice {

// A tree in a domain, and what no reason may use: the same for all instances.
struct TreeQuestion {
    Space space;
    Tree tree;
    LeafTable leaves;
    Buffer<bool> banned; // a mark for each element (feature)
    bool per_feature = false;
    Index n_outcomes = 0; // one more than the highest
};

class Asked {
  public:
    using Items = std::vector<std::int32_t>; // literals by their numbers, or features

    Asked(std::shared_ptr<const TreeQuestion> question, const Placed& placed);

    const TreeQuestion& question() const { return *question_; }
    Index outcome() const { return outcome_; } // the class that the tree decides for

    // What every reason must hit: one edge for each leaf of another class, or only those that no others make redundant.
    const Edges& edges();
    const Edges& reduced();

    // The items of one minimal set that hits all edges, nothing if there is none; of what is in all of them; of what is
    // in any of them.
    std::optional<Items> sufficient();
    Items necessary();
    Items relevant();

    // The items of each reduced edge with its number: the shortest first, then in the order of their items.
    std::vector<std::pair<Items, Index>> changes();

  private:
    Items items(const std::vector<std::int32_t>& elements) const;

    std::shared_ptr<const TreeQuestion> question_;
    Buffer<bool> truth_;
    Buffer<std::int32_t> cells_;
    Index outcome_;
    std::optional<Edges> edges_, reduced_;
};

} // namespace suffice
