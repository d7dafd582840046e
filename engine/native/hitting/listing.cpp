#include "listing.hpp"

#include <limits>

namespace suffice {

namespace {

Index most_chosen(const ListedEdges& edges) { return std::min(edges.n_elements(), edges.n_edges) + 2; }

// Tell whether two sets have a common member.
bool meet(Array<Word> a, Array<Word> b) {
    for (Index w = 0; w < a.size(); ++w) {
        if ((a[w] & b[w]) != 0) return true;
    }
    return false;
}

} // namespace

Listing::Listing(ListedEdges edges, Ints group, Index n_groups)
    : edges_(std::move(edges)), group_(group.begin(), group.end()), n_groups_(n_groups),
      each_(static_cast<std::size_t>(edges_.n_elements())), grouped_(static_cast<std::size_t>(n_groups)),
      group_chosen_(static_cast<std::size_t>(n_groups)), open_(most_chosen(edges_), edges_.cover.width()),
      once_(most_chosen(edges_), edges_.cover.width()), candidates_(most_chosen(edges_), edges_.hitters.width()),
      todo_(most_chosen(edges_), edges_.hitters.width()) {
    for (Index k = 0; k < edges_.n_edges; ++k) ListedEdges::put(open_.row(0), k);
    candidates_.row(0).fill(~Word{0});
}

// The open edge with the fewest candidates, -1: none is open.
template <class Counter> Index Listing::edge_to_branch_on(Counter ones, Index& looked_at) const {
    const Array<Word> open = open_.row(depth_), candidates = candidates_.row(depth_);
    Index best = -1;
    Index fewest = std::numeric_limits<Index>::max();
    for (Index w = 0; w < open.size(); ++w) {
        for (Word word = open[w]; word != 0; word &= word - 1) {
            const Index edge = w * word_bits + lowest(word);
            const Array<Word> hitters = edges_.hitters.row(edge);
            Index size = 0;
            for (Index j = 0; j < hitters.size(); ++j) size += ones(hitters[j] & candidates[j]);
            ++looked_at;
            if (size >= fewest) continue;
            fewest = size;
            best = edge;
            if (fewest == 0) return best;
        }
    }
    return best;
}

// Take the lowest element out of those to be tried, -1: there is none.
Index Listing::next_element() {
    const Array<Word> todo = todo_.row(depth_);
    for (Index j = 0; j < todo.size(); ++j) {
        if (todo[j] == 0) continue;
        const Index v = j * word_bits + lowest(todo[j]);
        todo[j] &= todo[j] - 1;
        return v;
    }
    return -1;
}

// Choose an element; false if it, or one that was chosen before, is critical nowhere then.
bool Listing::choose(Index v) {
    const Array<Word> open = open_.row(depth_), once = once_.row(depth_), cover = edges_.cover.row(v);
    if (!meet(open, edges_.own.row(v))) return false;
    const Array<Word> then_open = open_.row(depth_ + 1), then_once = once_.row(depth_ + 1);
    for (Index w = 0; w < open.size(); ++w) {
        then_open[w] = open[w] & ~cover[w];
        then_once[w] = (once[w] & ~cover[w]) | (open[w] & cover[w]);
    }
    for (const Level& level : levels_) {
        if (!meet(then_once, edges_.own.row(level.element))) return false;
    }
    candidates_.row(depth_ + 1).copy_from(candidates_.row(depth_));
    Index& of_group = group_chosen_[static_cast<std::size_t>(group_[static_cast<std::size_t>(v)])];
    levels_.push_back({v, total_, of_group == 0});
    ++of_group;
    return true;
}

// Go back, and count the sets that were found with the element chosen last.
void Listing::leave() {
    --depth_;
    if (levels_.empty()) return;
    const Level& level = levels_.back();
    const auto v = static_cast<std::size_t>(level.element);
    const auto g = static_cast<std::size_t>(group_[v]);
    each_[v] += total_ - level.total_before;
    if (level.first_of_group) grouped_[g] += total_ - level.total_before;
    --group_chosen_[g];
    levels_.pop_back();
}

template <class Counter> bool Listing::walk(Counter ones, Index node_limit, Clock& clock) {
    while (depth_ >= 0) {
        if (fresh_) {
            Index looked_at = 0;
            if (nodes_ >= node_limit || clock.halted()) return false;
            ++nodes_;
            const Index edge = edge_to_branch_on(ones, looked_at);
            fresh_ = false;
            if (edge < 0) {
                ++total_;
                leave();
            } else {
                const Array<Word> candidates = candidates_.row(depth_), todo = todo_.row(depth_);
                for (Index j = 0; j < todo.size(); ++j) {
                    todo[j] = edges_.hitters(edge, j) & candidates[j];
                    candidates[j] &= ~todo[j];
                }
            }
            clock.up(1 + looked_at * edges_.hitters.width() / 64);
            continue;
        }
        const Index v = next_element();
        if (v < 0) {
            leave();
            continue;
        }
        fresh_ = choose(v);
        ListedEdges::put(candidates_.row(depth_), v);
        if (fresh_) ++depth_;
    }
    return true;
}

#if defined(__x86_64__) && defined(__GNUC__)

namespace {

struct CountOnes {
    Index operator()(Word word) const { return count_bits(word); }
};

} // namespace

[[gnu::target("popcnt"), gnu::flatten]] bool Listing::walk_with_popcount(Index node_limit, Clock& clock) {
    return walk(CountOnes{}, node_limit, clock);
}

#endif

bool Listing::go_on(Index node_limit, Clock& clock) {
#if defined(__x86_64__) && defined(__GNUC__)
    if (__builtin_cpu_supports("popcnt")) return walk_with_popcount(node_limit, clock);
#endif
    return walk([](Word word) -> Index { return count_bits(word); }, node_limit, clock);
}

Buffer<Index> Listing::each() const {
    Buffer<Index> out(static_cast<Index>(each_.size()));
    std::copy(each_.begin(), each_.end(), out.begin());
    for (const Level& level : levels_) out[level.element] += total_ - level.total_before;
    return out;
}

Buffer<Index> Listing::grouped() const {
    Buffer<Index> out(n_groups_);
    std::copy(grouped_.begin(), grouped_.end(), out.begin());
    for (const Level& level : levels_) {
        if (level.first_of_group) out[group_[static_cast<std::size_t>(level.element)]] += total_ - level.total_before;
    }
    return out;
}

} // namespace suffice
