#include "choosing.hpp"

#include "choice_search.hpp"
#include "search.hpp"

namespace suffice {

Answer choose(const Problem& problem, const Box& box, Ints prefer, Workspace& work) {
    Choosing choosing(problem, prefer, work, work.choice);
    ++work.nodes;
    if (choosing.given_up()) return UNKNOWN;
    if (!choosing.start(box)) return NONE;
    while (true) {
        if (choosing.given_up()) return UNKNOWN;
        const Index g = choosing.next_group();
        if (g < 0) break;
        choosing.open(g);
        if (!choosing.go_on()) return NONE;
    }
    choosing.settle_point();
    return is_bad(problem, work.point, work) ? FOUND : UNKNOWN;
}

} // namespace suffice
