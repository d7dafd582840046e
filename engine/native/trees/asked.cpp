#include "asked.hpp"

#include "../hitting/irredundant.hpp"
#include "../hitting/minimal.hpp"

#include <algorithm>

namespace suffice {

namespace {

bool lower(std::int32_t one, std::int32_t other) { return std::abs(one) < std::abs(other); }

bool hopeless(const Edges& edges) {
    return std::adjacent_find(edges.start.begin(), edges.start.end()) != edges.start.end();
}

} // namespace

Asked::Asked(std::shared_ptr<const TreeQuestion> question, const Placed& placed)
    : question_(std::move(question)), truth_(Buffer<bool>::copy_of(placed.truth)),
      cells_(Buffer<std::int32_t>::copy_of(placed.cells)),
      outcome_(question_->tree.outcome[reached_leaf(question_->tree, truth_)]) {}

const Edges& Asked::edges() {
    if (!edges_) {
        Buffer<bool> good(question_->n_outcomes);
        good[outcome_] = true;
        const LeafQuestion asked{question_->space, question_->leaves, cells_, good, question_->per_feature};
        EdgeList raw;
        edges_of_ranges(asked, raw);
        localise_in_space(asked, raw, question_->banned, {}, edges_.emplace());
    }
    return *edges_;
}

const Edges& Asked::reduced() {
    if (!reduced_) {
        Edges made;
        std::vector<std::int32_t> used;
        Clock clock; // without a limit
        irredundant(edges(), made, used, clock);
        reduced_ = std::move(made);
    }
    return *reduced_;
}

Asked::Items Asked::items(const std::vector<std::int32_t>& elements) const {
    Items out(elements);
    if (!question_->per_feature) {
        for (std::int32_t& item : out) item = question_->space.signed_literal(item, truth_);
    }
    std::sort(out.begin(), out.end(), lower);
    return out;
}

std::optional<Asked::Items> Asked::sufficient() {
    const Index n = edges().n_elements();
    const auto kept = minimal_hitting_set(edges(), Buffer<double>::full({n}, 1.0), Buffer<bool>::full({n}, true));
    if (!kept) return std::nullopt;
    return items(written(edges(), *kept));
}

Asked::Items Asked::necessary() { return items(singles(reduced())); }

Asked::Items Asked::relevant() { return hopeless(reduced()) ? Items{} : items(reduced().ids); }

std::vector<std::pair<Asked::Items, Index>> Asked::changes() {
    const Edges& all = reduced();
    const Items name = [&] { // of each local element
        Items out(all.ids);
        if (!question_->per_feature) {
            for (std::int32_t& item : out) item = question_->space.signed_literal(item, truth_);
        }
        return out;
    }();
    std::vector<std::pair<Items, Index>> found;
    found.reserve(static_cast<std::size_t>(all.size()));
    for (Index k = 0; k < all.size(); ++k) {
        Items one;
        for (const std::int32_t i : all.edge(k)) one.push_back(name[i]);
        std::sort(one.begin(), one.end(), lower);
        found.emplace_back(std::move(one), k);
    }
    std::stable_sort(found.begin(), found.end(), [](const auto& one, const auto& other) {
        const auto &a = one.first, &b = other.first;
        if (a.size() != b.size()) return a.size() < b.size();
        return std::lexicographical_compare(a.begin(), a.end(), b.begin(), b.end(), lower);
    });
    return found;
}

} // namespace suffice
