#include "depth_first.hpp"

namespace suffice {

Buffer<Index> depth_first(Longs root, Longs left, Longs right) {
    Buffer<Index> order(left.size());
    Buffer<Index> stack(left.size() + 1);
    Index count = 0;
    for (Index first : root) {
        stack[0] = first;
        Index top = 1;
        while (top > 0) {
            const Index node = stack[--top];
            if (count == order.size()) return {};
            order[count++] = node;
            if (left[node] < 0) continue;
            stack[top] = right[node];
            stack[top + 1] = left[node];
            top += 2;
        }
    }
    return count == order.size() ? std::move(order) : Buffer<Index>::copy_of(order.part(0, count));
}

} // namespace suffice
