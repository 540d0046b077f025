import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from hub.adopt.insert import NoPlace, with_entry

ENTRY = {"id": "door-9", "kind": "door", "zone": "hall", "topic": "zigbee2mqtt/Дверь 9"}
WRITTEN = '{id: door-9, kind: door, zone: hall, topic: "zigbee2mqtt/Дверь 9"}'

FORMS = {
    "block": ("devices:\n  - {id: a}  # first\n  # last words\nroutes: []\n", "\n  - "),
    "blocks of keys": ("devices:\n  - id: a\n    map:\n      x: y   # why\n\n# more\nroutes: []\n", "\n  - "),
    "not indented": ("devices:\n- id: a\n- id: b\nroutes: []\n", "\n- "),
    "flow": ("devices: [{id: a}, {id: b}] # all\nroutes: []\n", ", "),
    "flow over lines": ("devices: [\n  {id: a},\n  {id: b}, # last\n]\n", " "),
    "empty": ("devices: []\n", ""),
    "nothing": ("devices:   # none yet\nroutes: []\n", "\n  - "),
    "the file's end": ("site: x\ndevices:\n  - {id: a}", "\n  - "),
    "mixed line ends": ("site: x\ndevices:\n  - {id: a}\nroutes: []\r\n# end", "\n  - "),
    "CRLF": ("devices:\r\n  - {id: a} # x\r\nroutes: []\r\n", "\r\n  - "),
    "secrets": ("mqtt: {password: !secret p}\ndevices:\n  - {id: a, pin: !secret b}\n", "\n  - "),
}


def ids(text):
    loader = yaml.SafeLoader
    devices = next(v for k, v in yaml.compose(text, Loader=loader).value if k.value == "devices")
    return [next(v.value for k, v in item.value if k.value == "id") for item in devices.value]


@pytest.mark.parametrize("form", FORMS)
def test_every_other_byte_stays(form):
    text, before = FORMS[form]
    after = with_entry(text, ENTRY)
    at = after.index(before + WRITTEN)
    rest = after[at + len(before + WRITTEN) :]
    assert after[:at] + rest in (text, text.replace("x", "x")) or after[:at] + rest[1:] == text
    assert ids(after)[-1] == "door-9"
    assert len(ids(after)) == text.count("id: ") + 1


@pytest.mark.parametrize("text", ["", "site: x\n", "devices: x\n", "devices: {a: b}\n", "[", "devices: ~\n"])
def test_where_there_is_no_place_it_says_so(text):
    with pytest.raises(NoPlace):
        with_entry(text, ENTRY)


comments = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Zl", "Zp"]), max_size=20).map(
    lambda text: "# " + text.replace("\ufeff", "") if text else ""
)


@given(
    st.lists(st.tuples(st.booleans(), comments, comments), min_size=1, max_size=5),
    st.sampled_from(["\n", "\r\n"]),
    st.booleans(),
    st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Zl", "Zp", "Cn", "Co"]), max_size=30),
)
def test_comments_survive_whatever_they_are(devices, newline, ends, topic):
    lines = ["# the school", "devices:"]
    for number, (is_flow, beside, below) in enumerate(devices):
        lines += [f"  - {{id: d{number}}} {beside}"] if is_flow else [f"  - id: d{number}", f"    zone: hall {beside}"]
        lines += [f"  {below}"] if below else []
    text = newline.join([*lines, "zones: []"]) + (newline if ends else "")
    after = with_entry(text, {"id": "new", "topic": topic.replace("\ufeff", "")})
    added = [line for line in after.split(newline) if line.startswith("  - {id: new, topic: ")]
    assert after.replace(newline + added[-1], "", 1) == text
    assert ids(after) == [f"d{number}" for number in range(len(devices))] + ["new"]
    [entry] = yaml.safe_load("\n".join(added))
    assert str(entry["topic"]) == topic.replace("\ufeff", "") or entry["topic"] == topic.replace("\ufeff", "")
