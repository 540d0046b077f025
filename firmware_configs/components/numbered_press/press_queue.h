#pragma once

// Presses that the hub has not confirmed yet, and what the lamp may say about them.
// Pure: the time comes in as milliseconds (any uint32_t clock that wraps), nothing goes out but values,
// so that the rules can be tested without a board, a network or a broker.

#include <array>
#include <cstddef>
#include <cstdint>

namespace esphome::numbered_press {

enum class Stage : uint8_t { WAITING, STORED, AT_HQ };
enum class Lamp : uint8_t { OFF, TEST, BLINKING, STEADY, GREEN };

struct Press {
  uint32_t boot;  // 0 until the first attempt to send it
  uint32_t seq;
  bool test;
  Stage stage;
  bool dated;           // false when restored: how long the board was down is not known
  uint32_t pressed_at;  // ms
  uint32_t sent_at;     // ms; last attempt to send
  uint32_t since;       // ms; when the stage was reached
  bool due;             // send at the next opportunity whatever `since` says
};

/// What survives a restart of the board: the numbers of the unconfirmed presses. Fits 256 bytes of RTC memory.
struct Saved {
  static constexpr size_t CAPACITY = 12;
  uint32_t count;
  uint32_t tests;  // bit n: press n is a test
  std::array<uint32_t, CAPACITY> boot;
  std::array<uint32_t, CAPACITY> seq;
};

class PressQueue {
 public:
  static constexpr size_t CAPACITY = Saved::CAPACITY;

  /// How long the lamp stays green after HQ's receipt, and steady where HQ's receipt doesn't come, in ms.
  void set_lamp_times(uint32_t green_for, uint32_t steady_for) {
    this->green_for_ = green_for;
    this->steady_for_ = steady_for;
  }

  /// A new press, sent at once. False: the queue is full of unconfirmed ones, and the alarm is already among them.
  bool press(bool test, uint32_t now) {
    if (this->count_ == CAPACITY && !this->make_room_(test))
      return false;
    this->presses_[this->count_++] = Press{this->boot_, ++this->seq_, test, Stage::WAITING, true, now, now, now, true};
    return true;
  }

  /// This start's number, 1 to 2^32-1; given once, before the first send. True if a press was waiting for it.
  bool number(uint32_t boot) {
    this->boot_ = boot;
    bool changed = false;
    for (size_t i = 0; i < this->count_; i++) {
      if (this->presses_[i].boot == 0) {
        this->presses_[i].boot = boot;
        changed = true;
      }
    }
    return changed;
  }
  uint32_t boot() const { return this->boot_; }

  /// The connection is back: every press that waits for an answer is due now.
  void hurry() {
    for (size_t i = 0; i < this->count_; i++)
      this->presses_[i].due = true;
  }

  /// Calls `send(press)` for each press that is due: alarms before tests, oldest first. One that is not confirmed is
  /// due every `repeat` ms; an alarm that is stored every `ask_again` ms, since HQ's receipt is said once, and may be
  /// said while the broker is dead: a repeat is answered with the stage of the moment. Tests don't go to HQ.
  template<typename Send> void send_due(uint32_t now, uint32_t repeat, uint32_t ask_again, Send send) {
    for (const bool test : {false, true}) {
      for (size_t i = 0; i < this->count_; i++) {
        Press &press = this->presses_[i];
        const bool waiting = press.stage == Stage::WAITING || (press.stage == Stage::STORED && !press.test);
        const uint32_t interval = press.stage == Stage::WAITING ? repeat : ask_again;
        if (!waiting || press.test != test || !(press.due || now - press.sent_at >= interval))
          continue;
        press.due = false;
        press.sent_at = now;
        send(static_cast<const Press &>(press));
      }
    }
  }

  /// The hub's receipt. False: nothing new (a repeat, another start's number, a stage already passed).
  bool receipt(uint32_t boot, uint32_t seq, Stage stage, uint32_t now) {
    for (size_t i = 0; i < this->count_; i++) {
      Press &press = this->presses_[i];
      if (press.boot != boot || press.seq != seq || press.boot == 0 || stage <= press.stage)
        continue;
      press.stage = stage;
      press.since = now;
      return true;
    }
    return false;
  }

  /// What may be shown: never more than is true of every press of the moment. Alarms come before tests.
  Lamp lamp(uint32_t now) {
    this->forget_(now);
    for (const bool test : {false, true}) {
      bool any = false;
      Stage least = Stage::AT_HQ;
      for (size_t i = 0; i < this->count_; i++) {
        if (this->presses_[i].test != test)
          continue;
        any = true;
        if (this->presses_[i].stage < least)
          least = this->presses_[i].stage;
      }
      if (any)
        return least == Stage::WAITING ? Lamp::BLINKING : least == Stage::STORED ? Lamp::STEADY : Lamp::GREEN;
    }
    return Lamp::OFF;
  }

  Saved save() const {
    Saved saved{};
    for (size_t i = 0; i < this->count_; i++) {
      const Press &press = this->presses_[i];
      if (press.stage != Stage::WAITING)
        continue;
      saved.boot[saved.count] = press.boot;
      saved.seq[saved.count] = press.seq;
      if (press.test)
        saved.tests |= 1u << saved.count;
      saved.count++;
    }
    return saved;
  }

  /// Presses of before a restart keep their numbers, so that the hub takes them for the same ones.
  void restore(const Saved &saved, uint32_t now) {
    if (saved.count > CAPACITY)
      return;
    for (size_t i = 0; i < saved.count; i++) {
      const bool test = (saved.tests >> i) & 1u;
      this->presses_[this->count_++] =
          Press{saved.boot[i], saved.seq[i], test, Stage::WAITING, false, now, now, now, true};
      if (saved.boot[i] == 0 && saved.seq[i] > this->seq_)
        this->seq_ = saved.seq[i];  // it will share this start's number
    }
  }

 protected:
  void remove_(size_t index) {
    for (size_t i = index + 1; i < this->count_; i++)
      this->presses_[i - 1] = this->presses_[i];
    this->count_--;
  }

  /// Gives up the oldest confirmed press, or for an alarm the oldest unconfirmed test.
  bool make_room_(bool test) {
    for (size_t i = 0; i < this->count_; i++) {
      if (this->presses_[i].stage != Stage::WAITING) {
        this->remove_(i);
        return true;
      }
    }
    for (size_t i = 0; i < this->count_ && !test; i++) {
      if (this->presses_[i].test) {
        this->remove_(i);
        return true;
      }
    }
    return false;
  }

  /// A test that was stored is shown as long as a green lamp: HQ gets no test presses of its own.
  void forget_(uint32_t now) {
    for (size_t i = this->count_; i-- > 0;) {
      const Press &press = this->presses_[i];
      const bool brief = press.stage == Stage::AT_HQ || press.test;
      const uint32_t shown_for = brief ? this->green_for_ : this->steady_for_;
      if (press.stage != Stage::WAITING && now - press.since >= shown_for)
        this->remove_(i);
    }
  }

  std::array<Press, CAPACITY> presses_{};
  size_t count_{0};
  uint32_t boot_{0};
  uint32_t seq_{0};
  uint32_t green_for_{60000};
  uint32_t steady_for_{1800000};
};

}  // namespace esphome::numbered_press
