"""Each way to get hub.yaml wrong has one clear error with its line."""

from pathlib import Path

import pytest

from .files import SMALL, problems, small

SITE = """site:
  id: school-1
  name: School
  timezone: Asia/Almaty
  hours: {weekdays: [mon], open: "07:30", close: "19:00"}"""
TOP_LEVEL = {
    "an unknown key": (small(zoness="zoness: []"), "15: unknown key 'zoness' in hub.yaml"),
    "a missing section": (
        SMALL.replace("zones:", "zoness:", 1),
        "6: unknown key 'zoness' in hub.yaml. Did you mean 'z",
    ),
    "a list where keys belong": (small(mqtt="mqtt: [1]"), "15: mqtt: must be one value, not a list"),
    "a value where keys belong": (small(mqtt="mqtt: localhost"), "15: mqtt: must be a block of keys"),
    "keys where a list belongs": (small(devices="devices: {id: x}"), "8: devices: must be one value"),
    "a section without a value": (small(people="people:"), "15: people: has no value"),
}
SCHOOL = {
    "a bad slug": (SITE.replace("school-1", "School_1"), "2: id: 'School_1' is no id: a-z, 0-9 and -"),
    "a bad time zone": (
        SITE.replace("Almaty", "Almatty"),
        "unknown time zone 'Asia/Almatty'. Did you mean 'Asia/Almaty'?",
    ),
    "a city alone": (SITE.replace("Asia/Almaty", "almaty"), "Did you mean 'Asia/Almaty'?"),
    "a path as a zone": (SITE.replace("Asia/Almaty", "../../etc/passwd"), "4: timezone: unknown time zone"),
    "a folder as a zone": (SITE.replace("Asia/Almaty", "Asia"), "4: timezone: unknown time zone 'Asia'"),
    "an impossible hour": (SITE.replace("07:30", "25:30"), '5: open: must be a time of the day such as "07:30"'),
    "hours the wrong way round": (SITE.replace("07:30", "20:00"), "5: 'close' must be later on the same day"),
    "an unknown weekday": (SITE.replace("[mon]", "[mon, tues]"), "not 'tues'. Did you mean 'tue'?"),
    "no weekday": (SITE.replace("[mon]", "[]"), "must name at least one"),
    "an impossible date": (SITE.replace("open:", "holidays: [2026-02-30], open:"), "is a date that no calendar has"),
    "a date of another form": (SITE.replace("open:", "holidays: [16.12.2026], open:"), "must be a date such as"),
    "an unknown language": (
        SITE + "\n  language: kz",
        "6: language: must be one of kk, ru, en, not 'kz'. Did you mean 'kk'?",
    ),
    "a name in no language": (
        SITE.replace("name: School", "name: {}"),
        "3: name: must have a text in at least one of kk",
    ),
    "a missing key": (SITE.replace("  timezone: Asia/Almaty\n", ""), "2: 'timezone' is missing in site"),
}
DEVICES = {
    "an unknown zone": (
        "zone: hal, kind: door, dialect: json, topic: a",
        "2: zone: unknown zone 'hal'. Did you mean 'hall'?",
    ),
    "an unknown kind": (
        "zone: hall, kind: dor",
        "2: kind: must be one of panic, door, lighting, restroom, camera, not",
    ),
    "an unknown dialect": (
        "zone: hall, kind: door, dialect: zigbee2mqt",
        "not 'zigbee2mqt'. Did you mean 'zigbee2mqtt'?",
    ),
    "no dialect": ("zone: hall, kind: door, topic: a", "2: device 'x' has no 'dialect', and no serial port lists it"),
    "no topic": ("zone: hall, kind: door, dialect: shelly", "2: 'topic' is missing: a device that speaks shelly"),
    "a wildcard topic": ('zone: hall, kind: door, dialect: shelly, topic: "a/#"', "2: topic: must be an MQTT topic"),
    "a topic with NUL": ('zone: hall, kind: door, dialect: shelly, topic: "a\\0"', "2: topic: must be an MQTT topic"),
    "a topic too long": (
        f"zone: hall, kind: door, dialect: shelly, topic: {'ж' * 129}",
        "2: topic: must be an MQTT topic",
    ),
    "a plain topic of Home Assistant": (
        "zone: hall, kind: door, dialect: homeassistant, topic: zigbee2mqtt/door",
        "must be a configuration topic without /config",
    ),
    "a topic of Home Assistant with its end": (
        "zone: hall, kind: door, dialect: homeassistant, topic: homeassistant/sensor/door/config",
        "must be a configuration topic without /config",
    ),
    "no identifier of Home Assistant": (
        "zone: hall, kind: door, dialect: homeassistant, topic: 'device:'",
        "or device:<identifier>",
    ),
    "a space before an identifier": (
        "zone: hall, kind: door, dialect: homeassistant, topic: 'device: A4C138'",
        "or device:<identifier>",
    ),
    **{
        f"{dialect} by {topic}": (f"zone: hall, kind: door, dialect: {dialect}, topic: {topic}", f"topic: {expected}")
        for dialect, topic, expected in (
            ("esphome", "school/a/", "must not end with a /"),
            ("json", "zigbee2mqtt/door", "is Zigbee2MQTT's: its dialect is zigbee2mqtt"),
            ("json", "school//a", "must not end with a / or have two of them in a row"),
            ("esphome", "school/a/event", "must be the device's topic alone, without /event"),
            ("esphome", "school/a/sensor/x/state", "must be the device's topic alone, without /sensor/x/state"),
            ("zigbee2mqtt", "door-yard", "must be <base topic>/<friendly name>"),
            ("zigbee2mqtt", "zigbee2mqtt/bridge", "must be the device's topic alone, without /bridge"),
            ("zigbee2mqtt", "zigbee2mqtt/door/set", "must be the device's topic alone, without /set"),
            ("tasmota", "tele/light-hall", "must be the device's %topic% alone"),
            ("tasmota", "tele/light-hall/SENSOR", "must be the device's %topic% alone"),
            ("tasmota", "light-hall/stat", "must be the device's %topic% alone"),
            ("shelly", "shellyplus1-x/events/rpc", "must be the device's topic alone, without /events/rpc"),
            ("shelly", "shellyplus1-x/status/switch:0", "must be the device's topic alone, without /status/switch:0"),
        )
    },
    "a role on a lamp": ("zone: hall, kind: lighting, dialect: json, topic: a, role: exit", "it belongs to kind door"),
    "a norm on a door": ("zone: hall, kind: door, dialect: json, topic: a, min_lux: 5", "it belongs to kind lighting"),
    "an unknown role": ("zone: hall, kind: door, dialect: json, topic: a, role: exits", "Did you mean 'exit'?"),
    "a bare duration": ("zone: hall, kind: door, dialect: json, topic: a, silent_after: 90", "whole number and a unit"),
    "no duration": ("zone: hall, kind: door, dialect: json, topic: a, silent_after: 0s", "must be more than nothing"),
    "serial without a port": ("zone: hall, kind: door, dialect: serial", "speaks serial, but no port under 'serial'"),
    "a camera without url": ("zone: hall, kind: camera", "2: 'rtsp' is missing in devices (camera)"),
    "a camera over http": (
        "zone: hall, kind: camera, rtsp: 'http://a'",
        "2: rtsp: must be a URL of the form rtsp://host",
    ),
    "a url on a door": (
        "zone: hall, kind: door, dialect: json, topic: a, rtsp: 'rtsp://a'",
        "it belongs to kind camera",
    ),
    "another kind's signal": (
        "zone: hall, kind: door, dialect: json, topic: a, map: {z: lux}",
        "2: map 'z': a door device has no signal 'lux': it has battery",
    ),
    "a relay that is no button": (
        "zone: hall, kind: panic, dialect: tasmota, topic: a, map: {POWER: press}",
        "2: map 'POWER': no button of tasmota is called so: Button1 or Switch1 would be one",
    ),
    "an output that is no button": (
        "zone: hall, kind: restroom, dialect: shelly, topic: a, map: {'switch:0': {signal: help}}",
        "2: map 'switch:0': no button of shelly is called so",
    ),
    "a signal almost": (
        "zone: hall, kind: door, dialect: json, topic: a, map: {z: contakt}",
        "no signal 'contakt'. Did you mean 'contact'?",
    ),
    "a word that is no value": (
        "zone: hall, kind: door, dialect: json, topic: a, map: {z: {signal: contact, values: {ON: opened}}}",
        "'contact' can't be 'opened'",
    ),
    "a microphone in a restroom": (
        "zone: hall, kind: restroom, dialect: json, topic: a, map: {micLevel: co2}",
        "'micLevel' is refused on a restroom device: nothing that hears, sees or identifies a person",
    ),
    "noise as a restroom's signal": (
        "zone: hall, kind: restroom, dialect: json, topic: a, map: {level: {signal: noise}}",
        "'noise' is refused on a restroom device",
    ),
    "a picture in a restroom": (
        "zone: hall, kind: restroom, dialect: json, topic: a, rtsp: 'rtsp://a'",
        "unknown key 'rtsp' in devices (restroom): refused on a restroom device",
    ),
}


