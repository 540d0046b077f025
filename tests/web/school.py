"""A school for the tests of the page: a real store, filled by the domain's decisions, and an application on it.

The clock is the school's own: `after` moves it. `core_answers` carries out orders as the core does.
"""

import contextlib
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec
import pyotp
from argon2 import PasswordHasher
from flask import Flask
from flask.testing import FlaskClient

from hub.config.model import AppriseChannel, Config, Influx, Mqtt, Person, Secret, SmsChannel, Web, WebhookChannel
from hub.config.model import Store as StoreSettings
from hub.domain.decision import Decision
from hub.domain.events import Attempted, Event, LineChecked, Tick
from hub.store.beat import Beat, Heart
from hub.store.inbox import Inbox
from hub.store.store import Store
from hub.web.app import create_app
from hub.web.live import Live
from tests.domain import build

PIN, INSPECTORS_PIN = "4711", "8080"
_HASHER = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
PASSWORDS = {"inspector": "three words of his", "admin": "three words of hers"}
TOTP_KEY = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
PEOPLE = (
    Person("Айгүл", "caretaker", Secret(_HASHER.hash(PIN))),
    Person("Болат", "inspector", Secret(_HASHER.hash(INSPECTORS_PIN)), Secret(_HASHER.hash(PASSWORDS["inspector"]))),
    Person("Дана", "admin", None, Secret(_HASHER.hash(PASSWORDS["admin"])), Secret(TOTP_KEY)),
)
CHANNELS = (
    WebhookChannel(name="hq", url="https://hq.example/alerts", secret=Secret("whsec_eA==")),
    SmsChannel(name="phone", port="/dev/modem", to=("+77010000000",)),
    AppriseChannel(name="caretaker", url=Secret("json://localhost")),
)


class School:
    """A hub without processes. `start` opens its store and lets its heart beat."""

    def __init__(self, folder: Path, **changes: object) -> None:
        self.core = build.School()
        if changes:
            self.core.state.site = msgspec.structs.replace(self.core.state.site, **changes)
        self.config = Config(
            path=folder / "hub.yaml",
            site=self.core.state.site,
            mqtt=Mqtt(),
            store=StoreSettings(path=folder / "hub.db"),
            web=Web(),
            influx=(Influx(name="local", api="v1", url="http://127.0.0.1:8086", database="school"),),
            channels=CHANNELS,
            people=PEOPLE,
        )
        self.store = Store(self.config.store.path)
        self._turn = threading.Lock()
        self.heart = Heart(self.config.store.path)
        self.beat = Beat(pid=1, started_at=self.now, at=self.now, broker="connected", clock="trusted")
        self.live = Live(self.config, lambda: self.now)
        self._running = False

    @property
    def now(self) -> int:
        """UTC in ms."""
        return self.core.now.wall

    def start(self) -> "School":
        self.store.open()
        self.core.state.epoch = self.store.connection.execute("SELECT value FROM meta WHERE key='epoch'").fetchone()[0]
        self.heart.start()
        self._running = True
        self.beats()
        return self

    def beats(self, **changes: object) -> None:
        """One beat of the core, as it is now or with `changes`."""
        self.beat = msgspec.structs.replace(self.beat, at=self.now, **changes)
        if self._running:
            self.heart.beat(self.beat)

    def dies(self) -> None:
        """The core ends; its last beat stays."""
        if self._running:
            self.heart.stop()
            self._running = False

    def end(self) -> None:
        self.dies()
        self.live.end()
        with contextlib.suppress(AttributeError):
            self.store.close()

    def after(self, seconds: float) -> "School":
        """Time passes; the core goes on beating, if it lives."""
        self.core.after(seconds)
        self.beats()
        return self

    def happens(self, event: Event) -> Decision:
        """Decided and committed."""
        return self.decided(lambda: self.core.happens(event))

    def decided(self, decide: Callable[[], Decision]) -> Decision:
        """One after the other, as the core does: orders of the page come from a thread of their own."""
        with self._turn:
            decision = decide()
            self.store.commit([decision])
        return decision

    def happens_tick(self) -> None:
        """A second has passed for the core."""
        self.happens(Tick())

    def says(self, device: str, **signals: object) -> Decision:
        return self.decided(lambda: self.core.says(device, **signals))

    def presses(self, device: str = "panic-hall", seq: int = 1, event: str = "press") -> int:
        """A press; returns the number of its alarm."""
        decision = self.decided(lambda: self.core.presses(device, seq=seq, event=event))
        return decision.alarms[0].id if decision.alarms else 0

    def line_is(self, up: bool, channel: str = "hq") -> None:
        """A heartbeat of the channel came back, or did not."""
        self.happens(LineChecked(channel, "delivered" if up else "timeout", "", self.now, up))

    def attempts(self, channel: str, event_id: str, outcome: str = "delivered", attempts: int = 1) -> None:
        """The channel tried to send: proven, or kept for later."""
        done = outcome == "delivered"
        self.happens(
            Attempted(channel, event_id, outcome, "", attempts, self.now, "delivered" if done else "",
                      0 if done else self.now + 5000, done)
        )  # fmt: skip

    def is_well(self) -> "School":
        """Every device has spoken and headquarters has answered."""
        self.says("panic-hall", loop="normal")
        self.says("panic-zb", battery=97)
        self.says("door", contact="closed", battery=80)
        self.says("light", lux=320.5, relay="off")
        self.says("wc", occupancy=False, leak=False, temperature=21.4)
        self.says("cam", reachable=True)
        self.line_is(True)
        return self

    @contextlib.contextmanager
    def core_answers(self) -> Iterator[None]:
        """While the block runs, orders of the page are carried out."""
        stop = threading.Event()
        inbox = Inbox(self.config.store.path)
        inbox.open()

        def answer() -> None:
            while not stop.wait(0.01):
                for order in inbox.waiting():
                    inbox.answer(order.id, self.happens(order.command).answer)

        thread = threading.Thread(target=answer)
        thread.start()
        try:
            yield
        finally:
            stop.set()
            thread.join()
            inbox.close()

    def app(self, config: Config | None = None) -> Flask:
        """A page that knows of no attempts before it: two of them take the same code of an authenticator."""
        self.config.store.path.with_name("hub-page-tries.json").unlink(missing_ok=True)
        app = create_app(config or self.config, self.live)
        app.config["TESTING"] = True
        app.config["WTF_CSRF_ENABLED"] = False
        return app

    def client(self, config: Config | None = None) -> "_Reader":
        """A reader of the page; what was committed before each of its calls is shown."""
        return _Reader(self.app(config), self.live)


class _Reader(FlaskClient):
    def __init__(self, app: Flask, live: Live) -> None:
        super().__init__(app, app.response_class, use_cookies=True)
        self._live = live

    def open(self, *arguments, **options):  # type: ignore[no-untyped-def]
        self._live.look(at_once=True)
        return super().open(*arguments, **options)

    def signs_in(self, role: str) -> "_Reader":
        """As the person of PEOPLE with this role; an outsider for ""."""
        if role:
            person = next(person for person in PEOPLE if person.role == role)
            code = pyotp.TOTP(TOTP_KEY).now() if person.totp else ""
            form = {"name": person.name, "secret": PASSWORDS.get(role, PIN), "code": code}
            assert self.post("/login", data=form).status_code == 303
        return self

    def page(self, address: str, language: str = "en") -> str:
        """The page's text; it has to be there."""
        joined = "&" if "?" in address else "?"
        answer = self.get(f"{address}{joined}lang={language}")
        assert answer.status_code == 200, answer.status_code
        return answer.get_data(as_text=True)
