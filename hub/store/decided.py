"""What was decided, as rows: alarms, presses, messages for the channels, people's work, and the journal's entries."""

import sqlite3
import time

import msgspec

from hub.domain.alarms import Alarm
from hub.domain.decision import Decision, Dispatch, PressRecord, Settlement
from hub.domain.site import PRIORITY_RANK
from hub.domain.state import ChannelState, Maintenance
from hub.store.anchors import Anchors
from hub.store.journal import Journal


class Decided:
    """Writes decisions on the store's one writing connection."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db, self._journal, self._anchors = db, Journal(db), Anchors(db)

    def read_head(self) -> None:
        """What the journal has at its end, after a transaction that was taken back."""
        self._journal.read_head()

    def write(self, decision: Decision) -> None:
        """Within a transaction. Raises sqlite3.Error where the disk refuses."""
        for alarm in decision.alarms:
            self._write_alarm(alarm)
        for press in decision.presses:
            self._write_press(press)
        for dispatch in decision.dispatches:
            self._write_dispatch(dispatch)
        if decision.hasten is not None:
            self._db.execute(
                "UPDATE outbox SET due_at = due_at - ? WHERE settled IS NULL AND due_at > ?",
                (decision.hasten.by, decision.hasten.later_than),
            )
        for settlement in decision.settlements:
            self._write_settlement(settlement)
        for channel in decision.channels:
            self._write_channel(channel)
        for target, work in decision.maintenance.items():
            self._write_maintenance(target, work)
        for probe in decision.probes:
            self._db.execute(
                "INSERT OR REPLACE INTO probes (id, started_at, ended_at, latency, body) VALUES (?,?,nullif(?, 0),?,?)",
                (probe.id, probe.started_at, probe.ended_at, probe.latency, _json(probe)),
            )
        for drill in decision.drills:
            self._db.execute(
                "INSERT OR REPLACE INTO drills (id, open, body) VALUES (?,?,?)",
                (drill.id, not drill.ended_at, _json(drill)),
            )
        self._write_work(decision)
        for name, link in decision.links.items():
            self._db.execute("INSERT OR REPLACE INTO links (name, body) VALUES (?,?)", (name, _json(link)))
        self._db.executemany(
            "INSERT OR REPLACE INTO device_notes (device, body) VALUES (?,?)",
            [(note.device, _json(note)) for note in decision.notes],
        )
        for entry in decision.journal:
            self._journal.append(entry)
        for anchor in decision.anchors:
            self._anchors.add(anchor)

    def _write_work(self, decision: Decision) -> None:
        for task in decision.tasks:
            self._db.execute(
                "INSERT OR REPLACE INTO tasks (alarm, open, body) VALUES (?,?,?)",
                (task.alarm, task.state != "closed", _json(task)),
            )
        for finding in decision.findings:
            self._db.execute(
                "INSERT OR REPLACE INTO findings (id, open, body) VALUES (?,?,?)",
                (finding.id, not finding.closed_at, _json(finding)),
            )
        for round_ in decision.rounds:
            self._db.execute(
                "INSERT OR REPLACE INTO rounds (id, open, body) VALUES (?,?,?)",
                (round_.id, not round_.finished_at, _json(round_)),
            )
        for poster in decision.posters:
            self._db.execute("INSERT OR REPLACE INTO posters (id, body) VALUES (?,?)", (poster.id, _json(poster)))
        for device, place in decision.positions.items():
            if place is None:
                self._db.execute("DELETE FROM positions WHERE device = ?", (device,))
            else:
                self._db.execute("INSERT OR REPLACE INTO positions (device, x, y) VALUES (?,?,?)", (device, *place))

    def _write_alarm(self, alarm: Alarm) -> None:
        self._db.execute(
            "INSERT INTO alarms (id, device, type, open, raised_at, stored_at, body) VALUES (?,?,?,?,?,?,?)"
            " ON CONFLICT (id) DO UPDATE SET open = excluded.open, body = excluded.body",
            (alarm.id, alarm.device, alarm.type, alarm.open, alarm.raised_at, _now(), _json(alarm)),
        )

    def _write_press(self, press: PressRecord) -> None:
        self._db.execute(
            "INSERT INTO presses (device, event, at, boot, seq, alarm, delivery) VALUES (?,?,?,?,?,?,?)",
            (press.device, press.event, press.at, press.boot, press.seq, press.alarm, press.delivery),
        )

    def _write_dispatch(self, dispatch: Dispatch) -> None:
        alert = dispatch.alert
        rank = PRIORITY_RANK[alert.priority] if alert.priority else max(PRIORITY_RANK.values())
        self._db.execute(
            "INSERT INTO outbox (channel, event_id, alarm, rank, reason, body, created_at, due_at)"
            " VALUES (?,?,?,?,?,?,?,?)",
            (dispatch.channel, alert.event_id, alert.alarm_id, rank, dispatch.reason, _json(alert), dispatch.made_at,
             dispatch.due_at),
        )  # fmt: skip

    def _write_settlement(self, settled: Settlement) -> None:
        self._db.execute(
            "UPDATE outbox SET attempts = ?, sent_at = coalesce(sent_at, nullif(?, 0)), outcome = ?, detail = ?,"
            " due_at = ?, settled = nullif(?, ''), settled_at = nullif(?, 0)"
            " WHERE channel = ? AND event_id = ? AND settled IS NULL",
            (settled.attempts, settled.sent_at, settled.outcome, settled.detail, settled.due_at, settled.settled,
             settled.settled_at, settled.channel, settled.event_id),
        )  # fmt: skip

    def _write_channel(self, channel: ChannelState) -> None:
        self._db.execute("INSERT OR REPLACE INTO channels (name, body) VALUES (?,?)", (channel.name, _json(channel)))

    def _write_maintenance(self, target: str, work: Maintenance | None) -> None:
        if work is None:
            self._db.execute("DELETE FROM maintenance WHERE target = ?", (target,))
        else:
            self._db.execute("INSERT OR REPLACE INTO maintenance (target, body) VALUES (?,?)", (target, _json(work)))


def _json(value: object) -> str:
    return msgspec.json.encode(value).decode()


def _now() -> int:
    return time.time_ns() // 1_000_000
