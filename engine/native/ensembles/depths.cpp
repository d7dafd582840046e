#include "depths.hpp"

namespace suffice {

Buffer<double> path_depths(const Layout& layout, Ints cells) {
    constexpr double great = 1e6;
    auto out = Buffer<double>::full({layout.n_attributes()}, great);
    for (Index here : layout.root) {
        double depth = 0.0;
        while (layout.node[here].element >= 0) {
            const Node& node = layout.node[here];
            double& least = out[layout.test[node.element].owner];
            least = std::min(least, depth);
            depth += 1.0;
            here = layout.side_at(node.element, cells) > 0 ? node.high : node.low;
        }
    }
    return out;
}

} // namespace suffice
