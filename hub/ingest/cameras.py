"""Looks whether the cameras are there, some of them in each thread, and tells the core."""

import logging
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Final

from hub.config.model import Login
from hub.domain.now import Now
from hub.domain.reports import Report
from hub.domain.site import Device
from hub.ingest.rtsp import SECONDS, Answer, ask

log = logging.getLogger(__name__)

EVERY: Final = 60_000
"""ms between two looks at a camera; a third of `silent_after` where that is less."""
SHORTEST: Final = 2_000
IN_ONE_THREAD: Final = 8
"""Cameras at most: if all of them hang, each is still looked at within the minute."""
_LONGEST_LOOK: Final = int(SECONDS * 1000)
LONGEST_PAUSE: Final = 1000
REFUSED_FOR: Final = 3_600_000
"""ms without user and password after they were refused: cameras lock out who tries a wrong password time and again."""


class Checker:
    """Asks its cameras in turn, one each step."""

    def __init__(
        self,
        cameras: Iterable[Device],
        post: Callable[[Report], None],
        logins: Mapping[str, Login],
        look: Callable[[str, Login | None], Answer] = ask,
    ) -> None:
        self._cameras = {camera.id: camera for camera in cameras}
        self._post, self._logins, self._look = post, logins, look
        self._due = dict.fromkeys(self._cameras, 0)
        self._refused: dict[str, tuple[int, Answer]] = {}
        self._known: dict[str, Answer] = {}

    def step(self, now: Now) -> int:
        """Looks at the camera that waits longest, if its time has come; ms until the next one's."""
        name = min(self._due, key=lambda camera: self._due[camera])
        wait = self._due[name] - now.mono
        if wait > 0:
            return min(wait, LONGEST_PAUSE)
        camera = self._cameras[name]
        self._due[name] = now.mono + max(SHORTEST, min(EVERY, camera.silent_after // 3))
        answer = self._answer(camera, now)
        if answer != self._known.get(name):
            log.log(logging.WARNING if answer.detail else logging.INFO, "camera %s: %s", name, answer.detail or "ok")
        self._known[name] = answer
        self._post(Report(name, (("reachable", answer.reachable),)))
        return 0

    def _answer(self, camera: Device, now: Now) -> Answer:
        """What the camera says, for an hour after a refusal without telling it who asks."""
        until, refusal = self._refused.get(camera.id, (0, Answer(True)))
        if now.mono < until:
            answer = self._look(camera.rtsp, None)
            return refusal if answer == Answer(True) else answer
        answer = self._look(camera.rtsp, self._logins.get(camera.id))
        if answer.refused:
            self._refused[camera.id] = now.mono + REFUSED_FOR, answer
        return answer

    def close(self) -> None:
        """Nothing is kept open."""


def checkers(
    devices: Iterable[Device], post: Callable[[Report], None], logins: Mapping[str, Login]
) -> Iterator[Checker]:
    """As many as the cameras need: each is looked at in its time, even where all others of its thread hang."""
    waiting = sorted((device for device in devices if device.rtsp), key=lambda device: device.silent_after)
    while waiting:
        share = max(1, min(IN_ONE_THREAD, waiting[0].silent_after // 3 // _LONGEST_LOOK))
        yield Checker(waiting[:share], post, logins)
        waiting = waiting[share:]
