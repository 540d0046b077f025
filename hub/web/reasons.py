"""Why a device is not believed or not heard, in the reader's words."""

from hub.domain.alarms import Alarm
from hub.domain.links import BROKER
from hub.domain.rules.suspicion import BELIEVABLE
from hub.domain.signals import SIGNALS
from hub.domain.state import Link
from hub.web import words
from hub.web.language import gettext
from hub.web.show import since
from hub.web.view import DeviceView


def unheard(link: Link) -> str:
    """What the device is behind, and since when that is gone."""
    time = since(link.since.wall)
    if link.kind == BROKER:
        return gettext("The hub gets no messages from the sensors: %(since)s", since=time)
    if link.kind == "bridge":
        return gettext(
            "It is behind the wireless bridge “%(name)s”, which is gone: %(since)s", name=link.name, since=time
        )
    return gettext("It is behind the cable at “%(name)s”, which is gone: %(since)s", name=link.name, since=time)


def unsaid(shown: DeviceView) -> str:
    """What was awaited of a device that is heard."""
    named = ", ".join(words.signal_name(name) for name in SIGNALS if name in shown.unsaid)
    return gettext("It is heard, but has said nothing yet of what it is there for: %(signals)s", signals=named)


def suspect(alarm: Alarm, shown: DeviceView) -> str:
    """What can't be believed, and why."""
    if alarm.figure == "↻":
        return gettext("Its gateway repeats an old message of it as if it were new.")
    for name, last in shown.signals.items():
        value = last.value
        if isinstance(value, bool | str) or name not in SIGNALS or f"{value:g} {SIGNALS[name].unit}" != alarm.figure:
            continue
        said = {"signal": words.signal_name(name), "value": words.value(name, value)}
        low, high = BELIEVABLE.get(name, (value, value))
        if not low <= value <= high:
            return gettext("%(signal)s: %(value)s. Such a value is not possible in a school.", **said)
        return gettext(
            "%(signal)s: exactly %(value)s %(since)s. In a real room it changes.", **said, since=since(last.since)
        )
    return gettext("It said “%(value)s”, which can't be believed.", value=alarm.figure)
