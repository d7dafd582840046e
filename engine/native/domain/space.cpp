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

} // namespace suffice
