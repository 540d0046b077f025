"""What the pages call things, in the reader's language. The English words here are the message ids."""

from collections.abc import Mapping
from datetime import datetime
from functools import cache
from typing import Final

from markupsafe import Markup

from hub.config.model import Person
from hub.domain.alarms import Alarm
from hub.domain.schedule import school_time
from hub.domain.signals import EVENTS, SIGNALS, Value
from hub.domain.site import Device, Language, Site, in_language
from hub.domain.wording import names_its_device
from hub.domain.work import PosterState
from hub.store.ladder import Way
from hub.store.readings import Last
from hub.web.answers import ANSWERS
from hub.web.language import gettext, language, ngettext, translations
from hub.web.orders import Outcome
from hub.web.page import page
from hub.web.times import date_words, seconds
from hub.web.view import DeviceView, Group


def N_(text: str) -> str:
    """Marks a text for the catalogues."""
    return text


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


@cache
def marks(code: Language) -> Mapping[str, Markup]:
    """Each status of a device as icon and word in one language: drawn once, used by the hundred."""
    pattern = Markup('<span class="status status-{0}"><span class="icon" aria-hidden="true">{1}</span> {2}</span>')
    texts = translations(code)
    return {status: pattern.format(status, ICONS[status], texts.gettext(word)) for status, word in STATUS.items()}


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


def assignee(name: str) -> str:
    """Who has to put a finding right."""
    return gettext(ASSIGNEES[name])


def priority(name: str) -> str:
    """How much an alarm matters."""
    return gettext(PRIORITIES[name])


def role(name: str) -> str:
    """What somebody is."""
    return gettext(ROLES[name])


def proofs(person: Person) -> str:
    """What somebody can sign in with."""
    ways = (
        (person.pin, gettext("PIN")),
        (person.password, gettext("password")),
        (person.totp, gettext("code")),
    )
    return ", ".join(word for has, word in ways if has is not None)


def device_name(device: Device) -> str:
    """Its own name, else what it is."""
    return in_language(device.name, language()) or capital(gettext(kind(device)))


def kind(device: Device) -> str:
    """What it is, as a text of the catalogues."""
    return DOORS[device.role] if device.role else KINDS[device.kind]


def capital(text: str) -> str:
    """With its first letter large, the others as they are."""
    return text[:1].upper() + text[1:]


def floor_name(floor: int) -> str:
    """Where 0 is outside and what is below is the basement."""
    if floor == 0:
        return gettext("Yard")
    if floor < 0:
        return gettext("Basement")
    return gettext("Floor %(number)s", number=floor)


def place_of(site: Site, alarm: Alarm, *, exactly: bool = False) -> str:
    """Where people would go: zone and device, the device `exactly`, or where it is about the sensor itself, also if
    it has no name of its own. The school's name where the alarm is about the hub itself."""
    device = site.devices.get(alarm.device)
    if device is None:
        zone = site.zones.get(alarm.zone)
        return in_language(zone.name if zone is not None else site.name, language())
    if not (exactly or names_its_device(site, alarm) or in_language(device.name, language())):
        return in_language(site.zones[device.zone].name, language())
    return in_its_zone(site, device)


def in_its_zone(site: Site, device: Device) -> str:
    """ "Hall, panic button"."""
    own = device_name(device)
    return f"{in_language(site.zones[device.zone].name, language())}, {own[:1].lower() + own[1:]}"


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


def poster_state(state: PosterState) -> tuple[str, str]:
    """An icon's status and a sentence about where the poster's code leads."""
    icon = "awaited" if state.outcome == "not_checked" else "ok" if state.outcome == "fine" else "attention"
    looked = POSTERS[state.outcome] if state.checked_at else NOT_LOOKED
    return ("attention" if state.scan_fine is False else icon), gettext(looked)


def located(site: Site, device_id: str) -> str:
    """A device with its zone; one that is no longer in hub.yaml by its id."""
    device = site.devices.get(device_id)
    return device_id if device is None else in_its_zone(site, device)


def value(signal: str, shown: Value) -> str:
    """A signal's value with its unit; an unknown one as it is."""
    word = VALUES.get((signal, shown)) if isinstance(shown, bool | str) else None
    if word is not None:
        return gettext(word)
    if isinstance(shown, bool):
        return gettext("yes") if shown else gettext("no")
    if isinstance(shown, str):
        return shown
    unit = SIGNALS[signal].unit if signal in SIGNALS else ""
    return f"{figure(shown)} {gettext(UNITS.get(unit, unit)) if unit else ''}".strip()


def figure(number: float) -> str:
    """A number as the language writes it: at most one digit after the comma, none from a hundred on."""
    text = f"{number:.0f}" if abs(number) >= 100 else f"{number:.1f}".removesuffix(".0")
    text = text.replace("-", "−")
    return text if language() == "en" else text.replace(".", ",")


def day(written: str) -> str:
    """A day of the calendar, as in 2027-09-01, in words and with its year."""
    return date_words(datetime.fromisoformat(written), 0, language())


def day_of(at: int) -> str:
    """The day of a moment (UTC, ms), with its year: what is printed must tell when."""
    return date_words(school_time(page().config.site.hours, at), 0, language())


