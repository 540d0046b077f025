"""Alerts to people through any messenger that Apprise knows: accepted by a service, never proven.

Apprise is loaded with the first message, since it costs 16 MB. It has no time limit of its own that covers everything,
so it runs in a thread that may be left behind; and it writes addresses, which hold tokens, into its log, so its log is
read here for the answer's status and goes no further.
"""

import logging
import queue
import re
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import Final

from hub.config.model import AppriseChannel
from hub.domain.alerts import Alert, text_of
from hub.forward.channel import DEADLINE_SECONDS, Outcome, Receipt, SendError
from hub.forward.letter import LANGUAGES, one_line, subject

_STATUS: Final = re.compile(r"error[ =:]+([1-5][0-9]{2})\b")
_NOTHING_SAID: Final = "the service did not take it"
Answers = queue.SimpleQueue[Receipt | SendError]


class Apprise:
    """One address of one service."""

    supervised = False

    def __init__(self, settings: AppriseChannel) -> None:
        self.name = settings.name
        self.deadline = DEADLINE_SECONDS
        self._url = settings.url
        self._thread: threading.Thread | None = None

    def send(self, alert: Alert, attempt: int) -> Receipt:
        """A message that is still under way from before is waited for first: two of them would come in any order."""
        until = time.monotonic() + self.deadline
        if self._thread is not None:
            self._thread.join(self.deadline)
            if self._thread.is_alive():
                raise SendError(Outcome.TIMEOUT, "the service still has not answered the message before")
        answers: Answers = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._answer, args=(alert, answers), name=self.name, daemon=True)
        self._thread.start()
        try:
            answer = answers.get(timeout=max(0.0, until - time.monotonic()))
        except queue.Empty:
            raise SendError(Outcome.TIMEOUT, "the service has not answered") from None
        if isinstance(answer, SendError):
            raise answer
        return answer

    def close(self) -> None:
        """Nothing is kept open."""

    def _answer(self, alert: Alert, answers: Answers) -> None:
        try:
            answers.put(self._notified(alert))
        except SendError as error:
            answers.put(error)
        except Exception as error:  # noqa: BLE001 - 171 services may raise whatever they like, with addresses in it
            answers.put(SendError(Outcome.FAULT, f"Apprise failed: {type(error).__name__}"))

    def _notified(self, alert: Alert) -> Receipt:
        apprise = _loaded()
        with _LOG.listening() as said:
            # A new one for each message: it would make the next wait for seconds, to be gentle to services.
            service = apprise.Apprise.instantiate(
                self._url.reveal(), asset=apprise.AppriseAsset(storage_mode="memory"), suppress_exceptions=True
            )
            if service is None:
                raise SendError(Outcome.CLIENT_ERROR, "Apprise does not know this kind of URL")
            taken = service.notify(
                title=subject(alert),
                body=body(alert),
                notify_type=_urgency(alert),
                body_format=apprise.NotifyFormat.TEXT,
            )
        if not taken:
            raise _failure(" ".join(said))
        return Receipt(proven=False)


def body(alert: Alert) -> str:
    """The sentence in both languages; the event id below it lets people tell a repeat from a new alarm."""
    return "\n".join([*(one_line(text_of(alert, language)) for language in LANGUAGES), one_line(alert.event_id)])


def _urgency(alert: Alert) -> str:
    """Apprise's own words; services show them as colours and symbols."""
    if alert.status != "actual":
        return "info"
    if alert.type == "alarm.cleared":
        return "success"
    return "failure" if alert.priority == "critical" and not alert.acknowledged_by else "warning"


def _loaded() -> ModuleType:
    try:
        import apprise
    except ImportError:
        said = "Apprise is not installed: pip install 'school-safety-hub[messengers]'"
        raise SendError(Outcome.FAULT, said) from None
    logger = logging.getLogger("apprise")
    logger.setLevel(logging.WARNING)
    logger.addFilter(_LOG)  # once: a logger keeps no filter twice
    logging.getLogger("urllib3").setLevel(logging.INFO)  # below that it writes paths, and a path may be a token
    loaded: ModuleType = apprise
    return loaded


class _Log(logging.Filter):
    """Keeps what Apprise says in a thread that listens, which is all that it tells about a failure, and lets nothing
    through."""

    def __init__(self) -> None:
        super().__init__()
        self._said: dict[int, list[str]] = {}

    @contextmanager
    def listening(self) -> Iterator[list[str]]:
        thread = threading.get_ident()
        said = self._said[thread] = []
        try:
            yield said
        finally:
            del self._said[thread]

    def filter(self, record: logging.LogRecord) -> bool:
        if (said := self._said.get(threading.get_ident())) is not None:
            said.append(record.getMessage())
        return False


_LOG: Final = _Log()


def _failure(said: str) -> SendError:
    """The outcome by the service's HTTP status, where there is one. Nothing else of the log is passed on."""
    if (found := _STATUS.search(said)) is not None:
        return _by_status(int(found[1]))
    if "onnection error" in said:
        return SendError(Outcome.UNREACHABLE, "no connection to the service, or it broke")
    return SendError(Outcome.SERVER_ERROR, _NOTHING_SAID)


def _by_status(status: int) -> SendError:
    outcome = Outcome.SERVER_ERROR if status >= 500 else Outcome.CLIENT_ERROR
    if status in (408, 425, 429, 503):
        outcome = Outcome.BUSY
    return SendError(outcome, f"{_NOTHING_SAID}: HTTP {status}")
