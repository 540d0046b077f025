#include "numbered_press.h"

#include <cinttypes>
#include <cstdio>

#include "esphome/core/hal.h"
#include "esphome/core/helpers.h"
#include "esphome/core/log.h"

#include "receipt.h"

// Unconfirmed presses outlive a restart only in memory that loses its content with the power: in flash, a press of
// before the summer holidays would be a new panic on the first day of school.
#if defined(USE_ESP32_RTC_PREFERENCES_STORAGE) || defined(USE_HOST)
#define NUMBERED_PRESS_REMEMBERS
#endif

namespace esphome::numbered_press {

static const char *const TAG = "numbered_press";
static constexpr uint32_t MEMORY_KEY = 0x50524531;  // changes with the layout of Saved

static const char *to_string(Lamp lamp) {
  switch (lamp) {
    case Lamp::TEST:
      return "test";
    case Lamp::BLINKING:
      return "blinking";
    case Lamp::STEADY:
      return "steady";
    case Lamp::GREEN:
      return "green";
    default:
      return "off";
  }
}

void NumberedPress::setup() {
#ifdef NUMBERED_PRESS_REMEMBERS
  this->memory_ = global_preferences->make_preference<Saved>(MEMORY_KEY, false);
  Saved saved{};
  if (this->memory_.load(&saved)) {
    this->queue_.restore(saved, millis());
    if (saved.count > 0)
      ESP_LOGW(TAG, "%" PRIu32 " unconfirmed press(es) of before the restart", saved.count);
  }
#endif
  this->listen_();
}

void NumberedPress::dump_config() {
  ESP_LOGCONFIG(TAG, "Numbered press: event '%s', repeated every %" PRIu32 " ms", this->event_.c_str(), this->repeat_);
}

void NumberedPress::loop() {
  const uint32_t now = millis();
  if (this->arming_ && !this->armed_(now))
    this->arming_ = false;
  const bool connected = this->connected_();
  if (connected && !this->was_connected_)
    this->queue_.hurry();
  this->was_connected_ = connected;
  if (connected)
    this->send_waiting_(now);
  const Lamp lamp = this->queue_.lamp(now);
  this->show_(lamp == Lamp::OFF && this->arming_ ? Lamp::TEST : lamp, now);
}

void NumberedPress::press() {
  const uint32_t now = millis();
  const bool test = this->armed_(now);
  this->arming_ = false;
  if (!this->queue_.press(test, now)) {
    ESP_LOGW(TAG, "Pressed again; all %zu kept presses are still unconfirmed", PressQueue::CAPACITY);
    return;
  }
  ESP_LOGI(TAG, "Pressed (%s)", test ? "test" : this->event_.c_str());
  this->remember_();
}

void NumberedPress::arm_test() {
  this->arming_ = true;
  this->armed_at_ = millis();
  ESP_LOGI(TAG, "The next press within %" PRIu32 " s is a test", this->test_window_ / 1000);
}

void NumberedPress::send_waiting_(uint32_t now) {
  // The number of this start is drawn at the first connection, not earlier: the chip's random numbers
  // are sure to be random only while its radio runs, and a number used twice would hide a press.
  if (this->queue_.boot() == 0) {
    uint32_t boot = 0;
    while (boot == 0)
      boot = random_uint32();
    if (this->queue_.number(boot))
      this->remember_();
  }
  this->queue_.send_due(now, this->repeat_, this->ask_again_, [this, now](const Press &press) {
    const char *event = press.test ? "test" : this->event_.c_str();
    char payload[128];
    int length = snprintf(payload, sizeof(payload), "{\"event\":\"%s\",\"boot\":%" PRIu32 ",\"seq\":%" PRIu32, event,
                          press.boot, press.seq);
    if (press.dated) {
      const uint32_t age = (now - press.pressed_at) / 1000;
      length += snprintf(payload + length, sizeof(payload) - length, ",\"age\":%" PRIu32, age);
    }
    this->send_(std::string(payload, length) + "}");  // a failed attempt is repeated like an unanswered one
  });
}

void NumberedPress::receipt(const std::string &payload) {
  Receipt receipt;
  if (!read_receipt(payload, receipt)) {
    ESP_LOGW(TAG, "Not a receipt: %.64s", payload.c_str());
    return;
  }
  if (this->queue_.receipt(receipt.boot, receipt.seq, receipt.stage, millis()))
    this->remember_();
}

void NumberedPress::remember_() {
#ifdef NUMBERED_PRESS_REMEMBERS
  const Saved saved = this->queue_.save();
  this->memory_.save(&saved);
#endif
#ifdef USE_HOST
  global_preferences->sync();  // the host's memory is a file
#endif
}

void NumberedPress::show_(Lamp lamp, uint32_t now) {
  const bool blink = now % 500 < 250;
  const bool flash = now % 1000 < 100;
  const bool red = lamp == Lamp::STEADY || (lamp == Lamp::BLINKING && blink);
  const bool green = lamp == Lamp::GREEN || (lamp == Lamp::TEST && flash);
  const int shown = (red ? 1 : 0) | (green ? 2 : 0);
  if (shown != this->shown_) {
    this->shown_ = shown;
    if (this->red_ != nullptr)
      this->red_->set_state(red);
    if (this->green_ != nullptr)
      this->green_->set_state(green);
  }
  if (this->lamp_ != nullptr && (!this->lamp_->has_state() || this->lamp_->state != to_string(lamp)))
    this->lamp_->publish_state(to_string(lamp));
}

}  // namespace esphome::numbered_press
