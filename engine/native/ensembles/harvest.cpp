#include "harvest.hpp"

namespace suffice {

Index harvest(const ChangeQuestion& q, const Groups& groups, bool by_group, Ints start,
              Array<const std::int32_t, 2> orders, Array<std::int32_t, 2> points, Workspace& work) {
    Box box(q.problem.layout, q.problem.columns, q.cells);
    for (Index row = 0; row < orders.size(); ++row) {
        const IntsOut point = points.row(row);
        point.copy_from(start);
        const Answer answer = by_group ? narrow_groups(q, box, groups, point, orders.row(row), work)
                                       : narrow_literals(q, box, point, orders.row(row), work);
        if (answer == UNKNOWN) return row;
    }
    return orders.size();
}

} // namespace suffice
