"""MQTT for firmware that runs as a process on the `host` platform, where ESPHome's own `mqtt:` is refused.

Speaks ESPHome's default topics (birth, will, states) over libmosquitto, so that the logic of a device meets a real
broker and the real hub in the tests. `inputs:` stand for the pins: a line `<id> <value>` on standard input (ON, OFF
or a number) is their state. A process may override address and topic by HOST_MQTT_BROKER, HOST_MQTT_PORT,
HOST_MQTT_USERNAME, HOST_MQTT_PASSWORD and HOST_MQTT_TOPIC_PREFIX, so one program serves for many devices. HOST_MQTT_CA
names the file of the authority whose certificate the broker must have, and switches TLS on.
"""

import esphome.codegen as cg
import esphome.config_validation as cv
from esphome.const import CONF_BROKER, CONF_ID, CONF_PORT, CONF_TOPIC_PREFIX, PLATFORM_HOST

DEPENDENCIES = ["network"]

CONF_INPUTS = "inputs"

HostMqtt = cg.esphome_ns.namespace("host_mqtt").class_("HostMqtt", cg.Component)

CONFIG_SCHEMA = cv.All(
    cv.Schema(
        {
            cv.GenerateID(): cv.declare_id(HostMqtt),
            cv.Optional(CONF_BROKER, default="127.0.0.1"): cv.string_strict,
            cv.Optional(CONF_PORT, default=1883): cv.port,
            cv.Required(CONF_TOPIC_PREFIX): cv.publish_topic,
            cv.Optional(CONF_INPUTS, default=[]): cv.ensure_list(cv.use_id(cg.EntityBase)),
        }
    ).extend(cv.COMPONENT_SCHEMA),
    cv.only_on([PLATFORM_HOST]),
)


async def to_code(config):
    var = cg.new_Pvariable(config[CONF_ID])
    await cg.register_component(var, config)
    cg.add_build_flag("-lmosquitto")
    cg.add(var.set_broker(config[CONF_BROKER], config[CONF_PORT]))
    cg.add(var.set_topic_prefix(config[CONF_TOPIC_PREFIX]))
    for entity in config[CONF_INPUTS]:
        cg.add(var.add_input(entity.id, await cg.get_variable(entity)))
