#include "nodes.hpp"

#include "often.hpp"

#include <algorithm>

namespace suffice {

namespace {

constexpr std::size_t first_slots = 1U << 9;
constexpr Index most_nodes = Index{1} << 30;
constexpr std::size_t many_nodes = 1U << 18; // from there on room is reserved: to copy them takes long
constexpr Index reserved_nodes = Index{1} << 24;

int shift_for(std::size_t n_slots) { return 64 - std::countr_zero(n_slots); }

} // namespace

NodeTable::NodeTable(std::int32_t n_variables)
    : nodes_{{n_variables, bottom, bottom}, {n_variables, bottom, bottom}}, slots_(first_slots, bottom),
      shift_(shift_for(first_slots)), limit_(most_nodes) {
    nodes_.reserve(first_slots / 2 + 1);
}

// Twice as many slots; those of before are kept if the clock is up meanwhile.
bool NodeTable::grow(Clock& clock) {
    if (nodes_.size() >= many_nodes) nodes_.reserve(static_cast<std::size_t>(std::min(limit_, reserved_nodes)));
    std::vector<NodeId> slots(2 * slots_.size(), bottom);
    const int shift = shift_for(slots.size());
    for (std::size_t id = top + 1; id < nodes_.size(); ++id) {
        if (often(static_cast<Index>(id)) && clock.up(often_work)) return false;
        std::size_t slot = hash(nodes_[id]) >> shift;
        while (slots[slot] != bottom) slot = (slot + 1) & (slots.size() - 1);
        slots[slot] = static_cast<NodeId>(id);
    }
    slots_ = std::move(slots);
    shift_ = shift;
    return true;
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
