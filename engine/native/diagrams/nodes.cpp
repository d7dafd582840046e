#include "nodes.hpp"

namespace suffice {

namespace {

constexpr std::size_t first_slots = 1U << 9;
constexpr Index most_nodes = Index{1} << 30;

int shift_for(std::size_t n_slots) { return 64 - std::countr_zero(n_slots); }

} // namespace

NodeTable::NodeTable(std::int32_t n_variables)
    : nodes_{{n_variables, bottom, bottom}, {n_variables, bottom, bottom}}, slots_(first_slots, bottom),
      shift_(shift_for(first_slots)), limit_(most_nodes) {
    nodes_.reserve(first_slots / 2 + 1);
}

void NodeTable::grow() {
    const std::size_t n_slots = 2 * slots_.size();
    slots_.assign(n_slots, bottom);
    shift_ = shift_for(n_slots);
    for (std::size_t id = top + 1; id < nodes_.size(); ++id) {
        std::size_t slot = hash(nodes_[id]) >> shift_;
        while (slots_[slot] != bottom) slot = (slot + 1) & (n_slots - 1);
        slots_[slot] = static_cast<NodeId>(id);
    }
}

ResultCache::ResultCache() : entries_(first_slots, Entry{0, no_node}), shift_(shift_for(first_slots)) {}

void ResultCache::grow() {
    std::vector<Entry> before(2 * entries_.size(), Entry{0, no_node});
    before.swap(entries_);
    shift_ = shift_for(entries_.size());
    for (const Entry& entry : before) {
        if (entry.key != 0) entries_[slot(entry.key)] = entry;
    }
}

} // namespace suffice
