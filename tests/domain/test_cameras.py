"""A camera that doesn't answer is one task, after its time; an answer ends it."""

import msgspec

from hub.domain.events import Tick
from tests.domain.build import School

MINUTE = 60


def school() -> School:
    made = School()
    devices = dict(made.state.site.devices)
    devices["cam"] = msgspec.structs.replace(devices["cam"], silent_after=5 * MINUTE * 1000)
    made.state.site = msgspec.structs.replace(made.state.site, devices=devices)
    return made


def looks(made: School, minutes: int, *, reachable: bool) -> list[str]:
    for _ in range(minutes):
        made.says("cam", reachable=reachable)
        made.after(MINUTE).happens(Tick())
    return made.open()


def test_a_camera_that_answers_is_no_task():
    assert looks(school(), 20, reachable=True) == []


def test_a_camera_that_stops_answering_is_a_task_after_its_time_and_never_silent():
    made = school()
    looks(made, 2, reachable=True)
    assert looks(made, 3, reachable=False) == []
    assert looks(made, 3, reachable=False) == ["camera_down"]
    (alarm,) = made.state.open_alarms()
    assert alarm.priority == "medium"
    assert looks(made, 1, reachable=True) == []


def test_a_camera_that_never_answered_is_a_task_too():
    assert looks(school(), 7, reachable=False) == ["camera_down"]
