"""Alerts by e-mail (SMTP), to people: accepted by a mail server, never proven.

With several recipients the mail server may take the letter for some of them and refuse it for others. Those that have
it don't get it again while the others are tried once more.
"""

import smtplib
import socket
import ssl
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import BinaryIO, Final

from hub.config.model import EmailChannel
from hub.domain.alerts import Alert
from hub.forward.channel import DEADLINE_SECONDS, Outcome, Receipt, SendError
from hub.forward.dial import dial
from hub.forward.exchange import Brake, reason
from hub.forward.letter import letter

Reply = tuple[int, bytes]

_REMEMBERED: Final = 100
"""Letters that some of their recipients have."""
_SAID_LIMIT: Final = 100


class Email:
    """One mail server and its recipients. Every letter has a connection of its own."""

    supervised = False

    def __init__(self, settings: EmailChannel) -> None:
        self.name = settings.name
        self.deadline = DEADLINE_SECONDS
        self._settings = settings
        self._brake = Brake()
        self._have_it: OrderedDict[str, frozenset[str]] = OrderedDict()

    def send(self, alert: Alert, attempt: int) -> Receipt:
        """Permanent is a refusal of the letter or of all its recipients (5xx); whatever is wrong with the login, the
        sender or the server itself may be mended, and the letter waits."""
        with self._brake.within(self.deadline), self._told():
            smtp = self._connected()
            try:
                return self._delivered(smtp, alert)
            finally:
                with suppress(OSError, smtplib.SMTPException):
                    smtp.putcmd("QUIT")  # its answer would change nothing
                smtp.close()

    def close(self) -> None:
        self._brake.hold(None)

    def _connected(self) -> "_Smtp":
        security = self._settings.security
        context = None if security == "none" else self._context()
        smtp = _Smtp(self._settings, self._brake, context if security == "tls" else None)
        try:
            smtp.ehlo_or_helo_if_needed()
            if security == "starttls":
                smtp.starttls(context=context)
                smtp.ehlo()
            if self._settings.username:
                password = self._settings.password
                smtp.login(self._settings.username, password.reveal() if password else "")
        except BaseException:  # whatever ended it, also the brake: the line must not stay open
            smtp.close()
            raise
        return smtp

    def _context(self) -> ssl.SSLContext:
        try:
            return ssl.create_default_context(cafile=str(self._settings.ca) if self._settings.ca else None)
        except OSError as error:
            raise SendError(Outcome.FAULT, f"the authority's file can't be used: {reason(error)}") from None

    def _delivered(self, smtp: "_Smtp", alert: Alert) -> Receipt:
        to = self._settings.to
        have_it = self._have_it.get(alert.event_id, frozenset())
        waiting = [address for address in to if address not in have_it]
        message = letter(alert, self._settings.sender, to)
        try:
            refused = smtp.send_message(message, self._settings.sender, waiting)
        except smtplib.SMTPRecipientsRefused as error:
            return self._judged(alert.event_id, error.recipients, have_it)
        return self._judged(alert.event_id, refused, have_it | (set(waiting) - set(refused)))

    def _judged(self, event_id: str, refused: dict[str, Reply], have_it: frozenset[str]) -> Receipt:
        self._have_it.pop(event_id, None)
        later = {address: reply for address, reply in refused.items() if not 500 <= reply[0] < 600}
        said = "; ".join(
            f"recipient {self._settings.to.index(to) + 1}: {_said(reply)}" for to, reply in refused.items()
        )
        if later:
            if have_it:
                self._have_it[event_id] = have_it
                while len(self._have_it) > _REMEMBERED:
                    self._have_it.popitem(last=False)
            outcome = _outcome(next(iter(later.values()))[0])
            raise SendError(outcome, said, scope="row")
        if refused and not have_it:
            raise SendError(Outcome.REFUSED, said, permanent=True, scope="row")
        return Receipt(proven=False, detail=said)

    @contextmanager
    def _told(self) -> Iterator[None]:
        """Whatever smtplib raises, as a named outcome."""
        try:
            yield
        except smtplib.SMTPDataError as error:
            permanent = 500 <= error.smtp_code < 600
            outcome = Outcome.REFUSED if permanent else _outcome(error.smtp_code)
            raise SendError(outcome, _text(error), permanent=permanent, scope="row") from None
        except smtplib.SMTPAuthenticationError as error:
            raise SendError(_outcome(error.smtp_code), f"the login is refused: {error.smtp_code}") from None
        except smtplib.SMTPResponseException as error:
            raise SendError(_outcome(error.smtp_code), _text(error)) from None
        except smtplib.SMTPNotSupportedError as error:
            raise SendError(Outcome.CLIENT_ERROR, f"the mail server can't do it: {error}") from None
        except smtplib.SMTPServerDisconnected as error:
            raise self._broken(error) from None
        except smtplib.SMTPException as error:
            raise SendError(Outcome.GARBLED, f"not SMTP: {type(error).__name__}") from None
        except (OSError, ValueError) as error:
            raise self._broken(error) from None

    def _broken(self, error: Exception) -> SendError:
        if isinstance(error, _Unreachable):
            return SendError(Outcome.UNREACHABLE, str(error))
        if self._brake.pulled or isinstance(error, TimeoutError) or isinstance(error.__context__, TimeoutError):
            return SendError(Outcome.TIMEOUT, "connected, then no complete answer in time")
        if isinstance(error, ssl.SSLError):
            return SendError(Outcome.UNREACHABLE, f"TLS: {reason(error)}")
        if isinstance(error, UnicodeError):
            return SendError(Outcome.CLIENT_ERROR, "the login or an address has letters that SMTP can't carry")
        if isinstance(error, ValueError):
            return SendError(Outcome.GARBLED, f"not SMTP: {type(error).__name__}")
        return SendError(Outcome.RESET, "the connection broke")


