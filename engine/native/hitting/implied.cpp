#include "implied.hpp"

namespace suffice {

Spans spans_of(const std::vector<std::int32_t>& parent) {
    const auto m = static_cast<std::int32_t>(parent.size());
    Spans out{std::vector<std::int32_t>(m), std::vector<std::int32_t>(m), std::vector<std::int32_t>(m),
              std::vector<std::int32_t>(m)};
    std::vector<std::int32_t> first(m, -1), next(m, -1), stack; // children
    for (std::int32_t i = m - 1; i >= 0; --i) {
        if (parent[i] < 0) {
            stack.push_back(i);
            continue;
        }
        next[i] = first[parent[i]];
        first[parent[i]] = i;
    }
    std::int32_t entered = 0;
    while (!stack.empty()) {
        const std::int32_t here = stack.back();
        const std::int32_t above = parent[here];
        if (out.leave[here] == 0) {
            out.enter[here] = entered++;
            out.root[here] = above < 0 ? here : out.root[above];
            out.depth[here] = above < 0 ? 0 : out.depth[above] + 1;
            out.leave[here] = -1; // entered
        }
        const std::int32_t child = first[here];
        if (child >= 0) {
            first[here] = next[child];
            stack.push_back(child);
        } else {
            out.leave[here] = entered;
            stack.pop_back();
        }
    }
    return out;
}

} // namespace suffice
