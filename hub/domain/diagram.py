"""docs/alarm-states.md, made from the transition table: `python -m hub.domain.diagram > docs/alarm-states.md`."""

from collections.abc import Iterator

from hub.domain.alarms import LATCHED_ONLY, NEVER_LATCHED, TRANSITIONS, AlarmState, Trigger
from hub.domain.catalogue import ALARM_TYPES

_HEAD = """\
# The life of an alarm

Made from the table in `hub/domain/alarms.py`; what is not drawn raises `IllegalTransition` and changes nothing.
Write it anew with `python -m hub.domain.diagram > docs/alarm-states.md`.

"""


def page() -> str:
    """The whole document, in Markdown with a Mermaid diagram."""
    latching = " and ".join(sorted(f"`{code}`" for code, type_ in ALARM_TYPES.items() if type_.latching))
    return "".join(
        (
            _HEAD,
            "```mermaid\nstateDiagram-v2\n",
            "".join(f"  {line}\n" for line in _diagram()),
            "```\n\n",
            f"✕ marks what {latching} refuse: only a person ends them. ● marks what only they know.\n\n",
            "| state | trigger | next state | which alarms |\n|---|---|---|---|\n",
            "".join(_rows()),
        )
    )


def _diagram() -> Iterator[str]:
    yield f"[*] --> {AlarmState.NORMAL}"
    for (before, trigger), after in TRANSITIONS.items():
        yield f"{before} --> {after}: {trigger}{_mark(trigger)}"


def _rows() -> Iterator[str]:
    for (before, trigger), after in TRANSITIONS.items():
        which = {" ✕": "all but the latched ones", " ●": "the latched ones"}.get(_mark(trigger), "all")
        yield f"| {before} | {trigger} | {after} | {which} |\n"


def _mark(trigger: Trigger) -> str:
    return " ✕" if trigger in NEVER_LATCHED else " ●" if trigger in LATCHED_ONLY else ""


if __name__ == "__main__":
    print(page(), end="")
