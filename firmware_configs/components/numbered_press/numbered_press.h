#pragma once

#include <functional>
#include <string>

#include "esphome/components/output/binary_output.h"
#include "esphome/components/text_sensor/text_sensor.h"
#include "esphome/core/component.h"
#include "esphome/core/preferences.h"

#include "press_queue.h"

namespace esphome::numbered_press {

/// A press that is repeated until the hub's receipt, and a lamp that tells the person how far it got.
class NumberedPress : public Component {
 public:
  void setup() override;
  void loop() override;
  void dump_config() override;
  float get_setup_priority() const override { return setup_priority::AFTER_CONNECTION; }

  /// `Broker` is ESPHome's own MQTT client, or anything else that has these four functions.
  template<typename Broker> void set_broker(Broker *broker) {
    this->connected_ = [broker] { return broker->is_connected(); };
    this->send_ = [broker](const std::string &payload) {
      return broker->publish(broker->get_topic_prefix() + "/event", payload, 1, false);
    };
    this->listen_ = [this, broker] {
      broker->subscribe(
          broker->get_topic_prefix() + "/receipt",
          [this](const std::string &topic, const std::string &payload) { this->receipt(payload); }, 1);
    };
  }
  void set_event(const std::string &event) { this->event_ = event; }
  void set_repeat(uint32_t repeat) { this->repeat_ = repeat; }
  void set_ask_again(uint32_t ask_again) { this->ask_again_ = ask_again; }
  void set_test_window(uint32_t window) { this->test_window_ = window; }
  void set_lamp_times(uint32_t green_for, uint32_t steady_for) { this->queue_.set_lamp_times(green_for, steady_for); }
  void set_red(output::BinaryOutput *red) { this->red_ = red; }
  void set_green(output::BinaryOutput *green) { this->green_ = green; }
  void set_lamp(text_sensor::TextSensor *lamp) { this->lamp_ = lamp; }

  /// The button went down. One press after arm_test() is a test; all others are the alarm.
  void press();
  /// The next press within the test window is a test.
  void arm_test();
  void receipt(const std::string &payload);

 protected:
  bool armed_(uint32_t now) const { return this->arming_ && now - this->armed_at_ < this->test_window_; }
  void send_waiting_(uint32_t now);
  void remember_();
  void show_(Lamp lamp, uint32_t now);

  PressQueue queue_;
  ESPPreferenceObject memory_;
  std::function<bool()> connected_;
  std::function<bool(const std::string &)> send_;
  std::function<void()> listen_;
  std::string event_;
  uint32_t repeat_{2000};
  uint32_t ask_again_{10000};
  uint32_t test_window_{30000};
  uint32_t armed_at_{0};
  bool arming_{false};
  bool was_connected_{false};
  output::BinaryOutput *red_{nullptr};
  output::BinaryOutput *green_{nullptr};
  text_sensor::TextSensor *lamp_{nullptr};
  int shown_{-1};  // bit 0 red, bit 1 green; -1 before the first time
};

}  // namespace esphome::numbered_press
