"""The plans of the simulated school."""

import pytest

from hub.sim.floors import HEIGHT, WIDTH, drawing, floors, places, rooms
from hub.sim.inventory import FITTINGS, ZONES
from hub.web.plans import drawing as harmless


def test_every_zone_has_a_room_and_no_two_rooms_overlap() -> None:
    for floor in floors():
        there = rooms(floor)
        assert set(there) == {zone.id for zone in ZONES if zone.floor == floor}
        area = sum(room.width * room.height for room in there.values())
        boxes = list(there.values())
        for number, one in enumerate(boxes):
            for other in boxes[number + 1 :]:
                apart = one.left + one.width <= other.left + 1 or other.left + other.width <= one.left + 1
                assert apart or one.top + one.height <= other.top + 1 or other.top + other.height <= one.top + 1
        assert area <= WIDTH * HEIGHT


@pytest.mark.parametrize("language", ["kk", "ru", "en"])
def test_the_page_shows_the_drawings(language) -> None:
    for floor in floors():
        picture = harmless(drawing(floor, language).encode())
        assert picture is not None
        assert picture.width * HEIGHT == picture.height * WIDTH


def test_every_device_is_in_its_own_room() -> None:
    where = places(FITTINGS)
    assert set(where) == {one.id for one in FITTINGS}
    at = {zone: room for floor in floors() for zone, room in rooms(floor).items()}
    for one in FITTINGS:
        room, (x, y) = at[one.zone], where[one.id]
        assert room.left <= x * WIDTH / 1000 <= room.left + room.width
        assert room.top <= y * HEIGHT / 1000 <= room.top + room.height
    assert len({(one.zone, where[one.id]) for one in FITTINGS}) == len(FITTINGS)
