#include "climb.hpp"

#include "search.hpp"

#include <limits>
#include <vector>

namespace suffice {

namespace {

constexpr Index patience = 12; // kicks that bring nothing, before it begins at another point
constexpr Index least = std::numeric_limits<Index>::min() / 4;

// Numbers that are the same on every machine.
struct Chance {
    std::uint64_t state;

    std::uint64_t next() {
        std::uint64_t z = (state += 0x9E3779B97F4A7C15ULL);
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ULL;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EBULL;
        return z ^ (z >> 31);
    }
    Index below(Index n) { return static_cast<Index>(next() % static_cast<std::uint64_t>(n)); }
};

// How high a point is: the column that lacks most, then what all that lack something lack.
struct Height {
    Index worst = least, lacking = least;

    bool operator<(const Height& other) const {
        return worst != other.worst ? worst < other.worst : lacking < other.lacking;
    }
};

struct Open {
    std::int32_t node;
    Index lo, hi;
};

class Climber {
  public:
    Climber(const Problem& problem, const Box& box, std::uint64_t seed, Workspace& work)
        : problem_(problem), layout_(problem.layout), columns_(problem.columns), box_(box), work_(work), chance_{seed},
          n_(problem.columns.size()), sums_(n_), rest_(n_), point_(layout_.n_attributes()),
          best_point_(layout_.n_attributes()), leaf_(layout_.n_trees()), at_(layout_.n_attributes() + 1, 0) {
        list_trees();
        Index most = 1;
        for (Index a = 0; a < layout_.n_attributes(); ++a) most = std::max(most, layout_.attribute[a].count);
        reach_.resize((most + 1) * n_);
        for (Index a = 0; a < layout_.n_attributes(); ++a) {
            if (!fixed(a)) free_.push_back(a);
        }
    }

    Answer run(Ints from, Index rounds) {
        for (Index a = 0; a < layout_.n_attributes(); ++a) point_[a] = from[a];
        for (Index a = 0; a < layout_.n_attributes(); ++a) clip(layout_, box_, a, point_);
        for (Index round = 0; round < rounds; ++round) {
            if (round > 0) scatter();
            add_up();
            if (rise()) return FOUND;
            if (work_.clock->halted()) return UNKNOWN;
            if (free_.empty()) break;
        }
        return UNKNOWN;
    }

  private:
    bool fixed(Index a) const {
        if (layout_.attribute[a].interval) return box_.lo[a] >= box_.hi[a];
        return false;
    }

    // The trees that test each attribute.
    void list_trees() {
        std::vector<std::vector<std::int32_t>> of(layout_.n_attributes());
        for (Index t = 0; t < layout_.n_trees(); ++t) {
            const Index end = t + 1 < layout_.n_trees() ? layout_.root[t + 1] : layout_.n_nodes();
            for (Index i = layout_.root[t]; i < end; ++i) {
                if (layout_.node[i].element < 0) continue;
                auto& mine = of[layout_.node[i].owner];
                if (mine.empty() || mine.back() != t) mine.push_back(static_cast<std::int32_t>(t));
            }
        }
        for (Index a = 0; a < layout_.n_attributes(); ++a) {
            trees_.insert(trees_.end(), of[a].begin(), of[a].end());
            at_[a + 1] = static_cast<Index>(trees_.size());
        }
    }

    std::int32_t walk(std::int32_t node) const {
        while (layout_.node[node].element >= 0) {
            const Node& test = layout_.node[node];
            node = layout_.side_at(test.element, point_) > 0 ? test.high : test.low;
        }
        return layout_.node[node].leaf;
    }

    void add_up() {
        for (Index k = 0; k < n_; ++k) sums_[k] = columns_.offset[k];
        for (Index t = 0; t < layout_.n_trees(); ++t) {
            leaf_[t] = walk(layout_.root[t]);
            for (Index k = 0; k < n_; ++k) sums_[k] += columns_.worth(leaf_[t], k);
        }
    }

