#include "walk.hpp"

namespace suffice {

namespace {

constexpr Index first_edges = 512;             // there is room for
constexpr Index most_numbers = Index{1} << 30; // items times edges
constexpr Index unread_edges = 1024;           // and two for each item
constexpr int looked_at = 200;                 // edges among which the one to branch on is chosen

constexpr Word bit_of(Index i) { return Word{1} << (i % word_bits); }

constexpr Index words_for(Index n) { return std::max<Index>(1, (n + word_bits - 1) / word_bits); }

void set_bit(Word& word, Word bit, bool value) { word = value ? word | bit : word & ~bit; }

Buffer<Word, 2> widened(const Buffer<Word, 2>& old, Index width) {
    Buffer<Word, 2> out(old.size(), width);
    for (Index i = 0; i < old.size(); ++i) std::copy(old.row(i).begin(), old.row(i).end(), out.row(i).begin());
    return out;
}

Buffer<std::int32_t, 2> rows_of(const std::vector<std::int32_t>& numbers, Index n, Index width) {
    Buffer<std::int32_t, 2> out(n, width);
    std::copy(numbers.begin(), numbers.end(), out.begin()); // edges without points have none
    return out;
}

} // namespace

Walk::Walk(Index n_items, Index n_attributes, Index most_put_off)
    : n_items_(n_items), n_attributes_(n_attributes), item_words_(words_for(n_items)),
      most_edges_(std::max(most_numbers / std::max<Index>(1, n_items), 4 * n_items + 2 * first_edges)),
      most_unread_(unread_edges + 2 * n_items), put_off_(item_words_, most_put_off),
      hit_(n_items, first_edges / word_bits), written_(n_items, first_edges / word_bits),
      once_(n_items + 2, first_edges / word_bits), twice_(n_items + 2, first_edges / word_bits), chosen_(n_items + 2),
      candidate_(n_items + 2, item_words_), todo_(n_items + 2, item_words_), off_(n_items + 2, item_words_),
      off_edges_(n_items + 2), edge_(static_cast<std::size_t>(item_words_)) {
    begin_anew();
}

void Walk::begin_anew() {
    for (Index v = 0; v < n_items_; ++v) candidate_(0, v / word_bits) |= bit_of(v);
    begun_edges_ = n_edges_;
    looked_at_ = 0;
    fresh_ = true;
}

void Walk::put_item(Index item, bool written) {
    const Index word = n_edges_ / word_bits;
    edge_[n_edges_ * item_words_ + item / word_bits] |= bit_of(item);
    hit_(item, word) |= bit_of(n_edges_);
    if (written) written_(item, word) |= bit_of(n_edges_);
}

void Walk::put_point(Ints point) {
    if (keeps_points()) edge_point_.insert(edge_point_.end(), point.begin(), point.end());
}

void Walk::end_edge() {
    const Index word = n_edges_ / word_bits;
    const Array<const Word> items{edge_.data() + n_edges_ * item_words_, {item_words_}};
    bool once = false, twice = false;
    for (Index i = 0; i <= depth_; ++i) {
        set_bit(once_(i, word), bit_of(n_edges_), once);
        set_bit(twice_(i, word), bit_of(n_edges_), twice);
        if (i < depth_ && has(items, chosen_[i])) {
            twice = once;
            once = true;
        }
    }
    edge_.resize(edge_.size() + static_cast<std::size_t>(item_words_));
    ++n_edges_;
    make_room();
}

void Walk::make_room() {
    if (n_edges_ < hit_.width() * word_bits) return;
    const Index width = 2 * hit_.width();
    for (Buffer<Word, 2>* table : {&hit_, &written_, &once_, &twice_}) *table = widened(*table, width);
}

Index Walk::missed_edge() const {
    Index best = -1, fewest = Index{1} << 40, seen = 0;
    const auto hit = once_.row(depth_), candidate = candidate_.row(depth_);
    for (Index word = 0; word < edge_words(); ++word) {
        Word missed = ~hit[word];
        if ((word + 1) * word_bits > n_edges_) missed &= bit_of(n_edges_) - 1;
        for (; missed != 0; missed &= missed - 1) {
            const Index k = word * word_bits + lowest(missed);
            const Word* items = edge_.data() + k * item_words_;
            Index size = 0;
            for (Index j = 0; j < item_words_; ++j) size += count_bits(items[j] & candidate[j]);
            if (size < fewest) {
                best = k;
                fewest = size;
            }
            if (fewest == 0 || ++seen > looked_at) return best;
        }
    }
    return best;
}

bool Walk::critical(Index item, Index depth) const {
    const auto written = written_.row(item), once = once_.row(depth), twice = twice_.row(depth);
    for (Index word = 0; word < edge_words(); ++word) {
        if ((written[word] & once[word] & ~twice[word]) != 0) return true;
    }
    return false;
}

bool Walk::would_hit(Index item, Index depth) const {
    const auto hit = hit_.row(item), once = once_.row(depth);
    for (Index word = 0; word < edge_words(); ++word) {
        if ((hit[word] & ~once[word]) != 0) return true;
    }
    return false;
}

void Walk::branch(Index edge) { branch_on({edge_.data() + edge * item_words_, {item_words_}}); }

void Walk::branch_on(Array<const Word> items) {
    for (Index j = 0; j < item_words_; ++j) {
        todo_(depth_, j) = items[j] & candidate_(depth_, j);
        candidate_(depth_, j) &= ~todo_(depth_, j);
    }
    fresh_ = false;
}

Index Walk::next_item() {
    for (Index j = 0; j < item_words_; ++j) {
        Word& todo = todo_(depth_, j);
        if (todo == 0) continue;
        const Index item = j * word_bits + lowest(todo);
        todo &= todo - 1;
        return item;
    }
    return -1;
}

void Walk::try_again(Index item) { todo_(depth_, item / word_bits) |= bit_of(item); }

void Walk::look_ahead(Index item) {
    chosen_[depth_] = item;
    const auto hit = hit_.row(item), once = once_.row(depth_), twice = twice_.row(depth_);
    const auto next_once = once_.row(depth_ + 1), next_twice = twice_.row(depth_ + 1);
    for (Index word = 0; word < edge_words(); ++word) {
        next_twice[word] = twice[word] | (once[word] & hit[word]);
        next_once[word] = once[word] | hit[word];
    }
}

void Walk::descend() {
    const Index item = chosen_[depth_];
    candidate_.row(depth_ + 1).copy_from(candidate_.row(depth_));
    candidate_(depth_, item / word_bits) |= bit_of(item);
    ++depth_;
    fresh_ = true;
}

void Walk::put_off(Index item) {
    const auto off = off_.row(depth_);
    if (std::all_of(off.begin(), off.end(), [](Word word) { return word == 0; })) off_edges_[depth_] = n_edges_;
    off[item / word_bits] |= bit_of(item);
}

// Keep what was put off at this node.
void Walk::keep_put_off() {
    const auto off = off_.row(depth_);
    if (std::all_of(off.begin(), off.end(), [](Word word) { return word == 0; })) return;
    OffNode& node = put_off_.node;
    node.chosen.fill(0);
    for (Index i = 0; i < depth_; ++i) node.chosen[chosen_[i] / word_bits] |= bit_of(chosen_[i]);
    node.candidate.copy_from(candidate_.row(depth_));
    node.off.copy_from(off);
    node.n_edges = off_edges_[depth_];
    put_off_.keep();
    off.fill(0);
}

Index Walk::leave() {
    keep_put_off();
    fresh_ = false;
    if (depth_ > 0) return chosen_[--depth_];
    todo_.row(0).fill(0);
    return -1;
}

bool Walk::has_to_resume() const {
    if (put_off_.forgot()) return n_edges_ > begun_edges_;
    return looked_edges_ < n_edges_ ? put_off_.size() > 0 : looked_at_ < put_off_.size();
}

Index Walk::resume() {
    if (put_off_.forgot()) {
        put_off_.begin_anew();
        begin_anew();
        return 0;
    }
    if (looked_edges_ < n_edges_) looked_at_ = 0;
    looked_edges_ = n_edges_;
    put_off_.take();
    const Index from = put_off_.node.n_edges, k = first_to_show();
    if (k < n_edges_) {
        looked_at_ = 0;
        go_there();
    } else {
        ++looked_at_;
        put_off_.node.n_edges = n_edges_;
        put_off_.keep();
    }
    return k - from;
}

// The first edge found since the node at hand was left that one item only of those that are chosen there hits, or none
// of these but one that was put off (or, if missed edges are heeded, none). Where there is no such edge, nothing that
// was put off there is shown critical.
Index Walk::first_to_show() const {
    const OffNode& node = put_off_.node;
    for (Index k = node.n_edges; k < n_edges_; ++k) {
        const Word* items = edge_.data() + k * item_words_;
        Index hits = 0;
        Word off = 0;
        for (Index j = 0; j < item_words_ && hits < 2; ++j) {
            hits += count_bits(items[j] & node.chosen[j]);
            off |= items[j] & node.off[j];
        }
        if (hits == 1 || (hits == 0 && (off != 0 || heeds_missed_))) return k;
    }
    return n_edges_;
}

// Make the node at hand the current one. Nothing is to be tried at those above it.
void Walk::go_there() {
    const OffNode& node = put_off_.node;
    for (Index v = 0; v < n_items_; ++v) {
        if (!has(node.chosen, v)) continue;
        look_ahead(v);
        todo_.row(++depth_).fill(0);
    }
    candidate_.row(depth_).copy_from(node.candidate);
    todo_.row(depth_).copy_from(node.off);
}

void Walk::record(Index depth, Ints point) {
    const std::size_t begin = set_.size();
    set_.resize(begin + static_cast<std::size_t>(item_words_));
    for (Index i = 0; i < depth; ++i) set_[begin + chosen_[i] / word_bits] |= bit_of(chosen_[i]);
    if (keeps_points()) {
        if (point.empty()) {
            set_point_.resize(set_point_.size() + static_cast<std::size_t>(n_attributes_));
        } else {
            set_point_.insert(set_point_.end(), point.begin(), point.end());
        }
    }
    ++n_sets_;
}

void Walk::begin_turn(Index steps, Index most_sets) {
    n_sets_ = 0;
    set_.clear();
    set_point_.clear();
    last_step_ = steps_ + steps;
    most_sets_ = most_sets;
}

bool Walk::has_to_pause(Index nodes) {
    steps_ += 1 + nodes - nodes_before_;
    nodes_before_ = nodes;
    return n_sets_ >= most_sets_ || unread() >= most_unread_ || full() || tired();
}

WalkBatch Walk::sets() const {
    WalkBatch out{Buffer<bool, 2>(n_sets_, n_items_), rows_of(set_point_, n_sets_, n_attributes_)};
    for (Index k = 0; k < n_sets_; ++k) {
        const Array<const Word> words{set_.data() + k * item_words_, {item_words_}};
        for (Index v = 0; v < n_items_; ++v) out.items(k, v) = has(words, v);
    }
    return out;
}

WalkBatch Walk::read_edges() {
    WalkBatch out{Buffer<bool, 2>(unread(), n_items_), rows_of(edge_point_, unread(), n_attributes_)};
    for (Index k = first_unread_; k < n_edges_; ++k) {
        for (Index v = 0; v < n_items_; ++v) out.items(k - first_unread_, v) = has(written_.row(v), k);
    }
    skip_edges();
    return out;
}

void Walk::skip_edges() {
    first_unread_ = n_edges_;
    edge_point_.clear();
}

} // namespace suffice
