#pragma once

#include <mosquitto.h>

#include <cstdlib>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "esphome/core/application.h"
#include "esphome/core/component.h"

namespace esphome::host_mqtt {

using Callback = std::function<void(const std::string &topic, const std::string &payload)>;

/// The part of ESPHome's MQTT client that this project's firmware uses, for a process on the host.
class HostMqtt : public Component {
 public:
  void setup() override;
  void loop() override;
  void on_shutdown() override;
  float get_setup_priority() const override { return setup_priority::AFTER_WIFI; }

  void set_broker(const std::string &address, uint16_t port);
  void set_topic_prefix(const std::string &prefix);
  const std::string &get_topic_prefix() const { return this->prefix_; }

  bool is_connected() const { return this->connected_; }
  /// Like ESPHome's: false, and the message is dropped, while there is no connection.
  bool publish(const std::string &topic, const std::string &payload, uint8_t qos = 0, bool retain = false);
  void subscribe(const std::string &topic, Callback callback, uint8_t qos = 0);

#ifdef USE_BINARY_SENSOR
  void add_input(const std::string &id, binary_sensor::BinarySensor *input) {
    this->inputs_[id] = [input](const std::string &value) { input->publish_state(value == "ON"); };
  }
#endif
#ifdef USE_SENSOR
  void add_input(const std::string &id, sensor::Sensor *input) {
    this->inputs_[id] = [input](const std::string &value) { input->publish_state(std::strtof(value.c_str(), nullptr)); };
  }
#endif

 protected:
  struct Subscription {
    std::string topic;
    Callback callback;
    uint8_t qos;
  };
  void read_inputs_();
  void keep_connection_();
  void watch_entities_();
  void send_states_();
  void connected_to_broker_();
  void received_(const std::string &topic, const std::string &payload);

  mosquitto *client_{nullptr};
  bool connected_{false};
  bool dialled_{false};
  uint32_t retry_at_{0};
  std::string address_;
  int port_{1883};
  std::string prefix_;
  std::vector<Subscription> subscriptions_;
  std::map<std::string, std::function<void(const std::string &value)>> inputs_;
  std::string line_;
  bool typing_{true};
  std::vector<std::function<void()>> states_;
};

}  // namespace esphome::host_mqtt
