"""Tables of what the pages call things: English words, which are the message ids of the catalogues."""

from collections.abc import Mapping
from typing import Final

from hub.domain.signals import Value
from hub.web.answers import N_

STATUS: Final[Mapping[str, str]] = {
    "ok": N_("well"),
    "attention": N_("to do"),
    "alarm": N_("alarm"),
    "silent": N_("silent"),
    "maintenance": N_("maintenance"),
    "waiting": N_("no data yet"),
}

ICONS: Final[Mapping[str, str]] = {
    "ok": "✓", "attention": "●", "alarm": "▲", "silent": "?", "maintenance": "◐", "waiting": "?", "unknown": "?",
    "awaited": "○",
}  # fmt: skip

PRESSED: Final = frozenset({"panic", "help"})
"""Alarms that begin with a person's hand."""

KINDS: Final[Mapping[str, str]] = {
    "panic": N_("panic button"),
    "door": N_("door"),
    "lighting": N_("lighting"),
    "restroom": N_("restroom"),
    "camera": N_("camera"),
    "hub": N_("hub"),
}

DOORS: Final[Mapping[str, str]] = {
    "entrance": N_("main entrance"),
    "exit": N_("emergency exit"),
    "restricted": N_("door of a closed area"),
    "restroom": N_("restroom door"),
    "inner": N_("inner door"),
}

SIGNAL_NAMES: Final[Mapping[str, str]] = {
    "contact": N_("Door"),
    "lock": N_("Lock"),
    "relay": N_("Switch"),
    "loop": N_("Wire"),
    "occupancy": N_("Presence"),
    "leak": N_("Water leak"),
    "smoke": N_("Smoke or vapour"),
    "tamper": N_("Case"),
    "battery_low": N_("Battery warning"),
    "reachable": N_("Connection"),
    "lux": N_("Light"),
    "power": N_("Power"),
    "battery": N_("Battery"),
    "humidity": N_("Humidity"),
    "temperature": N_("Temperature"),
    "co2": N_("Carbon dioxide"),
    "pm25": N_("Fine dust"),
    "voc": N_("Vapours, index"),
    "rssi": N_("Radio signal"),
    "linkquality": N_("Radio link, of 255"),
    "firmware": N_("Firmware"),
    "press": N_("Button"),
    "test_press": N_("Test button"),
    "help": N_("Call for help"),
}

VALUES: Final[Mapping[tuple[str, Value], str]] = {
    ("contact", "open"): N_("open"),
    ("contact", "closed"): N_("closed"),
    ("lock", "locked"): N_("locked"),
    ("lock", "unlocked"): N_("not locked"),
    ("relay", "on"): N_("on"),
    ("relay", "off"): N_("off"),
    ("loop", "normal"): N_("whole"),
    ("loop", "open"): N_("torn"),
    ("loop", "short"): N_("short circuit"),
    ("occupancy", True): N_("somebody is there"),
    ("occupancy", False): N_("nobody is there"),
    ("leak", True): N_("water!"),
    ("leak", False): N_("dry"),
    ("smoke", True): N_("smoke!"),
    ("smoke", False): N_("clean"),
    ("tamper", True): N_("opened"),
    ("tamper", False): N_("shut"),
    ("battery_low", True): N_("running low"),
    ("battery_low", False): N_("enough"),
    ("reachable", True): N_("answers"),
    ("reachable", False): N_("does not answer"),
}

UNITS: Final[Mapping[str, str]] = {"lx": N_("lx"), "W": N_("W"), "µg/m³": N_("µg/m³"), "dBm": N_("dBm")}
"""Those that are written differently in Cyrillic."""

STEPS: Final[Mapping[str, str]] = {
    "received": N_("Pressed"),
    "stored": N_("Stored"),
    "sent": N_("Sent"),
    "receipt": N_("Headquarters has it"),
    "acknowledged": N_("Acknowledged"),
}

ALARM_STATES: Final[Mapping[str, str]] = {
    "normal": N_("over"),
    "unacknowledged": N_("not acknowledged yet"),
    "acknowledged": N_("acknowledged"),
    "returned_unacknowledged": N_("over, but not acknowledged yet"),
    "shelved": N_("put aside"),
}

VERDICTS: Final[Mapping[str, str]] = {"real": N_("real"), "false": N_("false"), "drill": N_("drill")}

ALARM_STATUS: Final[Mapping[str, str]] = {"actual": "", "exercise": N_("DRILL"), "test": N_("TEST")}

ROLES: Final[Mapping[str, str]] = {
    "caretaker": N_("caretaker"),
    "inspector": N_("inspector"),
    "admin": N_("administrator"),
}

ASSIGNEES: Final[Mapping[str, str]] = {
    "school": N_("school"),
    "akimat": N_("akimat"),
    "police": N_("police"),
    "contractor": N_("contractor"),
}

PRIORITIES: Final[Mapping[str, str]] = {
    "critical": N_("critical"),
    "high": N_("high"),
    "medium": N_("medium"),
}

POSTERS: Final[Mapping[str, str]] = {
    "fine": N_("The address works."),
    "not_checked": N_("Not checked: the hub can't look from here."),
    "no_address": N_("The address does not exist any more."),
    "no_connection": N_("The address does not answer."),
    "not_secure": N_("The address is not safe: its certificate is wrong."),
    "not_found": N_("There is no such page at this address."),
    "broken": N_("The address is out of order."),
    "moved": N_("The address leads to another owner's page."),
}

NOT_LOOKED: Final = N_("Not checked yet.")

LINE_STATES: Final[Mapping[str, str]] = {"up": N_("works"), "down": N_("is down"), "unproven": N_("not proven yet")}

PERIOD_NAMES: Final[Mapping[str, str]] = {"day": N_("Day"), "week": N_("Week"), "month": N_("Month")}

OUTCOMES: Final[Mapping[str, str]] = {
    "unproven": N_("answered, but without proof"),
    "bad_signature": N_("answered with a wrong signature"),
    "wrong_receipt": N_("answered about another message"),
    "refused": N_("will never take this message"),
    "client_error": N_("does not know this school's address or key"),
    "server_error": N_("is out of order"),
    "redirected": N_("sends to another address"),
    "garbled": N_("answers something that can't be understood"),
    "timeout": N_("does not answer"),
    "reset": N_("the connection broke"),
    "unreachable": N_("can't be reached"),
    "busy": N_("asks to come back later"),
    "fault": N_("the hub could not send it"),
}

LEGENDS: Final[Mapping[str, str]] = {
    "contact": "open", "lock": "unlocked", "relay": "on", "loop": "short",
}  # fmt: skip
