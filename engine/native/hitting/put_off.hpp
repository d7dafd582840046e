// Nodes of a walk at which items were put off: first come, first served, and so many at most.
#pragma once

#include "../base/array.hpp"
#include "../base/bits.hpp"

#include <deque>
#include <vector>

namespace suffice {

// A node: three disjoint sets of items, and how many edges were known when the first of them was put off.
struct OffNode {
    explicit OffNode(Index item_words) : chosen(item_words), candidate(item_words), off(item_words) {}

    Buffer<Word> chosen;    // what is chosen there
    Buffer<Word> candidate; // what may be chosen below, once an item that was put off is
    Buffer<Word> off;       // what was put off
    Index n_edges = 0;
};

class PutOff {
  public:
    // Room for so many words.
    PutOff(Index item_words, Index most_words) : node(item_words), item_words_(item_words), most_words_(most_words) {}

    OffNode node; // the one at hand

    Index size() const { return static_cast<Index>(words_.size()) / width(); }
    // Whether there was no room, and nodes were forgotten.
    bool forgot() const { return forgot_; }

    // Keep the node at hand behind all others; where there is no room all are forgotten, and whatever comes later.
    void keep() {
        if (forgot_ || static_cast<Index>(words_.size()) + width() > most_words_) {
            forgot_ = true;
            words_.clear();
            return;
        }
        for (Index j = 0; j < item_words_; ++j) { // two bits for each item
            words_.push_back(node.chosen[j] | node.off[j]);
            words_.push_back(node.candidate[j] | node.off[j]);
        }
        words_.push_back(static_cast<Word>(node.n_edges));
    }

    // Make the first one the node at hand.
    void take() {
        for (Index j = 0; j < item_words_; ++j) {
            const Word one = words_[2 * j], two = words_[2 * j + 1];
            node.chosen[j] = one & ~two;
            node.candidate[j] = two & ~one;
            node.off[j] = one & two;
        }
        node.n_edges = static_cast<Index>(words_[2 * item_words_]);
        words_.erase(words_.begin(), words_.begin() + width());
    }

    // There is room again.
    void begin_anew() { forgot_ = false; }

  private:
    Index width() const { return 2 * item_words_ + 1; }

    Index item_words_, most_words_;
    bool forgot_ = false;
    std::deque<Word> words_;
};

} // namespace suffice
