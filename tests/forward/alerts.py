"""Alerts for the channels' tests."""

from typing import Any

import msgspec

from hub.domain.alerts import Alert, event_id

RAISED_AT = 1_795_496_400_123  # 2026-11-24 10:00:00.123 in Almaty (UTC+5)

_PANIC = Alert(
    event_id="",
    type="alarm.raised",
    status="actual",
    site="school-1",
    device="panic-hall",
    zone="hall",
    kind="panic",
    alarm="panic",
    priority="critical",
    raised_at=RAISED_AT,
    text={
        "kk": "№1 мектеп, вестибюль: дабыл түймесі басылды, 10:00. Полиция жіберіңіз.",
        "ru": "Школа №1, вестибюль: нажата тревожная кнопка, 10:00. Направьте полицию.",
        "en": "School No. 1, hall: panic button pressed at 10:00. Send the police.",
    },
    alarm_id=1,
    count=1,
)


def alert(number: int = 1, **changes: Any) -> Alert:
    """The `number`-th panic of a school."""
    named = {"event_id": event_id("school-1", "e0", number, 1), "alarm_id": number}
    return msgspec.structs.replace(_PANIC, **{**named, **changes})


def heartbeat(wall: int = RAISED_AT) -> Alert:
    return Alert(event_id=f"school-1-e0-heartbeat-{wall}", type="heartbeat", status="actual", site="school-1")