@pytest.mark.parametrize(("text", "expected"), TOP_LEVEL.values(), ids=TOP_LEVEL)
def test_a_wrong_section_is_told(tmp_path: Path, text: str, expected: str) -> None:
    assert any(expected in problem for problem in problems(tmp_path, text))


@pytest.mark.parametrize(("site", "expected"), SCHOOL.values(), ids=SCHOOL)
def test_a_wrong_site_is_told(tmp_path: Path, site: str, expected: str) -> None:
    found = problems(tmp_path, small(site=site))
    assert len(found) == 1
    assert expected in found[0]


@pytest.mark.parametrize(("device", "expected"), DEVICES.values(), ids=DEVICES)
def test_a_wrong_device_is_told(tmp_path: Path, device: str, expected: str) -> None:
    only = f"devices:\n  - {{id: x, {device}}}\n" + small(devices="").lstrip()
    found = problems(tmp_path, only)
    assert len(found) == 1
    assert expected in found[0]


DOUBLES = {
    "zone ids": (small(zones="zones:\n  - {id: hall, name: A}\n  - {id: hall, name: B}"), "8: id 'hall' is doubled"),
    "device ids": (SMALL.replace("door-main,", "panic-hall,"), "10: id 'panic-hall' is doubled: line 9 has it already"),
    "topics of a dialect": (
        SMALL.replace("zigbee2mqtt, topic: zigbee2mqtt/door-main", "esphome, topic: school/panic-hall"),
        "10: topic 'school/panic-hall' is doubled: line 9 has it already",
    ),
    "keys": (SMALL.replace("  name:", "  id: b\n  name:"), "3: key 'id' stands here a second time, first in line 2"),
    "priorities": (SMALL + "  - {priority: [high, critical], to: hq}\n", "15: priority 'critical' is doubled"),
    "steps of a route": (SMALL.replace("to: hq}", "to: hq, after: {60s: hq, 1m: hq}}"), "14: after: '1m' is doubled"),
    "channels of a step": (SMALL.replace("to: hq}", "to: [hq, hq]}"), "14: to: names one of them twice"),
    "devices on serial lines": (
        small(serial="serial:\n  - {port: a, devices: [door-main]}\n  - {port: b, devices: [door-main]}"),
        "17: device 'door-main' is doubled",
    ),
}


