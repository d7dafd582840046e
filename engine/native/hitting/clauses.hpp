// A hitting-set problem: clauses (sets of variables, one of which must be chosen) that come in one after another.
#pragma once

#include "../base/array.hpp"
#include "../base/bits.hpp"

#include <vector>

namespace suffice {

struct Clauses {
    Buffer<Index> price; // of each variable, not negative
    Index n_words;       // of a set of variables
    Index n = 0;
    std::vector<Word> word; // of clause k: those from k * n_words on

    explicit Clauses(Longs prices)
        : price(Buffer<Index>::copy_of(prices)),
          n_words(std::max<Index>(1, (prices.size() + word_bits - 1) / word_bits)) {}

    Index n_variables() const { return price.size(); }
    const Word* clause(Index k) const { return word.data() + k * n_words; }

    // Add clauses: truth values of the variables, one row each.
    void add(Array<const bool, 2> rows) {
        word.resize(static_cast<std::size_t>((n + rows.size()) * n_words));
        for (Index row = 0; row < rows.size(); ++row, ++n) {
            for (Index v = 0; v < n_variables(); ++v) {
                if (rows(row, v)) word[n * n_words + v / word_bits] |= Word{1} << (v % word_bits);
            }
        }
    }
};

} // namespace suffice
