// Proofs that nothing in a box is bad.
#include "../ensembles/proof.hpp"
#include "arrays.hpp"
#include "checks.hpp"
#include "modules.hpp"

namespace suffice {

namespace {

using Table = Array<const double, 2>;

int prove_box(const Problem& problem, Box& box, Index only, Table values, Reals start, Reals divisor, Flags single,
              Table sign, Reals limit, Reals margin, Flags strict, Ints prefer, Index most, Workspace& work,
              ProofLog& log) {
    const Layout& layout = problem.layout;
    check_box(problem, box);
    check_work(problem, work, false);
    check_point(layout, prefer);
    const Index n = start.size(), m = problem.columns.size();
    need(!problem.columns.goal, "problem: circuits are not proved this way");
    need(only < m && (only >= 0 || problem.columns.together), "only: there is no such way");
    need(values.size() >= layout.n_leaf_rows && values.width() == n && divisor.size() == n && single.size() == n,
         "values: expected a row for each leaf, and a number for each score");
    need(sign.size() == m && sign.width() == n && limit.size() == m && margin.size() == m && strict.size() == m,
         "sign: expected a row for each way");
    nb::gil_scoped_release released;
    const Ways ways{values, start, divisor, single, sign, limit, margin, strict};
    return static_cast<int>(prove(problem, box, only, ways, prefer, most, work, log));
}

} // namespace

void bind_proof(nb::module_& m) {
    nb::class_<ProofLog> log(m, "ProofLog", "A tree of boxes, written down in the order of a walk.");
    log.def(nb::init<>(), "Begin with nothing.");
    show<&ProofLog::split>(log, "split");
    show<&ProofLog::kind>(log, "kind");
    show<&ProofLog::way>(log, "way");
    show<&ProofLog::bound>(log, "bound");
    m.def("prove", &prove_box, nb::arg("problem"), nb::arg("box"), nb::arg("only"), nb::arg("values"), nb::arg("start"),
          nb::arg("divisor"), nb::arg("single"), nb::arg("sign"), nb::arg("limit"), nb::arg("margin"),
          nb::arg("strict"), nb::arg("prefer"), nb::arg("most"), nb::arg("work"), nb::arg("log"),
          "Write a proof that no input in the box meets a way out (-1: all together): NONE, FOUND or UNKNOWN.");
}

} // namespace suffice