    Height height(const Index* sums) const {
        Height out{std::numeric_limits<Index>::max(), 0};
        for (Index k = 0; k < n_; ++k) {
            const Index over = sums[k] - columns_.need[k];
            out.worst = std::min(out.worst, over);
            out.lacking += std::min<Index>(over, 0);
        }
        return out;
    }

    // What the trees that do not test an attribute add up to.
    void leave_out(Index a) {
        rest_ = sums_;
        for (Index i = at_[a]; i < at_[a + 1]; ++i) {
            for (Index k = 0; k < n_; ++k) rest_[k] -= columns_.worth(leaf_[trees_[i]], k);
        }
    }

    // Write for each cell of an attribute what the columns add up to with it.
    void reach_cells(Index a, Index lo, Index hi) {
        std::fill(reach_.begin() + lo * n_, reach_.begin() + (hi + 2) * n_, 0);
        for (Index i = at_[a]; i < at_[a + 1]; ++i) reach_in_tree(a, layout_.root[trees_[i]], lo, hi);
        for (Index k = 0; k < n_; ++k) reach_[lo * n_ + k] += rest_[k];
        for (Index cell = lo + 1; cell <= hi; ++cell) {
            for (Index k = 0; k < n_; ++k) reach_[cell * n_ + k] += reach_[(cell - 1) * n_ + k];
        }
    }

    void reach_in_tree(Index a, std::int32_t root, Index lo, Index hi) {
        open_.clear();
        open_.push_back({root, lo, hi});
        while (!open_.empty()) {
            Open here = open_.back();
            open_.pop_back();
            while (layout_.node[here.node].element >= 0) {
                const Node& test = layout_.node[here.node];
                if (test.owner != a) {
                    here.node = layout_.side_at(test.element, point_) > 0 ? test.high : test.low;
                } else if (here.lo > test.cut) {
                    here.node = test.high;
                } else if (here.hi <= test.cut) {
                    here.node = test.low;
                } else {
                    open_.push_back({test.high, test.cut + 1, here.hi});
                    here = {test.low, here.lo, test.cut};
                }
            }
            const std::int32_t leaf = layout_.node[here.node].leaf;
            for (Index k = 0; k < n_; ++k) {
                const Index worth = columns_.worth(leaf, k);
                reach_[here.lo * n_ + k] += worth;
                reach_[(here.hi + 1) * n_ + k] -= worth;
            }
        }
    }

    // The same for a listed attribute, cell by cell.
    void reach_listed(Index a) {
        const std::int32_t own = point_[a];
        for (Index cell = 0; cell < layout_.attribute[a].count; ++cell) {
            if (box_.barred[layout_.attribute[a].cells + cell] != 0) continue;
            point_[a] = static_cast<std::int32_t>(cell);
            Index* const sums = &reach_[cell * n_];
            std::copy(rest_.begin(), rest_.end(), sums);
            for (Index i = at_[a]; i < at_[a + 1]; ++i) {
                const std::int32_t leaf = walk(layout_.root[trees_[i]]);
                for (Index k = 0; k < n_; ++k) sums[k] += columns_.worth(leaf, k);
            }
        }
        point_[a] = own;
    }

    // Move an attribute to its highest cell, by chance among equal ones; tell whether that is higher than now.
    bool step(Index a) {
        const Attribute& attribute = layout_.attribute[a];
        const Height now = height(sums_.data());
        leave_out(a);
        const Index lo = attribute.interval ? box_.lo[a] : 0;
        const Index hi = attribute.interval ? box_.hi[a] : attribute.count - 1;
        if (attribute.interval)
            reach_cells(a, lo, hi);
        else
            reach_listed(a);
        Height top;
        Index chosen = point_[a], alike = 0;
        for (Index cell = lo; cell <= hi; ++cell) {
            if (!attribute.interval && box_.barred[attribute.cells + cell] != 0) continue;
            const Height here = height(&reach_[cell * n_]);
            if (here < top) continue;
            alike = top < here ? 1 : alike + 1;
            top = here;
            if (alike == 1 || chance_.below(alike) == 0) chosen = cell;
        }
        work_.given_up(1 + (at_[a + 1] - at_[a]) / 8);
        if (chosen == point_[a] || top < now) return false;
        put(a, static_cast<std::int32_t>(chosen));
        return now < top;
    }

