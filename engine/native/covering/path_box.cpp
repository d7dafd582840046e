#include "path_box.hpp"

#include <cstdlib>

namespace suffice {

PathBox::PathBox(const CellTable& table) : table_(table), shut_(table.n_cells()) {
    for (Index a = 0; a < table.n_attributes(); ++a) {
        range_.push_back({0, table.n_cells(a) - 1});
        left_.push_back(table.n_cells(a));
    }
}

bool PathBox::narrow(Index literal) {
    const CellTable::Condition& condition = table_.condition[std::abs(literal) - 1];
    const Index a = condition.attribute;
    Range& range = range_[a];
    const bool truth = literal > 0;
    path_.push_back({literal, a, range});
    if (table_.attribute[a].interval) {
        if (condition.cut < 0) return condition.rising == truth;
        if (condition.rising == truth)
            range.low = std::max(range.low, condition.cut + 1);
        else
            range.high = std::min(range.high, condition.cut);
        return range.low <= range.high;
    }
    for (Index c = 0; c < table_.n_cells(a); ++c) {
        if ((table_.truth[condition.truth_at + c] != 0) == truth) continue;
        if (++shut_[table_.attribute[a].first + c] == 1) --left_[a];
    }
    return left_[a] > 0;
}

void PathBox::widen() {
    const auto [literal, a, before] = path_.back();
    path_.pop_back();
    if (table_.attribute[a].interval) {
        range_[a] = before;
        return;
    }
    const Index truth_at = table_.condition[std::abs(literal) - 1].truth_at;
    for (Index c = 0; c < table_.n_cells(a); ++c) {
        if ((table_.truth[truth_at + c] != 0) == (literal > 0)) continue;
        if (--shut_[table_.attribute[a].first + c] == 0) ++left_[a];
    }
}

} // namespace suffice
