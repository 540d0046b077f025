"""Whatever happens in whatever order: no press is lost, nothing but a person ends a panic, memory equals the store.

A machine of hypothesis plays presses, readings, orders, lost links, restarts and wrong clocks against `decide`, `apply`
and a real SQLite store.
"""

import tempfile
from collections import Counter
from pathlib import Path

import msgspec
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from hub.domain.alarms import Alarm, AlarmState
from hub.domain.commands import Acknowledge, EndMaintenance, Maintain, Reset, Shelve, Unshelve
from hub.domain.decide import decide
from hub.domain.decision import apply
from hub.domain.events import Attempted, Event, Flooded, Started, Tick
from hub.domain.now import Now
from hub.domain.reports import Linked, Press, Report
from hub.store.memory import load_state
from hub.store.store import Store
from tests.domain.build import TUESDAY_10, site

LATCHED = {"panic", "help"}
BUTTONS = {"panic-hall": "press", "panic-zb": "press", "wc": "help"}
SAID = [
    ("wc", "leak", True), ("wc", "leak", False), ("wc", "smoke", True), ("wc", "smoke", False),
    ("door", "contact", "open"), ("door", "contact", "closed"), ("door", "tamper", True), ("door", "tamper", False),
    ("light", "lux", 5.0), ("light", "lux", 500.0), ("panic-hall", "tamper", True), ("panic-hall", "tamper", False),
]  # fmt: skip
TARGETS = ["device:wc", "device:panic-hall", "zone:hall", "zone:wc", "device:nobody"]
LINKS = [("broker", ""), ("bridge", "zigbee2mqtt"), ("port", "/dev/ttyUSB0")]
SECONDS = st.sampled_from([0, 1, 2, 6, 20, 61, 130, 700, 4000, 50_000])
JUMPS = st.sampled_from([3600, -3600, 50 * 365 * 86_400, -50 * 365 * 86_400, 1])
NUMBERS = st.integers(min_value=0, max_value=12)  # alarms' ids, also of those that never were
CLOCK_FIELDS = {"raised_mono", "held_mono", "notified_mono", "asked_mono", "shelved_until_mono", "acknowledged_mono"}


def lasting(alarm: Alarm) -> dict[str, object]:
    """What of an alarm outlives a restart: all but the moments on the steady clock."""
    return {key: value for key, value in msgspec.to_builtins(alarm).items() if key not in CLOCK_FIELDS}


