#include "space.hpp"

namespace suffice {

void evaluate(const Conditions& conditions, Reals row, FlagsOut truth) {
    for (Index i = 0; i < conditions.size(); ++i) truth[i] = conditions.true_at(i, row);
}

void locate(const Space& space, Flags truth, IntsOut cells) {
    cells.fill(0);
    for (Index a = 0; a < space.n_attributes(); ++a) {
        if (!space.interval[a]) continue;
        for (Index e = space.base[a]; e < space.base[a + 1]; ++e) {
            const std::int32_t number = space.literal[e];
            const bool above = number > 0 ? truth[number - 1] : !truth[-number - 1];
            if (above) ++cells[a];
        }
    }
}

std::vector<std::int32_t> non_implied(const Space& space, Ints cells, Flags truth, Ints literals) {
    std::vector<std::int32_t> below(static_cast<std::size_t>(space.n_attributes()), -1), above = below;
    for (const std::int32_t literal : literals) {
        const std::int32_t e = space.element[std::abs(literal) - 1];
        if (e < 0) continue;
        const std::int32_t a = space.owner[e];
        if (e < space.base[a] + cells[a]) {
            below[a] = std::max(below[a], e);
        } else {
            above[a] = above[a] < 0 ? e : std::min(above[a], e);
        }
    }
    std::vector<std::int32_t> out;
    for (Index a = 0; a < space.n_attributes(); ++a) {
        for (const std::int32_t e : {below[a], above[a]}) {
            if (e >= 0) out.push_back(space.signed_literal(e, truth));
        }
    }
    return out;
}

} // namespace suffice
