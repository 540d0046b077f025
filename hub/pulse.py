"""Once a second: says beside the store how the core is, and feeds systemd's watchdog if it is well."""

import os

from hub.domain.alarms import Alarm
from hub.domain.now import Now
from hub.domain.state import SiteState
from hub.forward.runner import Runner
from hub.ops.notify import notify
from hub.pipeline import Pipeline
from hub.store.beat import CALLS_AT_MOST, Beat, Heart


class Pulse:
    """The watchdog is fed only while every worker's thread lives: systemd then restarts a crippled hub."""

    def __init__(self, heart: Heart, pipeline: Pipeline, runners: list[Runner], started: Now) -> None:
        self._heart, self._pipeline, self._runners, self._started = heart, pipeline, runners, started

    def beat(self, now: Now) -> None:
        """One beat."""
        pipeline, keeper = self._pipeline, self._pipeline.keeper
        dead = [runner.name for runner in self._runners if not runner.alive]
        self._heart.beat(
            Beat(
                pid=os.getpid(),
                started_at=self._started.wall,
                at=now.wall,
                broker="connected" if pipeline.lanes.connected else "down",
                store="failing" if keeper.failing else "ok",
                clock="trusted" if now.trusted else "untrusted",
                unsaved=len(keeper.batch.decisions) if keeper.failing else 0,
                lost=keeper.lost + keeper.batch.lost,
                unrecorded=keeper.thinning.total,
                excess=pipeline.gate.dropped,
                calls=_calls(pipeline.state) if keeper.failing else (),
                detail=(keeper.failing or pipeline.lanes.problem or ", ".join(dead))[:200],
            )
        )
        if not dead:
            notify("WATCHDOG=1")


def _calls(state: SiteState) -> tuple[Alarm, ...]:
    """Open panic and help, the newest first."""
    calls = [alarm for alarm in state.open_alarms() if alarm.latching]
    return tuple(sorted(calls, key=lambda alarm: -alarm.id)[:CALLS_AT_MOST])
