// From the leaves of other classes to the sets that every reason must hit.
//
// A leaf with an outcome outside O is excluded by a closed set iff the set holds, for some attribute, the weakest
// literal that excludes every cell of the leaf there. These elements form an edge.
#pragma once

#include "../domain/space.hpp"
#include "../hitting/edges.hpp"
#include "leaf_table.hpp"

namespace suffice {

// What is asked: the instance's cells, O, and whether reasons are made of features (elements are then features).
struct LeafQuestion {
    const Space& space;
    const LeafTable& leaves;
    Ints cells;
    Flags good;
    bool per_feature = false;
};

// Where implications among the literals of attributes that cuts do not describe form forests: own[base[a] + v] is the
// weakest element that excludes cell v (-1: the instance's own cell), up[e] the next stronger element (-1: none).
struct ElementForest {
    Longs base;
    Ints own, up;
};

// Write one edge for each leaf, where cuts describe all attributes.
void edges_of_ranges(const LeafQuestion& question, EdgeList& edges);

// Write the edges of all leaves: one for each choice of a nearest cell. False if there would be more than `limit`.
bool edges_of_cells(const LeafQuestion& question, const ElementForest& forest, Index limit, EdgeList& edges);

// Write them over local elements, without banned ones; `up` as in ElementForest.
void localise_in_space(const LeafQuestion& question, const EdgeList& raw, Flags banned, Ints up, Edges& edges);

} // namespace suffice
