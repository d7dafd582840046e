// The one stop flag and clock that every loop looks at.
#pragma once

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <limits>

namespace suffice {

// Why work had to stop.
enum class Halt : int { none = 0, time = 1, interrupt = 2, told = 3, steps = 4 };

class Clock {
  public:
    using Time = std::chrono::steady_clock;

    Clock() = default;
    Clock(const Clock&) = delete;
    Clock& operator=(const Clock&) = delete;
    virtual ~Clock() = default;

    static constexpr std::int64_t endless = std::numeric_limits<std::int64_t>::max();

    // Start anew: work may go on for so many seconds (infinite: for ever), and so many steps.
    void begin(double seconds, std::int64_t steps = endless) {
        halt_.store(0, std::memory_order_relaxed);
        due_ = work_ = 0;
        steps_ = steps;
        limited_ = seconds < 1e9;
        const auto now = Time::now();
        if (limited_) end_ = now + std::chrono::duration_cast<Time::duration>(std::chrono::duration<double>(seconds));
        next_listen_ = now + listen_every;
    }

    // Tell whether work has to stop. Every loop asks; `work` is about how many hundreds of nanoseconds passed since
    // the last time, so that the clock itself is read about ten times a millisecond.
    bool up(std::int64_t work = 1) {
        ++looks_;
        work_ += work;
        if (work_ >= due_) read();
        return halt_.load(std::memory_order_relaxed) != 0;
    }

    // Tell whether it was told to stop, without a look at the clock.
    bool halted() const { return halt_.load(std::memory_order_relaxed) != 0; }

    // Make all loops stop (may be called from any thread).
    void stop(Halt why) {
        int none = 0;
        halt_.compare_exchange_strong(none, static_cast<int>(why));
    }

    Halt why() const { return static_cast<Halt>(halt_.load()); }
    std::int64_t looks() const { return looks_; }
    // How much work was told since the beginning: the same on every machine.
    std::int64_t work() const { return work_; }

  protected:
    // Tell whether the user interrupts (asked every few milliseconds).
    virtual bool interrupted() { return false; }

  private:
    static constexpr std::int64_t read_every = 1000;
    static constexpr std::chrono::milliseconds listen_every{5};

    void read() {
        due_ = std::min(work_ + read_every, steps_);
        if (work_ >= steps_) stop(Halt::steps);
        const auto now = Time::now();
        if (limited_ && now >= end_) stop(Halt::time);
        if (now >= next_listen_) {
            if (interrupted()) stop(Halt::interrupt);
            next_listen_ = Time::now() + listen_every;
        }
    }

    std::atomic<int> halt_{0};
    bool limited_ = false;
    std::int64_t looks_ = 0;
    std::int64_t work_ = 0;
    std::int64_t due_ = 0;
    std::int64_t steps_ = endless;
    Time::time_point end_{};
    Time::time_point next_listen_{};
};

} // namespace suffice
