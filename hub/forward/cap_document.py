"""CAP 1.2 documents (OASIS, July 2010) of alerts: what headquarters' systems and those of civil protection read."""

import re
import xml.etree.ElementTree as ET
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta, timezone
from types import MappingProxyType
from typing import Final, NamedTuple

from hub.domain.alarms import AlarmState
from hub.domain.alerts import Alert, headline_of, subject_of, text_of
from hub.domain.headings import MARKS
from hub.domain.phrases import action
from hub.domain.site import LANGUAGES, Language

NAMESPACE: Final = "urn:oasis:names:tc:emergency:cap:1.2"
KAZAKHSTAN: Final = timezone(timedelta(hours=5))
"""Fixed, and not the school's own zone: the same moment must be written the same way years later, in references."""

_RESTRICTION: Final = "For the operational headquarters only"
_TAGS: Final[Mapping[Language, str]] = MappingProxyType({"kk": "kk-KZ", "ru": "ru-KZ", "en": "en"})
_STATUS: Final = MappingProxyType({"actual": "Actual", "exercise": "Exercise", "test": "Test"})
_FORBIDDEN: Final = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML 1.0 can't hold, not even escaped."""


class Terms(NamedTuple):
    """CAP's words for an alarm."""

    category: str
    response: str
    urgency: str
    severity: str
    certainty: str


TERMS: Final[Mapping[str, Terms]] = MappingProxyType(
    {
        "panic": Terms("Security", "Execute", "Immediate", "Extreme", "Observed"),
        "help": Terms("Rescue", "Execute", "Immediate", "Severe", "Observed"),
        "door_forced": Terms("Security", "Assess", "Immediate", "Severe", "Likely"),
        "intrusion": Terms("Security", "Assess", "Immediate", "Severe", "Likely"),
        "smoke_or_vape": Terms("Fire", "Assess", "Immediate", "Moderate", "Possible"),
        "leak": Terms("Infra", "Assess", "Immediate", "Moderate", "Observed"),
        "tamper": Terms("Security", "Assess", "Expected", "Moderate", "Observed"),
        "loop_fault": Terms("Security", "Assess", "Expected", "Moderate", "Observed"),
        "hq_line_lost": Terms("Infra", "Assess", "Expected", "Moderate", "Observed"),
        "store_failing": Terms("Infra", "Assess", "Expected", "Moderate", "Observed"),
        "exit_open": Terms("Safety", "Assess", "Expected", "Minor", "Observed"),
        "long_stay": Terms("Safety", "Assess", "Expected", "Minor", "Possible"),
    }
)
_TASK: Final = Terms("Infra", "Monitor", "Future", "Minor", "Observed")
"""Every other alarm is a task for the school itself."""
_NOTHING: Final = Terms("Other", "None", "Unknown", "Unknown", "Unknown")


def terms_of(alert: Alert) -> Terms:
    """CAP's words for this message; one that says that all is over asks for nothing any more."""
    terms = TERMS.get(alert.alarm, _TASK) if alert.alarm else _NOTHING
    return terms._replace(urgency="Past", response="AllClear") if alert.type == "alarm.cleared" else terms


def document(alert: Alert, sender: str) -> bytes:
    """The alert as CAP, in UTF-8: the same bytes however often it is sent. A heartbeat is a System message without
    an info block; anything after the first message of an alarm refers to those before it."""
    root = ET.Element("alert", xmlns=NAMESPACE)
    _add(root, "identifier", alert.event_id)
    _add(root, "sender", sender)
    _add(root, "sent", moment(alert.at or alert.raised_at))
    _add(root, "status", "System" if alert.type == "heartbeat" else _STATUS[alert.status])
    _add(root, "msgType", _message_type(alert))
    _add(root, "scope", "Restricted")
    _add(root, "restriction", _RESTRICTION)
    _add(root, "note", _note(alert))
    incident = alert.event_id.rpartition("-")[0]
    _add(root, "references", " ".join(f"{sender},{incident}-{one.change},{moment(one.at)}" for one in alert.earlier))
    if alert.type != "heartbeat":
        _add(root, "incidents", _incidents(alert, incident) if alert.alarm else "")
        for language in LANGUAGES:
            _info(root, alert, language)
    made: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return made


def _incidents(alert: Alert, incident: str) -> str:
    """All that the message tells of, separated as CAP 1.2 (3.2.1) has it."""
    store = incident.rpartition("-")[0]
    return " ".join(f"{store}-{number}" for number in alert.members) or incident


def moment(at: int) -> str:
    """UTC ms in CAP's form: `2026-11-24T10:00:00+05:00`, without fractions, never with Z."""
    return datetime.fromtimestamp(at // 1000, UTC).astimezone(KAZAKHSTAN).isoformat()


def _message_type(alert: Alert) -> str:
    if not alert.earlier:  # an Update or Cancel without references would not be CAP
        return "Alert"
    return "Cancel" if alert.type == "alarm.cleared" else "Update"


def _note(alert: Alert) -> str:
    if alert.type == "heartbeat":
        return "heartbeat"
    return " · ".join(MARKS[alert.status]) if alert.status in MARKS else ""


def _info(root: ET.Element, alert: Alert, language: Language) -> None:
    info, terms = ET.SubElement(root, "info"), terms_of(alert)
    _add(info, "language", _TAGS[language])
    _add(info, "category", terms.category)
    _add(info, "event", alert.what.get(language) or subject_of(alert, language))
    _add(info, "responseType", terms.response)
    _add(info, "urgency", terms.urgency)
    _add(info, "severity", terms.severity)
    _add(info, "certainty", terms.certainty)
    _pair(info, "eventCode", "school-safety-hub:alarm", alert.alarm)
    if alert.raised_at:
        _add(info, "onset", moment(alert.pressed_at or alert.raised_at))
    _add(info, "senderName", alert.school.get(language, alert.site))
    _add(info, "headline", headline_of(alert, language))
    _add(info, "description", text_of(alert, language))
    if alert.alarm and alert.type != "alarm.cleared" and alert.state != AlarmState.RETURNED:
        _add(info, "instruction", action(alert.alarm, language))
    facts = {"priority": alert.priority, "device": alert.device, "count": str(alert.count or ""), "clock": alert.clock,
             "acknowledgedBy": alert.acknowledged_by, "resetAs": alert.reset_as}  # fmt: skip
    for name, value in facts.items():
        _pair(info, "parameter", name, value)
    _area(info, alert, language)


def _area(info: ET.Element, alert: Alert, language: Language) -> None:
    area = ET.SubElement(info, "area")
    names = (alert.school.get(language, alert.site), alert.place.get(language, ""))
    _add(area, "areaDesc", ", ".join(dict.fromkeys(name for name in names if name)))
    _pair(area, "geocode", "site", alert.site)
    _pair(area, "geocode", "zone", alert.zone)


def _pair(parent: ET.Element, tag: str, name: str, value: str) -> None:
    if value:
        pair = ET.SubElement(parent, tag)
        _add(pair, "valueName", name)
        _add(pair, "value", value)


def _add(parent: ET.Element, tag: str, text: str) -> None:
    """A child with this text; none where there is nothing to say."""
    if text:
        ET.SubElement(parent, tag).text = _FORBIDDEN.sub("\ufffd", text)