    void put(Index a, std::int32_t cell) {
        point_[a] = cell;
        for (Index i = at_[a]; i < at_[a + 1]; ++i) {
            const std::int32_t tree = trees_[i], leaf = walk(layout_.root[tree]);
            if (leaf == leaf_[tree]) continue;
            for (Index k = 0; k < n_; ++k) sums_[k] += columns_.worth(leaf, k) - columns_.worth(leaf_[tree], k);
            leaf_[tree] = leaf;
        }
    }

    // Step until nothing is higher; tell whether a point was found that is outside O.
    bool top_out() {
        for (Index still = 0; still < static_cast<Index>(free_.size());) {
            const Index a = free_[chance_.below(static_cast<Index>(free_.size()))];
            still = step(a) ? 0 : still + 1;
            if (height(sums_.data()).worst >= 0 && confirmed()) return true;
            if (work_.clock->halted()) return false;
        }
        return false;
    }

    bool confirmed() {
        work_.point.copy_from(point_);
        return is_bad(problem_, work_.point, work_);
    }

    // Climb, and from the top kick a few attributes aside and climb again.
    bool rise() {
        if (height(sums_.data()).worst >= 0 && confirmed()) return true;
        if (top_out()) return true;
        Height best = height(sums_.data());
        best_point_.copy_from(point_);
        for (Index kicks = 0; kicks < patience && !free_.empty() && !work_.clock->halted(); ++kicks) {
            for (Index n = 1 + chance_.below(3); n > 0; --n)
                kick(free_[chance_.below(static_cast<Index>(free_.size()))]);
            if (top_out()) return true;
            const Height here = height(sums_.data());
            if (best < here) kicks = -1;
            if (here < best) {
                point_.copy_from(best_point_);
                add_up();
            } else {
                best = here;
                best_point_.copy_from(point_);
            }
        }
        return false;
    }

    void kick(Index a) { put(a, any_cell(a)); }

    std::int32_t any_cell(Index a) {
        const Attribute& attribute = layout_.attribute[a];
        if (attribute.interval)
            return static_cast<std::int32_t>(box_.lo[a] + chance_.below(box_.hi[a] - box_.lo[a] + 1));
        for (;;) { // some cell is allowed: the point has one
            const Index cell = chance_.below(attribute.count);
            if (box_.barred[attribute.cells + cell] == 0) return static_cast<std::int32_t>(cell);
        }
    }

    void scatter() {
        for (Index a : free_) point_[a] = any_cell(a);
    }

    const Problem& problem_;
    const Layout& layout_;
    const Columns& columns_;
    const Box& box_;
    Workspace& work_;
    Chance chance_;
    Index n_;
    std::vector<Index> sums_, rest_;
    Buffer<std::int32_t> point_, best_point_, leaf_;
    std::vector<Index> at_;
    std::vector<std::int32_t> trees_; // that test attribute a: trees_[at_[a]] … trees_[at_[a + 1] - 1]
    std::vector<Index> reach_;        // sums of the columns, cell by cell
    std::vector<Index> free_;         // attributes that can move
    std::vector<Open> open_;
};

} // namespace

Answer climb(const Problem& problem, const Box& box, Ints from, std::uint64_t seed, Index rounds, Workspace& work) {
    Climber climber(problem, box, seed, work);
    return climber.run(from, rounds);
}

} // namespace suffice
