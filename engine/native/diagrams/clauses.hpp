// The diagram of a conjunction of clauses, made piece by piece.
#pragma once

#include "diagram.hpp"
#include "diagrams.hpp"

#include <memory>
#include <vector>

namespace suffice {

// Clause k has the variables member[start[k]] … member[start[k + 1] - 1], ascending; positive[i] is the sign of
// member[i].
struct Clauses {
    std::vector<Index> start;
    std::vector<std::int32_t> member;
    std::vector<char> positive; // empty: all are

    Index size() const { return static_cast<Index>(start.size()) - 1; }
};

// Clauses are conjoined two by two, neighbours first. What is stopped for want of nodes or time goes on where it was.
class Conjunction {
  public:
    Conjunction(Clauses clauses, Chains chains) : diagrams_(std::move(chains)), clauses_(std::move(clauses)) {}

    // The models of the clauses; nullptr if so many nodes do not suffice, or the clock is up.
    std::unique_ptr<Diagram> models(Index node_limit, Clock& clock);

    // The minimal closed sets that fulfil the clauses (all positive, closed under what chains imply); likewise nullptr.
    std::unique_ptr<Diagram> minimal(Index node_limit, Clock& clock);

    Index n_nodes() const { return diagrams_.nodes().size(); }

  private:
    struct Part { // the conjunction of 2^rank clauses (fewer at the end), which waits for its neighbour
        NodeId root;
        int rank;
    };
    NodeId whole(Clock& clock);
    NodeId clause(Index k, Clock& clock);

    Diagrams diagrams_;
    Clauses clauses_;
    Index done_ = 0; // clauses
    std::vector<Part> parts_;
};

} // namespace suffice
