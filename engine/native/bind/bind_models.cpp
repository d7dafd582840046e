// Compiled models and what their scores mean.
#include "../models/decide.hpp"

#include "arrays.hpp"
#include "modules.hpp"

namespace suffice {

namespace {

void check_link(int link) {
    if (link < 0 || link >= static_cast<int>(near_scores.size())) throw nb::value_error("link: expected 0, 1 or 2");
}

Index decide_checked(Reals scores, int link) {
    check_link(link);
    if (scores.empty()) throw nb::value_error("scores: expected at least one");
    return decide(scores, link);
}

Buffer<std::int32_t> decide_rows_checked(Array<const double, 2> scores, int link) {
    check_link(link);
    if (scores.size() > 0 && scores.width() == 0) throw nb::value_error("scores: expected at least one a row");
    return decide_rows(scores, link);
}

Buffer<double> softmax_checked(Reals scores, int link) {
    check_link(link);
    return softmax(scores, link);
}

} // namespace

void bind_models(nb::module_& m) {
    m.def("decide", &decide_checked, nb::arg("scores"), nb::arg("link"),
          "Return the first greatest score, or the first of the greatest probabilities that a softmax makes of them.");
    m.def("decide_rows", &decide_rows_checked, nb::arg("scores"), nb::arg("link"),
          nb::call_guard<nb::gil_scoped_release>(), "Return `decide` of each row of scores.");
    m.def(
        "softmax", &softmax_checked, nb::arg("scores"), nb::arg("link"),
        "Return the softmax of scores as the library computes it: in single precision but for the sum, or in double.");
}

} // namespace suffice
