"""Presses of panic and help buttons: each distinct press once, repeats answered, further presses joined."""

from collections.abc import Iterator
from typing import Final

import msgspec

from hub.domain.alarms import AlarmState, repeated
from hub.domain.conditions import Judgement
from hub.domain.decision import DeviceReceipt, Entry, PressRecord, Stage
from hub.domain.drills import drill_of, make_real, with_press
from hub.domain.notices import JOIN_QUIET
from hub.domain.reports import Press, Report
from hub.domain.site import Device
from hub.domain.state import DeviceState, SiteState

REDELIVERY: Final = 600_000
"""ms within which a redelivered unnumbered press is taken for the one that is stored: a broken connection is
reported within the broker's keep-alive, long before this."""


LATE: Final = 5
"""Seconds between a press and its arrival from which on it is told when it was pressed: more than a repeat and a
connection that is made anew."""

DELIVERIES_KEPT: Final = 64


class Pressed:
    """Collects what becomes of the presses of one report, beside the `judgement` of its signals."""

    def __init__(self, judgement: Judgement, device: Device) -> None:
        self.judgement, self.device = judgement, device
        self.records: list[PressRecord] = []
        self.receipts: list[DeviceReceipt] = []

    def take(self, press: Press, report: Report) -> None:
        """One press of the report: new, a repeat, or one that joins the open incident."""
        if self._is_known(press, report):
            return
        alarm_id = 0
        if press.event != "test_press":
            alarm_id = self._raise_or_join("panic" if press.event == "press" else "help", self._pressed_at(press))
        self._enter(press, alarm_id)
        wall = self.judgement.now.wall
        delivery = report.delivery if press.seq is None else ""
        self.records.append(PressRecord(self.device.id, press.event, wall, press.boot, press.seq, alarm_id, delivery))
        self._answer(press, "stored")
        if alarm_id and self._at_headquarters(alarm_id):
            self._answer(press, "hq")
        self._remember(delivery)

    def _is_known(self, press: Press, report: Report) -> bool:
        state = self.judgement.state
        if press.boot is None or press.seq is None:
            return report.redelivered and self._was_delivered(report.delivery)
        alarm_id = state.presses.get((self.device.id, press.boot, press.seq))
        if alarm_id is None:
            return False
        self._compare(press, alarm_id)
        self._answer(press, "hq" if self._at_headquarters(alarm_id) else "stored")
        return True

    def _compare(self, press: Press, alarm_id: int) -> None:
        """Of what waited at the broker while the hub was away, the oldest comes first and says that the button was
        pressed just now; how long ago that was, only the repeats behind it tell. Counted on the steady clock."""
        after, now = self.judgement.devices[self.device.id], self.judgement.now
        alarm = next((alarm for alarm in after.open.values() if alarm.id == alarm_id), None)
        if alarm is None or press.age is None:
            return
        pressed_at = alarm.raised_at + (now.mono - alarm.raised_mono) - press.age * 1000
        known = alarm.pressed_at or alarm.raised_at
        if after.earlier is not None and after.earlier[0] == alarm_id:
            known = after.earlier[1]
        if pressed_at <= known - LATE * 1000:
            self.judgement.change(self.device.id, earlier=(alarm_id, pressed_at))

    def _was_delivered(self, delivery: str) -> bool:
        """Whether a redelivered message's presses are stored already. Without a name it is taken for the last one."""
        known, now = self.judgement.state.device(self.device.id), self.judgement.now
        if delivery:
            return any(name == delivery and now.ms_since(at) < REDELIVERY for name, at in known.deliveries)
        return known.last_press is not None and now.ms_since(known.last_press) < REDELIVERY

    def _at_headquarters(self, alarm_id: int) -> bool:
        open_ = {alarm.id: alarm for alarm in self.judgement.device(self.device.id).open.values()}
        alarm = open_.get(alarm_id) or self.judgement.state.ended.get(alarm_id)
        return alarm is not None and alarm.hq_receipt_at > 0

    def _enter(self, press: Press, alarm_id: int) -> None:
        """Each press has its own line in the journal, tests too; `alarm` is 0 for a test."""
        body = {"device": self.device.id, "boot": press.boot, "seq": press.seq}
        if press.age:
            body["age"] = press.age
        kind = "test_press"
        if press.event != "test_press":
            kind, body = "press", {**body, "event": press.event, "alarm": alarm_id}
            drill = drill_of(self.judgement.state, self.device.id, self.judgement.now)
            if drill is not None:
                body["drill"] = drill.id
        self.judgement.journal.append(Entry(kind, self.judgement.now.wall, body))

    def _pressed_at(self, press: Press) -> int:
        """UTC in ms where the press is late, else 0. By the hub's clock: the device counts seconds and no more."""
        return self.judgement.now.wall - press.age * 1000 if press.age is not None and press.age >= LATE else 0

    def _raise_or_join(self, code: str, pressed_at: int) -> int:
        judgement = self.judgement
        after = judgement.devices[self.device.id]
        alarm = after.open.get(code)
        drill = drill_of(judgement.state, self.device.id, judgement.now)
        if alarm is None:
            alarm = judgement.raise_new(
                self.device, code, status="exercise" if drill else "actual", pressed_at=pressed_at
            )
        elif alarm.status == "exercise" and drill is None:
            alarm = make_real(judgement, repeated(alarm, judgement.now), by="", through="", reason="outside_the_drill")
        else:
            asked_again = alarm.state is not AlarmState.UNACKNOWLEDGED
            quiet = judgement.now.mono - alarm.notified_mono < JOIN_QUIET
            alarm = repeated(alarm, judgement.now)
            if asked_again or not quiet:
                alarm = judgement.tell(alarm, "alarm.updated", "pressed_again")
            else:
                judgement.record(alarm, (), "joined")
        judgement.devices[self.device.id] = msgspec.structs.replace(after, open={**after.open, code: alarm})
        if drill is not None:
            judgement.drills.append(with_press(drill, self.device.id, alarm.id, judgement.now))
        return alarm.id

    def _answer(self, press: Press, stage: Stage) -> None:
        if press.boot is not None and press.seq is not None:
            self.receipts.append(DeviceReceipt(self.device.id, press.boot, press.seq, stage))

    def _remember(self, delivery: str) -> None:
        after, now = self.judgement.devices[self.device.id], self.judgement.now
        deliveries = after.deliveries
        if delivery:
            deliveries = (*deliveries[1 - DELIVERIES_KEPT :], (delivery, now))
        after = msgspec.structs.replace(after, last_press=now, deliveries=deliveries)
        self.judgement.devices[self.device.id] = after


def tell_of_earlier_presses(judgement: Judgement) -> None:
    """Once for all repeats of the last second: their alarms' presses were made earlier than was told."""
    for device_id in judgement.state.devices:
        after = judgement.device(device_id)
        if after.earlier is None:
            continue
        number, pressed_at = after.earlier
        judgement.change(device_id, earlier=None)
        for alarm in [alarm for alarm in after.open.values() if alarm.id == number]:
            late = msgspec.structs.replace(alarm, pressed_at=pressed_at)
            judgement.keep(judgement.tell(late, "alarm.updated", "pressed_earlier"))


def presses_in(report: Report, before: DeviceState) -> Iterator[Press]:
    """The presses that a report means: those it names, and levels that have risen. A retained report means none."""
    if report.retained:
        return
    yield from report.presses
    for event, level in report.held:
        if level and before.value(event) is not True:
            yield Press(event)


def presses_of(state: SiteState, alarm_id: int) -> Iterator[DeviceReceipt]:
    """For each numbered press of an alarm, the receipt that headquarters has it."""
    for (device, boot, seq), alarm in state.presses.items():
        if alarm == alarm_id:
            yield DeviceReceipt(device, boot, seq, "hq")
