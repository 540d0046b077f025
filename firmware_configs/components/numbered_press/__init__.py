"""A press that is numbered, kept and repeated until the hub's receipt, with a lamp that shows how far it got.

Publishes `<topic prefix>/event` `{"event":"panic","boot":7,"seq":42,"age":3}` at QoS 1 (`age`: seconds since the
press, left out where it is not known) and listens to `<topic prefix>/receipt`.
"""

import esphome.codegen as cg
import esphome.config_validation as cv
from esphome.components import output, text_sensor
from esphome.const import CONF_ID

try:
    from esphome import preferences
except ImportError:  # ESPHome 2026.6: no RTC memory for components, a press is not kept across a restart of the board
    preferences = None

AUTO_LOAD = ["output", "text_sensor"]
DEPENDENCIES = ["network"]

CONF_BROKER = "broker"
CONF_EVENT = "event"
CONF_REPEAT = "repeat"
CONF_ASK_AGAIN = "ask_again"
CONF_TEST_WINDOW = "test_window"
CONF_GREEN_FOR = "green_for"
CONF_STEADY_FOR = "steady_for"
CONF_RED = "red"
CONF_GREEN = "green"
CONF_LAMP = "lamp"

NumberedPress = cg.esphome_ns.namespace("numbered_press").class_("NumberedPress", cg.Component)

CONFIG_SCHEMA = cv.Schema(
    {
        cv.GenerateID(): cv.declare_id(NumberedPress),
        # mqtt on a board, host_mqtt in the tests: whatever offers publish, subscribe, is_connected, get_topic_prefix
        cv.Required(CONF_BROKER): cv.use_id(cg.Component),
        cv.Required(CONF_EVENT): cv.one_of("panic", "help"),
        cv.Optional(CONF_REPEAT, default="2s"): cv.positive_time_period_milliseconds,
        # How often a press that is stored asks whether headquarters has it by now.
        cv.Optional(CONF_ASK_AGAIN, default="10s"): cv.positive_time_period_milliseconds,
        cv.Optional(CONF_TEST_WINDOW, default="30s"): cv.positive_time_period_milliseconds,
        cv.Optional(CONF_GREEN_FOR, default="60s"): cv.positive_time_period_milliseconds,
        cv.Optional(CONF_STEADY_FOR, default="30min"): cv.positive_time_period_milliseconds,
        cv.Optional(CONF_RED): cv.use_id(output.BinaryOutput),
        cv.Optional(CONF_GREEN): cv.use_id(output.BinaryOutput),
        cv.Optional(CONF_LAMP): text_sensor.text_sensor_schema(icon="mdi:alarm-light"),
    }
).extend(cv.COMPONENT_SCHEMA)


async def to_code(config):
    if preferences is not None:
        preferences.request_rtc_storage()
    var = cg.new_Pvariable(config[CONF_ID])
    await cg.register_component(var, config)
    cg.add(var.set_broker(await cg.get_variable(config[CONF_BROKER])))
    cg.add(var.set_event(config[CONF_EVENT]))
    cg.add(var.set_repeat(config[CONF_REPEAT]))
    cg.add(var.set_ask_again(config[CONF_ASK_AGAIN]))
    cg.add(var.set_test_window(config[CONF_TEST_WINDOW]))
    cg.add(var.set_lamp_times(config[CONF_GREEN_FOR], config[CONF_STEADY_FOR]))
    for key, setter in ((CONF_RED, var.set_red), (CONF_GREEN, var.set_green)):
        if key in config:
            cg.add(setter(await cg.get_variable(config[key])))
    if CONF_LAMP in config:
        cg.add(var.set_lamp(await text_sensor.new_text_sensor(config[CONF_LAMP])))
