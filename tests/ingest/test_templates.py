"""Value templates of devices: what they may say, and what they can't do to the hub."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.ingest.templates import Template, TemplateRefused

SAID = {"temperature": 21.54, "state": "On", "contact": True, "nothing": None, "inner": {"list": [1, {"x": 5}]}}


@pytest.mark.parametrize(
    ("source", "result"),
    [
        ("{{ value_json.temperature }}", "21.54"),
        ("{{value_json['inner'].list[1]['x']}}", "5"),
        ("{{ value_json.contact }}", "True"),
        ("{{ value_json.nothing }}", "None"),
        ("{{ value_json.missing }}", None),
        ("{{ value_json.missing.deeper }}", None),
        ("{{ value | float / 10 }}", "68.0"),
        ("{{ value_json.state | float }}", None),
        ("{{ value_json.state | float(0) }}", "0"),
        ("{{ value_json.temperature | round(1) }}", "21.5"),
        ("{{ '%0.1f' | format(value_json.temperature) }}", "21.5"),
        ("{% if value_json.contact %}ON{% else %}OFF{% endif %}", "ON"),
        ("{{ 'ON' if value_json.temperature > 20 else 'OFF' }}", "ON"),
        ("{{ iif(value_json.contact, 'open', 'closed') }}", "open"),
        ("{{ value_json.get('missing', 'x') }}", "x"),
        ("{{ value_json.state.lower() }}", "on"),
        ("{{ value_json.missing | is_defined }}", None),
        ("{{ value_json.missing | default('none') }}", "none"),
        ("{% set t = value_json.temperature %}{{ (t * 2) | round(2) }}", "43.08"),
        ("{{ value[0:2] ~ '!' }}", "68!"),
        ("{{ value | replace('6', 'b') | bitwise_and(1) }}", None),
        ("{{ 'a' * 1000000000 }}", None),
        ("{{ 9999999999 * 9999999999 * 9999999999 }}", None),
    ],
)
def test_a_template_says(source: str, result: str | None) -> None:
    assert Template(source).text("680", value_json=SAID) == result


@pytest.mark.parametrize(
    "source",
    [
        "{{ 10 ** 10 ** 10 }}",
        "{% for i in range(100000) %}x{% endfor %}",
        "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}",
        "{% set x %}{{ value }}{% endset %}",
        "{% set a = value ~ value %}{% set a = a ~ a %}{{ a }}",
        "{% include 'x' %}",
        "{{ value.__class__.__mro__ }}",
        "{{ value | attr('__class__') }}",
        "{{ value.format(1) }}",
        "{{ value.join(value) }}",
        "{{ value | center(1000000000) }}",
        "{{ value_json | tojson | wordwrap }}",
        "{{ namespace(a=1) }}",
        "{{ lipsum(100) }}",
        "{{ states('sensor.x') }}",
        "{{ now() }}",
        "{{ " + "(" * 900 + "1" + ")" * 900 + " }}",
        "{{ value",
        "x" * 2049,
    ],
)
def test_a_template_is_refused(source: str) -> None:
    with pytest.raises(TemplateRefused):
        Template(source)


BOMBS = [
    "{% set a = value %}" + "{% set a = a + a %}" * 60 + "{{ a }}",
    "{% set a = 3 %}" + "{% set a = a * a %}" * 60 + "{{ a }}",
    "{{ value" + " | replace('a', value)" * 80 + " }}",
    "{{ value ~ " + " ~ ".join(["value"] * 200) + " }}",
    "{{ value" + " | upper | lower" * 40 + " }}",
    "{{ '%99f%99f' | format(1, 2) }}" * 60,
    "{{ value.split('a') | length }}" * 60,
]


@pytest.mark.parametrize("source", BOMBS)
def test_no_template_takes_long(source: str) -> None:
    template = Template(source)
    began = time.process_time()
    made = template.text("a" * 8192, value_json={})
    assert time.process_time() - began < 0.25
    assert made is None or len(made) <= 16_384


WORDS = st.sampled_from(
    ["{{", "}}", "{%", "%}", "value", "value_json", ".", "[", "]", "(", ")", "|", "float", "int", "if", "else", "endif",
     "set", "=", "'a'", "1", "+", "*", "~", "%", "is", "defined", "in", "replace", "format", "get", "\n", "-", "first"]
)  # fmt: skip


@given(st.lists(WORDS, max_size=20).map(" ".join), st.text(max_size=20))
def test_any_text_is_a_template_or_refused(source: str, value: str) -> None:
    try:
        template = Template(source)
    except TemplateRefused:
        return
    made = template.text(value, value_json={"a": value})
    assert made is None or isinstance(made, str)
