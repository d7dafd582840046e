// The extension module suffice.engine._native.
#include "modules.hpp"

NB_MODULE(_native, m) {
    m.doc() =
        "The compiled core: searches, sums and hitting sets. Its arrays are numpy arrays of exactly the types told.";
    nanobind::set_leak_warnings(false); // what caches hold when the interpreter ends is no fault
    suffice::bind_base(m);
    suffice::bind_circuit(m);
    suffice::bind_layout(m);
    suffice::bind_box(m);
    suffice::bind_changes(m);
    suffice::bind_plans(m);
    suffice::bind_covering(m);
    suffice::bind_search(m);
    suffice::bind_proof(m);
    suffice::bind_widen(m);
    suffice::bind_boxes(m);
    suffice::bind_walker(m);
    suffice::bind_models(m);
    suffice::bind_hitting(m);
    suffice::bind_encoders(m);
    suffice::bind_diagrams(m);
    suffice::bind_listing(m);
    suffice::bind_edges(m);
    suffice::bind_trees(m);
    suffice::bind_asked(m);
    suffice::bind_chances(m);
    suffice::bind_descent(m);
}
