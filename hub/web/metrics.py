"""The view as Prometheus reads it. Names and labels are fixed; what is not known is left out rather than 0."""

import contextlib
import sqlite3
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from hub.config.model import Config
from hub.store.database import open_reader
from hub.store.queries import rejected_counts
from hub.web.outward import LineState
from hub.web.streams import Streams
from hub.web.view import WORST_FIRST, View

Sample = tuple[Mapping[str, str], float]
_STATES: Final[tuple[LineState, ...]] = ("up", "down", "unproven")


def text_of(view: View, config: Config, streams: Streams) -> str:
    """All metrics in the text format 0.0.4."""
    lines: list[str] = []
    for name, kind, help_, samples in _families(view, config, streams):
        shown = [f"{name}{_labels(labels)} {_number(value)}" for labels, value in samples]
        if shown:
            lines += [f"# HELP {name} {help_}", f"# TYPE {name} {kind}", *shown]
    return "\n".join(lines) + "\n"


def _families(view: View, config: Config, streams: Streams) -> Iterator[tuple[str, str, str, Iterable[Sample]]]:
    beat = view.pulse.beat
    yield "hub_core_up", "gauge", "1 while the core runs.", [({}, view.pulse.running)]
    if beat is not None and view.pulse.running:
        yield "hub_core_started_seconds", "gauge", "When the core was started.", [({}, beat.started_at / 1000)]
        yield "hub_broker_up", "gauge", "1 while both lanes are connected.", [({}, beat.broker == "connected")]
        yield "hub_clock_trusted", "gauge", "1 while a time server keeps the clock.", [({}, beat.clock == "trusted")]
        yield "hub_unsaved_decisions", "gauge", "Decisions that wait for the disk.", [({}, beat.unsaved)]
        yield "hub_excess_messages", "gauge", "Messages of flooding devices that were not let in.", [({}, beat.excess)]
        yield "hub_lost_readings", "gauge", "Readings dropped while the disk refused.", [({}, beat.lost)]
        yield "hub_unrecorded", "gauge", "Journal entries dropped while the disk refused.", [({}, beat.unrecorded)]
    yield (
        "hub_store_up",
        "gauge",
        "1 while the store is written and read.",
        [({}, view.store == "ok" and not view.store_fails)],
    )
    counts = view.whole.counts
    yield (
        "hub_devices",
        "gauge",
        "Devices by status.",
        [({"status": status}, counts.get(status, 0)) for status in WORST_FIRST],
    )
    yield (
        "hub_device_last_seen_seconds",
        "gauge",
        "Last live message of a device.",
        [
            (
                {"device": device.device.id, "kind": device.device.kind, "zone": device.device.zone},
                device.last_seen / 1000,
            )
            for device in view.devices.values()
            if device.last_seen
        ],
    )
    open_ = Counter((kept.alarm.type, kept.alarm.priority, str(kept.alarm.state)) for kept in view.alarms)
    yield (
        "hub_open_alarms",
        "gauge",
        "Open alarms.",
        [
            ({"alarm": type_, "priority": priority, "state": state}, count)
            for (type_, priority, state), count in sorted(open_.items())
        ],
    )
    yield (
        "hub_channel_state",
        "gauge",
        "1 for the state in which the channel is.",
        [({"channel": line.name, "state": state}, line.state == state) for line in view.lines for state in _STATES],
    )
    yield (
        "hub_channel_queued",
        "gauge",
        "Messages that wait for the channel.",
        [({"channel": line.name}, line.queued) for line in view.lines],
    )
    yield (
        "hub_channel_last_receipt_seconds",
        "gauge",
        "Last proof of the line.",
        [({"channel": line.name}, line.last_receipt_at / 1000) for line in view.lines if line.last_receipt_at],
    )
    yield (
        "hub_database_up",
        "gauge",
        "1 while the database takes readings.",
        [({"database": database.name}, database.state == "up") for database in view.databases],
    )
    yield (
        "hub_database_queued",
        "gauge",
        "Readings that wait for the database.",
        [({"database": database.name}, database.queued) for database in view.databases],
    )
    yield "hub_rejected_messages_total", "counter", "Messages refused, by reason.", _rejected(config)
    yield "hub_page_streams", "gauge", "Pages that are open and told of changes.", [({}, streams.open)]


def _rejected(config: Config) -> list[Sample]:
    try:
        with contextlib.closing(open_reader(config.store.path)) as db:
            return [({"reason": reason}, count) for reason, count in sorted(rejected_counts(db).items())]
    except sqlite3.Error:
        return []


def _labels(labels: Mapping[str, str]) -> str:
    if not labels:
        return ""
    return "{" + ",".join(f'{name}="{_escaped(value)}"' for name, value in labels.items()) + "}"


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")


def _number(value: float) -> str:
    return str(int(value)) if value == int(value) else f"{value:.3f}"
