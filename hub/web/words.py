"""What the pages call things, in the reader's language."""

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
from hub.web import vocabulary
from hub.web.answers import ANSWERS
from hub.web.language import gettext, language, ngettext, translations
from hub.web.orders import Outcome
from hub.web.page import page
from hub.web.times import date_words, seconds
from hub.web.view import DeviceView, Group


@cache
def marks(code: Language) -> Mapping[str, Markup]:
    """Each status of a device as icon and word in one language: drawn once, used by the hundred."""
    pattern = Markup('<span class="status status-{0}"><span class="icon" aria-hidden="true">{1}</span> {2}</span>')
    texts = translations(code)
    return {
        status: pattern.format(status, vocabulary.ICONS[status], texts.gettext(word))
        for status, word in vocabulary.STATUS.items()
    }


def assignee(name: str) -> str:
    """Who has to put a finding right."""
    return gettext(vocabulary.ASSIGNEES[name])


def priority(name: str) -> str:
    """How much an alarm matters."""
    return gettext(vocabulary.PRIORITIES[name])


def role(name: str) -> str:
    """What somebody is."""
    return gettext(vocabulary.ROLES[name])


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
    return vocabulary.DOORS[device.role] if device.role else vocabulary.KINDS[device.kind]


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


def poster_state(state: PosterState) -> tuple[str, str]:
    """An icon's status and a sentence about where the poster's code leads."""
    icon = "awaited" if state.outcome == "not_checked" else "ok" if state.outcome == "fine" else "attention"
    looked = vocabulary.POSTERS[state.outcome] if state.checked_at else vocabulary.NOT_LOOKED
    return ("attention" if state.scan_fine is False else icon), gettext(looked)


def located(site: Site, device_id: str) -> str:
    """A device with its zone; one that is no longer in hub.yaml by its id."""
    device = site.devices.get(device_id)
    return device_id if device is None else in_its_zone(site, device)


def value(signal: str, shown: Value) -> str:
    """A signal's value with its unit; an unknown one as it is."""
    word = vocabulary.VALUES.get((signal, shown)) if isinstance(shown, bool | str) else None
    if word is not None:
        return gettext(word)
    if isinstance(shown, bool):
        return gettext("yes") if shown else gettext("no")
    if isinstance(shown, str):
        return shown
    unit = SIGNALS[signal].unit if signal in SIGNALS else ""
    return f"{figure(shown)} {gettext(vocabulary.UNITS.get(unit, unit)) if unit else ''}".strip()


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


_SHOWN_FIRST: Final = tuple(SIGNALS)
_SAID: Final = (
    "contact", "lock", "lux", "relay", "leak", "smoke", "occupancy", "temperature", "co2", "loop", "reachable",
)  # fmt: skip


def period(name: str) -> str:
    """Day, week or month."""
    return gettext(vocabulary.PERIOD_NAMES[name])


def signal_name(signal: str) -> str:
    """What people call a signal; an unknown one by its own name."""
    return gettext(vocabulary.SIGNAL_NAMES[signal]) if signal in vocabulary.SIGNAL_NAMES else signal


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
    active: Value = vocabulary.LEGENDS.get(signal, True)
    return f"■ {value(signal, active)}"


def alarm_state(alarm: Alarm) -> str:
    """Where the alarm stands, as people say it. A task that nobody has to acknowledge waits for its repair."""
    if alarm.state == "unacknowledged" and not alarm.needs_acknowledgement:
        return gettext("waits for the repair")
    return gettext(vocabulary.ALARM_STATES[alarm.state])


def step(alarm: Alarm, name: str) -> str:
    """A rung's name; what no hand has pressed was noticed by a sensor."""
    if name == "received" and alarm.type not in vocabulary.PRESSED:
        return gettext("Noticed")
    return gettext(vocabulary.STEPS[name])


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
    return gettext(vocabulary.OUTCOMES[word]) if word in vocabulary.OUTCOMES else word.replace("_", " ")


def through(channel: str) -> str:
    """Where a person acknowledged."""
    return gettext("on the page") if channel == "page" else channel