@pytest.mark.parametrize(("text", "expected"), DOUBLES.values(), ids=DOUBLES)
def test_a_double_is_told_with_the_first_one(tmp_path: Path, text: str, expected: str) -> None:
    assert any(expected in problem for problem in problems(tmp_path, text))


def test_the_hub_s_own_name_is_taken(tmp_path: Path) -> None:
    assert problems(tmp_path, SMALL.replace("door-main,", "hub,")) == [
        "10: id: 'hub' is the hub's own name: choose another"
    ]


def test_a_critical_alarm_needs_a_route(tmp_path: Path) -> None:
    text = SMALL.replace("priority: critical", "priority: high")
    assert problems(tmp_path, text) == ["14: routes: no route for priority critical: a panic would reach nobody"]


def test_an_unknown_channel_in_a_route_is_told(tmp_path: Path) -> None:
    text = SMALL.replace("to: hq}", "to: hg, after: {30s: [nobody]}}")
    assert problems(tmp_path, text) == [
        "14: to: unknown channel 'hg'. Did you mean 'hq'?",
        "14: unknown channel 'nobody'",
    ]


def test_a_device_at_a_serial_port_speaks_serial(tmp_path: Path) -> None:
    text = small(serial="serial:\n  - {port: /dev/ttyUSB0, devices: [door-main]}")
    assert problems(tmp_path, text) == ["10: device 'door-main' is listed at a serial port: its dialect is serial"]


def test_all_mistakes_are_told_at_once_in_the_order_of_their_lines(tmp_path: Path) -> None:
    text = (
        SMALL.replace("Almaty", "Nowhere")
        .replace("19:00", "07:00")
        .replace("id: hall, name: Hall", "id: hall, name: Hall, flor: 1")
        .replace("kind: panic", "kind: panik")
        .replace("zone: hall, dialect: zigbee2mqtt", "zone: hal, dialect: zigbee")
        .replace("https:", "http:")
        .replace("to: hq", "to: sms")
    )
    lines = [int(problem.partition(":")[0]) for problem in problems(tmp_path, text)]
    assert lines == [4, 5, 7, 9, 10, 10, 12, 14]


def test_a_wrong_name_is_not_told_again_by_all_who_refer_to_it(tmp_path: Path) -> None:
    text = SMALL.replace("id: hall", "id: Hall").replace("zone: hall", "zone: Hall")
    assert len(problems(tmp_path, text)) == 1


def test_a_device_of_an_unknown_kind_is_still_checked_for_what_all_devices_have(tmp_path: Path) -> None:
    text = SMALL.replace("kind: door, zone: hall", "kind: dor, zone: hal").replace("door-main,", "Door,")
    assert [problem.partition(":")[2].split(":")[0].strip() for problem in problems(tmp_path, text)] == [
        "kind",
        "id",
        "zone",
    ]


@pytest.mark.parametrize(
    ("more", "problem"),
    [
        ('{priority: medium, to: hq, quiet: {from: "22:00", to: "22:00"}}', "'to' must be another time than 'from'"),
        ('{priority: medium, to: hq, quiet: {from: "22:00"}}', "'to' is missing in routes.quiet"),
        ('{priority: medium, to: hq, quiet: {from: "26:00", to: "07:00"}}', "from: must be a time of the day"),
        ('{priority: high, to: hq, quiet: {from: "22:00", to: "07:00"}}', "'quiet' is for tasks: the route has no"),
        ("{priority: high, to: hq, headquarters: none}", "headquarters: must be one of important, all, not 'none'"),
    ],
)
def test_a_route_that_waits_wrongly_is_told(tmp_path: Path, more: str, problem: str) -> None:
    (told,) = problems(tmp_path, f"{SMALL}  - {more}\n")
    assert problem in told
