// A clock that hears Ctrl-C (and other signals that raise).
#pragma once

#include <cstdint>

#include "../base/clock.hpp"
#include "arrays.hpp"

namespace suffice {

class PythonClock : public Clock {
  public:
    void begin_anew(double seconds, std::int64_t steps) {
        error_.reset();
        begin(seconds, steps);
    }
    nb::object take_error() {
        nb::object error = error_.is_valid() ? error_ : nb::none();
        error_.reset();
        return error;
    }

  protected:
    bool interrupted() override; // takes the interpreter's lock

  private:
    nb::object error_;
};

} // namespace suffice