def lasted(seconds: int) -> str:
    """A duration in words, in its largest unit."""
    if seconds < 60:
        return gettext("less than a minute")
    if seconds < 3600:
        return ngettext("%(num)d minute", "%(num)d minutes", seconds // 60)
    if seconds < 86_400:
        return ngettext("%(num)d hour", "%(num)d hours", seconds // 3600)
    return ngettext("%(num)d day", "%(num)d days", seconds // 86_400)


# How a spoken number ends in "58 датчиктің 58-і": by its last word.
_KK_OF: Final[Mapping[int, str]] = {
    0: "і", 1: "і", 2: "сі", 3: "і", 4: "і", 5: "і", 6: "сы", 7: "сі", 8: "і", 9: "ы", 10: "ы", 20: "сы", 30: "ы",
    40: "ы", 50: "і", 60: "ы", 70: "і", 80: "і", 90: "ы",
}  # fmt: skip


def answering(group: Group) -> str:
    """How many of a group's devices answer."""
    here = group.counts.get("ok", 0) + group.counts.get("attention", 0) + group.counts.get("alarm", 0)
    last = here % 10 or here % 100
    shown = f"{here}-{_KK_OF[last]}" if language() == "kk" else str(here)
    return gettext("%(answering)s of %(all)d sensors answer", answering=shown, all=len(group.devices))


def outcome(outcome: Outcome) -> str:
    """What became of an order, as a sentence."""
    minutes = max(1, -(-outcome.retry_after // 60))
    sentences = {
        "acknowledged": lambda: gettext("Acknowledged."),
        "reset": lambda: gettext("The alarm is ended."),
        "pending": lambda: gettext("The hub has your order, but has not answered yet. Look again in a moment."),
        "not_possible": lambda: gettext("Somebody was quicker, or this alarm ends by itself: there is nothing to do."),
        "closed": lambda: gettext("This alarm is over already."),
        "unknown_alarm": lambda: gettext("There is no alarm with this number."),
        "wrong_pin": lambda: gettext("This PIN is not right. Try again."),
        "locked_out": lambda: ngettext(
            "Too many wrong PINs. Try again in %(num)d minute.",
            "Too many wrong PINs. Try again in %(num)d minutes.",
            minutes,
        ),
        "core_down": lambda: gettext("The hub is down and can't take orders. Call the duty officer: 102."),
        "store_failing": lambda: gettext("The hub's memory fails, it takes no orders. Call the duty officer: 102."),
    }
    found = sentences.get(outcome.result)
    return found() if found is not None else gettext(ANSWERS.get(outcome.result, ANSWERS["not_understood"]))


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
_SHOWN_FIRST: Final = tuple(SIGNALS)
_SAID: Final = (
    "contact", "lock", "lux", "relay", "leak", "smoke", "occupancy", "temperature", "co2", "loop", "reachable",
)  # fmt: skip
_LEGENDS: Final[Mapping[str, str]] = {
    "contact": "open", "lock": "unlocked", "relay": "on", "loop": "short",
}  # fmt: skip


def period(name: str) -> str:
    """Day, week or month."""
    return gettext(PERIOD_NAMES[name])


def signal_name(signal: str) -> str:
    """What people call a signal; an unknown one by its own name."""
    return gettext(SIGNAL_NAMES[signal]) if signal in SIGNAL_NAMES else signal


def ordered(signals: Mapping[str, Last]) -> list[tuple[str, Last]]:
    """States first, then figures, the firmware last; events are no states."""
    known = [(name, last) for name, last in signals.items() if name not in EVENTS]
    return sorted(known, key=lambda item: _SHOWN_FIRST.index(item[0]) if item[0] in SIGNALS else len(SIGNALS))


def says(shown: DeviceView) -> str:
    """The most telling thing a device says, for a list."""
    for name in _SAID:
        if name in shown.signals:
            return f"{signal_name(name)}: {value(name, shown.signals[name].value)}"
    return ""


def band_legend(signal: str) -> str:
    """What the dark parts of a band mean."""
    active: Value = _LEGENDS.get(signal, True)
    return f"■ {value(signal, active)}"


def alarm_state(alarm: Alarm) -> str:
    """Where the alarm stands, as people say it. A task that nobody has to acknowledge waits for its repair."""
    if alarm.state == "unacknowledged" and not alarm.needs_acknowledgement:
        return gettext("waits for the repair")
    return gettext(ALARM_STATES[alarm.state])


def step(alarm: Alarm, name: str) -> str:
    """A rung's name; what no hand has pressed was noticed by a sensor."""
    if name == "received" and alarm.type not in PRESSED:
        return gettext("Noticed")
    return gettext(STEPS[name])


def receipt(way: Way) -> str:
    """The rung after "sent": proof where the channel can give one, else that it was taken."""
    if way.settled == "accepted":
        return gettext("Taken by the service, no proof")
    if way.settled == "refused":
        return gettext("Refused")
    return gettext("Headquarters has it") if page().config.site.hq_channels & {way.channel} else gettext("Receipt")


def became(way: Way) -> str:
    """What has become of a message, with the time of its proof."""
    if way.receipt_at:
        return f"{receipt(way)} {seconds(page().config.site.hours, way.receipt_at)}"
    if way.settled:
        return receipt(way)
    return delivery_outcome(way.outcome) if way.outcome else gettext("awaited")


def delivery_outcome(word: str) -> str:
    """What became of the last attempt, in words; an unknown outcome by its own name."""
    return gettext(OUTCOMES[word]) if word in OUTCOMES else word.replace("_", " ")


def through(channel: str) -> str:
    """Where a person acknowledged."""
    return gettext("on the page") if channel == "page" else channel
