#include "leaf_table.hpp"

namespace suffice {

namespace {

bool meets(const LeafTable& leaves, Index e, const Region& region) {
    const Index a = leaves.attribute[e];
    if (leaves.ranged(e)) return leaves.low[e] <= region.high[a] && leaves.high[e] >= region.low[a];
    for (const std::int32_t cell : leaves.listed(e)) {
        if (region.allowed[region.base[a] + cell]) return true;
    }
    return false;
}

} // namespace

Index first_reached(const LeafTable& leaves, Flags good, const Region& region) {
    for (Index leaf = 0; leaf < leaves.size(); ++leaf) {
        if (good[leaves.outcome[leaf]]) continue;
        bool all = true;
        for (Index e = leaves.start[leaf]; e < leaves.start[leaf + 1] && all; ++e) all = meets(leaves, e, region);
        if (all) return leaf;
    }
    return -1;
}

} // namespace suffice
