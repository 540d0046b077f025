"""The daily probe: a message that takes the way of a press, through broker and panic lane, to headquarters' receipt.

It is marked as a test. Its latency is kept; one that does not arrive is an alarm, and is tried again every hour.
"""

from typing import Final

import msgspec

from hub.domain.alerts import Alert, probe_of
from hub.domain.commands import RunProbe
from hub.domain.conditions import Judgement
from hub.domain.decision import Decision, Dispatch, Entry
from hub.domain.events import Attempted
from hub.domain.now import Now
from hub.domain.reports import Report
from hub.domain.state import Probe, SiteState

EVERY_MS: Final = 86_400_000
AGAIN_MS: Final = 3_600_000
"""After one that failed."""
FIRST_MS: Final = 300_000
"""After a start, so that broker and lines have had their time to come up."""
PATIENCE_MS: Final = 120_000


def on_run_probe(state: SiteState, event: RunProbe, now: Now) -> Decision:
    """`answer` is `started`, `running` (one is on its way) or `no_headquarters` (there is no channel to prove)."""
    if state.probe is not None:
        return Decision(answer="running")
    if not _awaited(state):
        return Decision(answer="no_headquarters")
    return Decision(probes=(_new(state, event.by, now),), answer="started")


def watch_probe(judgement: Judgement) -> None:
    """Starts the probe that is due, and gives up one that has not arrived in time."""
    state, now = judgement.state, judgement.now
    running = state.probe
    if running is not None:
        if now.ms_since(running.started) > PATIENCE_MS:
            missing = [name for name in running.awaited if name not in running.receipts]
            failed = "broker" if running.heard is None else ", ".join(missing)
            _end(judgement, msgspec.structs.replace(running, ended_at=now.wall, failed=failed))
    elif _is_due(state, now) and _awaited(state):
        judgement.probes.append(_new(state, "", now))


def on_probe_heard(state: SiteState, report: Report, now: Now) -> Decision:
    """The probe has come through the broker: it goes on to headquarters as a press would."""
    probe = state.probe
    numbers = {press.seq for press in report.presses}
    if probe is None or report.retained or probe.heard is not None or probe.id not in numbers:
        return Decision()
    heard = msgspec.structs.replace(probe, heard=now.ms_since(probe.started))
    alert = _alert(state, heard)
    return Decision(
        probes=(heard,),
        dispatches=tuple(Dispatch(channel, alert, "probe", now.wall, now.wall) for channel in heard.awaited),
    )


def on_probe_receipt(state: SiteState, event: Attempted, now: Now) -> tuple[Probe, ...]:
    """The probe with one more receipt, none where the attempt was about something else."""
    probe = state.probe
    if probe is None or event.settled != "delivered" or event.channel not in probe.awaited:
        return ()
    if event.event_id != _alert(state, probe).event_id:
        return ()
    passed = now.ms_since(probe.started)
    receipts = {**probe.receipts, event.channel: passed}
    ended = set(receipts) == set(probe.awaited)
    return (
        msgspec.structs.replace(
            probe, receipts=receipts, ended_at=now.wall if ended else 0, latency=passed if ended else None
        ),
    )


def probe_entry(probe: Probe, now: Now) -> Entry:
    """The journal's line about a probe that has ended."""
    body = {"probe": probe.id, "latency": probe.latency, "failed": probe.failed, "receipts": probe.receipts}
    return Entry("probe", now.wall, {**body, "by": probe.by})


def _end(judgement: Judgement, probe: Probe) -> None:
    judgement.probes.append(probe)
    judgement.journal.append(probe_entry(probe, judgement.now))


def _is_due(state: SiteState, now: Now) -> bool:
    last = state.last_probe
    if now.ms_since(state.started) < FIRST_MS:
        return False
    return last is None or now.ms_since(last.started) >= (AGAIN_MS if last.failed else EVERY_MS)


def _awaited(state: SiteState) -> tuple[str, ...]:
    proving = state.site.proving & state.supervised
    return tuple(name for name in state.site.channels if name in proving)


def _new(state: SiteState, by: str, now: Now) -> Probe:
    return Probe(id=state.next_probe, started_at=now.wall, started=now, by=by, awaited=_awaited(state))


def _alert(state: SiteState, probe: Probe) -> Alert:
    return probe_of(state.site, state.epoch, probe.id, probe.started)
