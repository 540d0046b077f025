#include "host_mqtt.h"

#include <poll.h>
#include <unistd.h>

#include <cstdlib>

#include "esphome/core/hal.h"
#include "esphome/core/helpers.h"
#include "esphome/core/log.h"

namespace esphome::host_mqtt {

static const char *const TAG = "host_mqtt";
static constexpr uint32_t RETRY_AFTER = 1000;  // ms; a board waits 5 s
static constexpr int KEEPALIVE = 15;           // s; ESPHome's default

static std::string setting(const char *name, const std::string &otherwise) {
  const char *value = std::getenv(name);
  return value == nullptr ? otherwise : value;
}

void HostMqtt::set_broker(const std::string &address, uint16_t port) {
  this->address_ = setting("HOST_MQTT_BROKER", address);
  this->port_ = std::atoi(setting("HOST_MQTT_PORT", std::to_string(port)).c_str());
}

void HostMqtt::set_topic_prefix(const std::string &prefix) {
  this->prefix_ = setting("HOST_MQTT_TOPIC_PREFIX", prefix);
}

void HostMqtt::setup() {
  mosquitto_lib_init();
  this->client_ = mosquitto_new(("host-" + this->prefix_).c_str(), false, this);
  const std::string status = this->prefix_ + "/status";
  mosquitto_will_set(this->client_, status.c_str(), 7, "offline", 1, true);
  const std::string username = setting("HOST_MQTT_USERNAME", "");
  if (!username.empty())
    mosquitto_username_pw_set(this->client_, username.c_str(), setting("HOST_MQTT_PASSWORD", "").c_str());
  const std::string authority = setting("HOST_MQTT_CA", "");
  if (!authority.empty())
    mosquitto_tls_set(this->client_, authority.c_str(), nullptr, nullptr, nullptr, nullptr);
  mosquitto_connect_callback_set(this->client_, [](mosquitto *, void *self, int code) {
    if (code == 0)
      static_cast<HostMqtt *>(self)->connected_to_broker_();
  });
  mosquitto_disconnect_callback_set(this->client_, [](mosquitto *, void *self, int) {
    static_cast<HostMqtt *>(self)->connected_ = false;
  });
  mosquitto_message_callback_set(this->client_, [](mosquitto *, void *self, const mosquitto_message *message) {
    static_cast<HostMqtt *>(self)->received_(
        message->topic, std::string(static_cast<const char *>(message->payload), message->payloadlen));
  });
  this->watch_entities_();
}

void HostMqtt::loop() {
  this->read_inputs_();
  this->keep_connection_();
}

/// Lines of standard input, `<id> <value>`: so a button can be pressed while there is no broker.
void HostMqtt::read_inputs_() {
  pollfd input{STDIN_FILENO, POLLIN, 0};
  if (!this->typing_ || poll(&input, 1, 0) <= 0)
    return;
  char bytes[256];
  const ssize_t count = read(STDIN_FILENO, bytes, sizeof(bytes));
  this->typing_ = count > 0;
  this->line_.append(bytes, count > 0 ? count : 0);
  for (size_t end = this->line_.find('\n'); end != std::string::npos; end = this->line_.find('\n')) {
    const std::string line = this->line_.substr(0, end);
    this->line_.erase(0, end + 1);
    const size_t space = line.find(' ');
    const auto found = this->inputs_.find(line.substr(0, space));
    if (space == std::string::npos || found == this->inputs_.end()) {
      ESP_LOGW(TAG, "Not an input: %s", line.c_str());
    } else {
      found->second(line.substr(space + 1));
    }
  }
}

void HostMqtt::keep_connection_() {
  if (!this->dialled_) {
    if (static_cast<int32_t>(millis() - this->retry_at_) < 0)
      return;
    this->retry_at_ = millis() + RETRY_AFTER;
    this->dialled_ =
        mosquitto_connect(this->client_, this->address_.c_str(), this->port_, KEEPALIVE) == MOSQ_ERR_SUCCESS;
    return;
  }
  if (mosquitto_loop(this->client_, 0, 1) != MOSQ_ERR_SUCCESS) {
    ESP_LOGW(TAG, "No connection to the broker");
    this->connected_ = false;
    this->dialled_ = false;
    this->retry_at_ = millis() + RETRY_AFTER;
  }
}

void HostMqtt::on_shutdown() {
  this->publish(this->prefix_ + "/status", "offline", 1, true);
  mosquitto_disconnect(this->client_);
}

bool HostMqtt::publish(const std::string &topic, const std::string &payload, uint8_t qos, bool retain) {
  if (!this->connected_)
    return false;
  return mosquitto_publish(this->client_, nullptr, topic.c_str(), payload.size(), payload.data(), qos, retain) ==
         MOSQ_ERR_SUCCESS;
}

void HostMqtt::subscribe(const std::string &topic, Callback callback, uint8_t qos) {
  this->subscriptions_.push_back({topic, std::move(callback), qos});
  if (this->connected_)
    mosquitto_subscribe(this->client_, nullptr, topic.c_str(), qos);
}

void HostMqtt::connected_to_broker_() {
  ESP_LOGI(TAG, "Connected as %s", this->prefix_.c_str());
  this->connected_ = true;
  for (auto &subscription : this->subscriptions_)
    mosquitto_subscribe(this->client_, nullptr, subscription.topic.c_str(), subscription.qos);
  this->publish(this->prefix_ + "/status", "online", 1, true);
  this->send_states_();
}

void HostMqtt::received_(const std::string &topic, const std::string &payload) {
  for (auto &subscription : this->subscriptions_) {
    if (subscription.topic == topic)
      subscription.callback(topic, payload);
  }
}

void HostMqtt::send_states_() {
  for (auto &state : this->states_)
    state();
}

/// Each entity that a board would publish, in ESPHome's default topic and wording.
void HostMqtt::watch_entities_() {
  auto watch = [this](auto *entity, const char *type, auto text) {
    if (entity->is_internal())
      return;
    char id[OBJECT_ID_MAX_LEN];
    const std::string topic = this->prefix_ + "/" + type + "/" + entity->get_object_id_to(id).str() + "/state";
    auto send = [this, entity, topic, text] {
      if (entity->has_state())
        this->publish(topic, text(entity), 1, true);
    };
    this->states_.push_back(send);
    entity->add_on_state_callback([send](auto &&...) { send(); });
  };
#ifdef USE_BINARY_SENSOR
  for (auto *entity : App.get_binary_sensors())
    watch(entity, "binary_sensor", [](binary_sensor::BinarySensor *it) { return std::string(it->state ? "ON" : "OFF"); });
#endif
#ifdef USE_SENSOR
  for (auto *entity : App.get_sensors())
    watch(entity, "sensor", [](sensor::Sensor *it) {
      char text[VALUE_ACCURACY_MAX_LEN];
      return std::string(text, value_accuracy_to_buf(text, it->state, it->get_accuracy_decimals()));
    });
#endif
#ifdef USE_TEXT_SENSOR
  for (auto *entity : App.get_text_sensors())
    watch(entity, "sensor", [](text_sensor::TextSensor *it) { return it->state; });  // "sensor": as ESPHome has it
#endif
}

}  // namespace esphome::host_mqtt
