// The trees of an ensemble over the elements of a space, without tests that the domain decides.
//
// Guaranteed form: the nodes of a tree are contiguous, parents before children. Every node is reached by some cell of
// each attribute on its path. Each clause (of elements and the sides that meet it) must have one that is met.
#pragma once

#include "../base/array.hpp"
#include "../base/bits.hpp"

#include <vector>

namespace suffice {

struct Node {
    std::int32_t element = -1; // what it tests; -1: a leaf
    std::int32_t low = -1;  // the child where the element is false (an interval attribute: the cell is at most the cut)
    std::int32_t high = -1; // the child where it is true
    std::int32_t parent = -1;
    std::int32_t leaf = -1; // row of a leaf's values, -1 inside
    std::int32_t owner = 0; // its element's attribute …
    std::int32_t cut = -1;  // … and the cut of it, which is true in the cells above (-1: the element is no cut)
};

// A test, as sweeps over all of them read it.
struct Inner {
    std::int32_t node, element, low, high;
};

struct Attribute {
    Index base = 0;        // its first element
    Index cells = 0;       // listed ones: where their cells begin among the listed cells of all
    Index count = 0;       // number of cells
    Index words = 0;       // listed ones: where a set of its cells begins among the sets of all, 64 cells a word
    bool interval = false; // whether cuts describe it: then element base + p is true in the cells above p
};

struct Test {
    Index owner = 0; // the element's attribute
    Index row = -1;  // where an element that is no cut has, in `truth`, the set of the cells where it is true
};

struct ClausePart {
    Index element = 0;
    Index side = 0; // the side that meets the clause
};

// A model's trees as conditions: node i is a leaf if `literal[i]` is 0, else `literal[i]` sends inputs right.
struct SignedTrees {
    Ints root, literal, left, right, leaf;
};

// The element of each condition (-1: constant), and 1 if it is true where the element is, else -1 (constants: whether).
struct ElementsOfConditions {
    Ints element;
    Signs side;
};

struct Layout {
    Buffer<std::int32_t> root; // first node of each tree
    std::vector<Node> node;
    std::vector<Inner> inner; // parents before their children
    std::vector<Index> at;    // the nodes that test element e: testing[at[e]] … testing[at[e + 1] - 1]
    std::vector<std::int32_t> testing;
    std::vector<Attribute> attribute; // and one more that ends them
    std::vector<Test> test;           // of each element
    std::vector<Word> truth;          // sets of cells: cell c is bit c % 64 of word c / 64
    Index n_leaf_rows = 0;            // no leaf's row of values is beyond
    std::vector<Index> clause_at;
    std::vector<ClausePart> clause; // of clause c: clause[clause_at[c]] … clause[clause_at[c + 1] - 1]

    Index n_trees() const { return root.size(); }
    Index n_nodes() const { return static_cast<Index>(node.size()); }
    Index n_elements() const { return static_cast<Index>(test.size()); }
    Index n_attributes() const { return static_cast<Index>(attribute.size()) - 1; }
    Index n_clauses() const { return static_cast<Index>(clause_at.size()) - 1; }
    Index n_listed_cells() const { return attribute.back().cells; } // of all attributes that cuts do not describe
    Index n_words() const { return attribute.back().words; }
    Index n_words(Index a) const { return attribute[a + 1].words - attribute[a].words; }

    // Whether an element that is no cut is true in a cell of its attribute.
    bool true_in(Index e, Index cell) const { return (truth[test[e].row + (cell >> 6)] >> (cell & 63)) & 1; }

    // 1 if an element is true in a cell of its attribute a, else -1.
    int side_in_cell(Index a, Index e, Index cell) const {
        if (attribute[a].interval) return cell > e - attribute[a].base ? 1 : -1;
        return true_in(e, cell) ? 1 : -1;
    }
    int side_at(Index e, Ints point) const { return side_in_cell(test[e].owner, e, point[test[e].owner]); }
};

// Copy the trees depth-first over elements; a test that the path to it decides is left out.
Layout lay_out(const SignedTrees& trees, const ElementsOfConditions& conditions, std::vector<Attribute> attribute,
               std::vector<Test> test, std::vector<Word> truth);

// Write the leaf row that each tree reaches at a point of cells.
void reach_leaves(const Layout& layout, Ints point, IntsOut leaves);

// The first clause that a point of cells breaks, or -1.
Index unmet_clause(const Layout& layout, Ints point);

} // namespace suffice