class _Unreachable(OSError):
    """No connection at all."""


class _Smtp(smtplib.SMTP):
    """smtplib with the hub's own way to open a connection; `_get_socket` is where smtplib's own TLS does the same."""

    def __init__(self, settings: EmailChannel, brake: Brake, tls: ssl.SSLContext | None) -> None:
        self._brake, self._tls = brake, tls
        domain = settings.sender.rpartition("@")[2]  # else the library asks the name server who we are
        super().__init__(settings.host, settings.port, local_hostname=domain, timeout=brake.left)

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        try:
            line = dial(host, port, timeout)
        except OSError as error:
            raise _Unreachable(reason(error)) from None
        line.settimeout(self._brake.left)
        self._brake.hold(line.dup())  # a second handle on the same connection survives its wrapping in TLS
        return self._tls.wrap_socket(line, server_hostname=host) if self._tls else line

    def getreply(self) -> Reply:
        if self.file is None and self.sock is not None:
            self.file = _Lines(self.sock.makefile("rb"))
        return super().getreply()

    def close(self) -> None:
        super().close()
        self._brake.hold(None)


class _Lines:
    """The server's answers, whole lines only: smtplib would take `250` and the end of the connection for a yes."""

    def __init__(self, lines: BinaryIO) -> None:
        self._lines = lines

    def readline(self, limit: int) -> bytes:
        line = self._lines.readline(limit)
        if line and len(line) < limit and not line.endswith(b"\n"):
            raise ConnectionResetError("cut in mid-answer")
        return line

    def close(self) -> None:
        self._lines.close()


def _outcome(code: int) -> Outcome:
    if 400 <= code < 500:
        return Outcome.BUSY
    return Outcome.CLIENT_ERROR if 500 <= code < 600 else Outcome.GARBLED


def _text(error: smtplib.SMTPResponseException) -> str:
    said = error.smtp_error
    return _said((error.smtp_code, said if isinstance(said, bytes) else str(said).encode()))


def _said(reply: Reply) -> str:
    """What a server said, in printable letters: it is a stranger."""
    text = reply[1].decode("utf-8", "replace").split("\n")[0]
    return f"{reply[0]} {''.join(char for char in text if char.isprintable())[:_SAID_LIMIT]}".strip()
