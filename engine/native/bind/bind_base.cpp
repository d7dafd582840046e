// The clock, as Python holds it.
#include "clock.hpp"

#include "modules.hpp"

namespace suffice {

bool PythonClock::interrupted() {
    nb::gil_scoped_acquire hold;
    if (PyErr_CheckSignals() == 0) return false;
    const nb::python_error raised; // takes the exception away from the interpreter
    error_ = nb::borrow(raised.value());
    return true;
}

void bind_base(nb::module_& m) {
    nb::class_<PythonClock>(m, "Clock", "The stop flag and clock that every loop of a query looks at.")
        .def(nb::init<>())
        .def("begin", &PythonClock::begin_anew, nb::arg("seconds"), nb::arg("steps") = Clock::endless,
             "Start anew: work may go on for so many seconds, and so many steps (of about 100 nanoseconds).")
        .def(
            "stop", [](PythonClock& clock) { clock.stop(Halt::told); }, "Make all loops stop.")
        .def_prop_ro(
            "timed_out", [](const PythonClock& clock) { return clock.why() == Halt::time; }, "Whether time was up.")
        .def_prop_ro(
            "out_of_steps", [](const PythonClock& clock) { return clock.why() == Halt::steps; },
            "Whether its steps were used up.")
        .def_prop_ro(
            "work", [](const PythonClock& clock) { return clock.work(); }, "How many steps were taken since it began.")
        .def_prop_ro(
            "halted", [](const PythonClock& clock) { return clock.halted(); }, "Whether work had to stop.")
        .def_prop_ro(
            "looks", [](const PythonClock& clock) { return clock.looks(); }, "How often loops looked at it so far.")
        .def("take_error", &PythonClock::take_error,
             "Return the exception that a signal raised meanwhile, and forget it; None if there was none.");
}

} // namespace suffice