class Life(RuleBasedStateMachine):
    """A school with one device of each kind; its store is a file."""

    @initialize()
    def start(self) -> None:
        self.folder = tempfile.TemporaryDirectory()
        self.store = Store(Path(self.folder.name) / "hub.db")
        self.store.open()
        self.site = site(silent_after=90_000)
        self.now = Now(TUESDAY_10, 5_000_000)
        self.state = load_state(self.store.connection, self.site, self.now)
        self.sequence = 0
        self.packets = 0
        self.pressed: list[tuple[str, str]] = []
        self.joined: Counter[int] = Counter()
        self.unnumbered: list[tuple[str, str]] = []
        self.numbered: list[tuple[str, int]] = []
        self.ids: set[int] = set()
        self.sent: list[str] = []
        self.ended: dict[int, str] = {}
        self.happens(Started())

    def teardown(self) -> None:
        if hasattr(self, "store"):
            self.store.close()
            self.folder.cleanup()

    def happens(self, event: Event):
        before = {alarm.id: alarm for alarm in self.state.open_alarms()}
        decision = decide(self.state, event, self.now)
        apply(self.state, decision)
        self.store.commit([decision])
        entered = {entry.body["alarm"]["id"] for entry in decision.journal if entry.kind == "alarm"}
        assert {alarm.id for alarm in decision.alarms} <= entered, "an alarm changed without a journal entry"
        for alarm in decision.alarms:
            assert alarm.id in self.ids or alarm.id > max(self.ids, default=0), "an id was used twice"
            self.ids.add(alarm.id)
            if alarm.type in LATCHED:
                assert alarm.state is not AlarmState.SHELVED
                if not alarm.open and alarm.id in before:
                    assert isinstance(event, Reset), f"{event} ended a {alarm.type}"
        sent = [dispatch.alert.event_id for dispatch in decision.dispatches]
        assert len({(d.channel, d.alert.event_id) for d in decision.dispatches}) == len(sent)
        self.sent += [d.alert.event_id for d in decision.dispatches if d.channel == "hq"]
        return decision

    @rule(device=st.sampled_from(sorted(BUTTONS)))
    def press_with_a_number(self, device: str) -> None:
        self.sequence += 1
        self.numbered.append((device, self.sequence))
        self._is_taken(device, self.happens(Report(device, presses=(Press(BUTTONS[device], 7, self.sequence),))))
        assert (device, 7, self.sequence) in self.state.presses

    @rule(data=st.data())
    def repeat_a_number(self, data: st.DataObject) -> None:
        if self.numbered:
            device, number = data.draw(st.sampled_from(self.numbered))
            again = Report(device, presses=(Press(BUTTONS[device], 7, number),), redelivered=data.draw(st.booleans()))
            decision = self.happens(again)
            assert not decision.presses
            assert decision.receipts

    @rule(device=st.sampled_from(sorted(BUTTONS)), redelivered=st.booleans())
    def press_without_a_number(self, device: str, redelivered: bool) -> None:
        """The first message of a press may come as a redelivered one: its first delivery was lost."""
        self.packets += 1
        name = f"{self.packets}-ab"
        self.unnumbered.append((device, name))
        press = Report(device, presses=(Press(BUTTONS[device]),), delivery=name, redelivered=redelivered)
        self._is_taken(device, self.happens(press))

    @rule()
    def redeliver_the_last(self) -> None:
        if self.unnumbered:
            device, name = self.unnumbered[-1]
            known = any(kept == name for kept, at in self.state.device(device).deliveries
                        if self.now.ms_since(at) < 600_000)  # fmt: skip
            again = Report(device, presses=(Press(BUTTONS[device]),), delivery=name, redelivered=True)
            if known:
                assert not self.happens(again).presses

    def _is_taken(self, device: str, decision) -> None:
        code = "help" if BUTTONS[device] == "help" else "panic"
        alarm = self.state.device(device).open.get(code)
        assert alarm is not None, "a press was lost"
        assert alarm.state is AlarmState.UNACKNOWLEDGED
        self.joined[alarm.id] += 1
        assert alarm.count == self.joined[alarm.id], "a press was not counted once"
        assert [record.alarm for record in decision.presses] == [alarm.id]

    @rule(said=st.sampled_from(SAID), retained=st.booleans())
    def say(self, said: tuple[str, str, object], retained: bool) -> None:
        device, signal, value = said
        decision = self.happens(Report(device, ((signal, value),), retained=retained))
        assert not decision.presses

    @rule(device=st.sampled_from(sorted(BUTTONS)))
    def retained_press(self, device: str) -> None:
        decision = self.happens(Report(device, presses=(Press(BUTTONS[device]),), retained=True))
        assert not decision.presses

    @rule(seconds=SECONDS)
    def time_passes(self, seconds: int) -> None:
        self.now = Now(self.now.wall + seconds * 1000, self.now.mono + seconds * 1000, self.now.trusted)
        self.happens(Tick())

    @rule(jump=JUMPS, trusted=st.booleans())
    def clock_steps(self, jump: int, trusted: bool) -> None:
        self.now = Now(max(1, self.now.wall + jump * 1000), self.now.mono + 500, trusted)
        known = {alarm.id for alarm in self.state.open_alarms()}
        decision = self.happens(Tick())
        fresh = [alarm.type for alarm in decision.alarms if alarm.id not in known]
        assert "silent" not in fresh, "a step of the clock made somebody silent"

    @rule(number=NUMBERS)
    def acknowledge(self, number: int) -> None:
        self.happens(Acknowledge(number, "A", "page"))

    @rule(number=NUMBERS, verdict=st.sampled_from(["real", "false", "drill"]))
    def reset(self, number: int, verdict: str) -> None:
        alarm = self.state.find_alarm(number)
        decision = self.happens(Reset(number, "A", verdict, "why"))  # type: ignore[arg-type]
        if alarm is not None and alarm.type in LATCHED:
            assert decision.answer == "reset"
            assert (decision.alarms[0].reset_as, decision.alarms[0].reset_reason) == (verdict, "why")

    @rule(number=NUMBERS, seconds=SECONDS, reason=st.sampled_from(["repair", " "]))
    def shelve(self, number: int, seconds: int, reason: str) -> None:
        self.happens(Shelve(number, self.now.wall + seconds * 1000, "A", reason))

    @rule(number=NUMBERS)
    def unshelve(self, number: int) -> None:
        self.happens(Unshelve(number, "A"))

    @rule(where=st.sampled_from(TARGETS), seconds=SECONDS)
    def maintain(self, where: str, seconds: int) -> None:
        self.happens(Maintain(where, self.now.wall + seconds * 1000, "A", "repair"))

    @rule(where=st.sampled_from(TARGETS))
    def end_maintenance(self, where: str) -> None:
        self.happens(EndMaintenance(where, "A"))

    @rule(link=st.sampled_from(LINKS), up=st.booleans())
    def link(self, link: tuple[str, str], up: bool) -> None:
        kind, name = link
        devices = {"broker": tuple(self.site.devices), "bridge": ("panic-zb", "door"), "port": ("wc",)}[kind]
        self.happens(Linked(kind, name, up, devices))  # type: ignore[arg-type]

    @rule(device=st.sampled_from(["door", "panic-hall", "hub"]), rate=st.sampled_from([0.0, 400.0]))
    def flood(self, device: str, rate: float) -> None:
        self.happens(Flooded(device, rate))

    @rule(data=st.data())
    def headquarters_has_it(self, data: st.DataObject) -> None:
        if self.sent:
            event_id = data.draw(st.sampled_from(self.sent))
            wall = self.now.wall
            self.happens(Attempted("hq", event_id, "delivered", "", 1, wall, "delivered", 0, True))

    @rule(away=SECONDS, steps_back=st.booleans())
    def restart(self, away: int, steps_back: bool) -> None:
        """A crash: nothing is known but what was committed; the steady clock begins anew."""
        wall = self.now.wall - 1000 if steps_back else self.now.wall + away * 1000
        self.store.close()
        self.store.open()
        known = self.state
        last_beat, self.now = self.now.wall, Now(max(1, wall), 20_000, not steps_back)
        self.state = load_state(self.store.connection, self.site, self.now, last_beat)
        self._is_the_same(known)
        assert not self.happens(Started()).dispatches

    def _is_the_same(self, known) -> None:
        loaded = self.state
        assert [lasting(a) for a in loaded.open_alarms()] == [lasting(a) for a in known.open_alarms()]
        assert loaded.presses == known.presses
        assert loaded.next_alarm == known.next_alarm
        assert {t: (w.until, w.by, w.reason) for t, w in loaded.maintenance.items()} == {
            t: (w.until, w.by, w.reason) for t, w in known.maintenance.items()
        }
        for device in self.site.devices:
            values = {name: signal.value for name, signal in known.device(device).signals.items()}
            assert {name: signal.value for name, signal in loaded.device(device).signals.items()} == values
        assert {n: (k.up, k.devices) for n, k in loaded.links.items()} == {
            n: (k.up, k.devices) for n, k in known.links.items() if k.kind == "bridge"
        }
        assert {n: lasting(a) for n, a in loaded.ended.items()} == {n: lasting(a) for n, a in known.ended.items()}

    @invariant()
    def memory_is_what_the_store_has(self) -> None:
        if not hasattr(self, "store"):
            return
        rows = self.store.connection.execute("SELECT device, type, body FROM alarms WHERE open = 1 ORDER BY id DESC")
        stored = [(device, type_, msgspec.json.decode(body, type=Alarm)) for device, type_, body in rows]
        assert [lasting(alarm) for _, _, alarm in stored] == [lasting(a) for a in self.state.open_alarms()]
        places = Counter((device, type_) for device, type_, _ in stored)
        assert all(count == 1 for count in places.values()), "two open alarms of one device and type"

    @invariant()
    def every_press_is_in_the_store(self) -> None:
        if hasattr(self, "store"):
            taken = dict(self.store.connection.execute("SELECT alarm, count(*) FROM presses GROUP BY alarm"))
            assert taken == dict(self.joined)


TestLife = Life.TestCase
TestLife.settings = settings(
    max_examples=60, stateful_step_count=40, deadline=None, suppress_health_check=list(HealthCheck)
)
