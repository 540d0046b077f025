"""Short messages to people's phones through a GSM modem of the school's own: works while the internet does not.

What the network and the phone report proves that a phone has it, not that headquarters has: an alert sent this way is
accepted, and never counts as delivered.
"""

import logging
import re
import time
from collections import OrderedDict
from typing import Final

from hub.config.model import SmsChannel
from hub.domain.alerts import Alert
from hub.forward.channel import DEADLINE_SECONDS, Outcome, Receipt, SendError
from hub.forward.modem import Garbled, Gone, Modem, ModemError, Refused, Silent
from hub.forward.sms_text import parts_of

log = logging.getLogger(__name__)

REPORT_SECONDS: Final = 3.0
"""How long delivery reports are waited for once everything is sent; phones that are off never send one."""
REMEMBERED: Final = 200
NETWORK_SECONDS: Final = 60.0
"""How long a network may take to take a message; then it is given up, and sent again."""
_NO_SUCH_NUMBER: Final = frozenset({"1", "28"})
"""Unassigned number, unidentified subscriber (3GPP TS 24.011 E-2): it will never work."""
_REPORT_FAILED: Final = 64
"""Delivery reports from here on say that the message was given up (3GPP TS 23.040 9.2.3.15)."""
_SETUP: Final = (
    "ATE0",
    "AT+CMEE=1",
    "AT+CMGF=1",
    'AT+CSCS="UCS2"',
    "AT+CSMP=49,167,0,8",  # with a delivery report, valid for a day, in UCS2
    "AT+CNMI=2,0,0,1,0",  # delivery reports come by themselves
)
_OUTCOMES: Final = {Gone: Outcome.RESET, Silent: Outcome.TIMEOUT, Garbled: Outcome.GARBLED}


class _Progress:
    """What of one alert has gone out already: only the rest is sent again. Numbers of messages are kept for reports."""

    def __init__(self) -> None:
        self.sent: dict[tuple[str, int], int] = {}
        self.unknown: set[str] = set()
        self.delivered: set[str] = set()


class Sms:
    """All recipients through one modem. A heartbeat asks after modem, SIM, network and signal."""

    supervised = True

    def __init__(self, settings: SmsChannel) -> None:
        self.name = settings.name
        self.deadline = DEADLINE_SECONDS
        self._settings = settings
        self._modem: Modem | None = None
        self._pin_refused = False
        self._pending: tuple[_Progress, tuple[str, int], float] | None = None
        self._progress: OrderedDict[str, _Progress] = OrderedDict()

    def send(self, alert: Alert, attempt: int) -> Receipt:
        """Raises SendError. What doesn't fit into the deadline goes on with the next attempt."""
        until = time.monotonic() + self.deadline
        try:
            modem = self._opened(until)
            signal = self._watch(modem, until)
            if alert.type == "heartbeat":
                return Receipt(proven=False, detail=signal)
            return self._send(modem, alert, signal, until)
        except Refused as error:
            self.close()
            raise SendError(Outcome.CLIENT_ERROR, f"the modem refuses a command: {error}") from None
        except ModemError as error:
            if self._pending is None or not isinstance(error, Silent):
                self.close()
            raise SendError(_OUTCOMES[type(error)], str(error)) from None

    def close(self) -> None:
        modem, self._modem, self._pending = self._modem, None, None
        if modem is not None:
            modem.close()

    def _opened(self, until: float) -> Modem:
        """The modem, ready for messages; set up anew after every failure of its line."""
        if self._modem is not None:
            self._settle_pending(self._modem, until)
            return self._modem
        try:
            modem = Modem(self._settings.port, self._settings.baud)
        except Gone as error:
            raise SendError(Outcome.UNREACHABLE, str(error)) from None
        try:
            modem.ask("AT", until)
            self._unlock(modem, until)
            for command in _SETUP:
                modem.ask(command, until)
        except (ModemError, SendError):
            modem.close()
            raise
        self._modem = modem
        return modem

    def _settle_pending(self, modem: Modem, until: float) -> None:
        """A network may take a minute to take a message: sending it again in the meantime would be a second one."""
        if self._pending is None:
            return
        progress, key, given_up = self._pending
        try:
            progress.sent[key] = modem.submitted(min(until, given_up) if time.monotonic() < given_up else 0)
        except Refused as error:
            log.warning("%s: a message was refused: %s", self.name, error)
        except Silent:
            if time.monotonic() >= given_up:
                self._pending = None  # `send` closes the port then: the modem hangs
            raise
        self._pending = None

    def _unlock(self, modem: Modem, until: float) -> None:
        said = " ".join(modem.ask("AT+CPIN?", until))
        if "READY" in said:
            return
        pin = self._settings.pin
        if "SIM PIN" not in said or "PUK" in said or pin is None:
            raise SendError(Outcome.CLIENT_ERROR, f"the SIM is locked: {said.removeprefix('+CPIN: ')[:40]}")
        if self._pin_refused:  # a third wrong one would lock the SIM for good
            raise SendError(Outcome.CLIENT_ERROR, "the SIM refused the PIN; it isn't tried again before a restart")
        try:
            modem.ask(f'AT+CPIN="{pin.reveal()}"', until)
        except Refused:
            self._pin_refused = True
            raise SendError(Outcome.CLIENT_ERROR, "the SIM refuses the PIN") from None

    def _watch(self, modem: Modem, until: float) -> str:
        """The signal in words. Raises SendError where the modem is in no network."""
        stat = _registration(modem, until)
        if stat not in ("1", "5"):
            words = {"2": "searching a network", "3": "the network refuses this SIM"}
            raise SendError(Outcome.UNREACHABLE, words.get(stat, "in no mobile network"))
        match = re.search(r"\+CSQ: ?(\d+)", " ".join(modem.ask("AT+CSQ", until)))
        bars = int(match[1]) if match else 99
        return f"signal {-113 + 2 * bars} dBm" if bars <= 31 else "signal unknown"

    def _send(self, modem: Modem, alert: Alert, signal: str, until: float) -> Receipt:
        progress = self._progress.setdefault(alert.event_id, _Progress())
        if len(self._progress) > REMEMBERED:
            self._progress.popitem(last=False)
        parts = parts_of(alert, self._settings.language)
        refused = [to for to in self._settings.to if not self._send_to(modem, progress, to, parts, until)]
        reached = len(self._settings.to) - len(refused)
        said = f"{reached} of {len(self._settings.to)} phones, {signal}"
        if not reached and set(refused) == progress.unknown:
            raise SendError(Outcome.REFUSED, "no such numbers", permanent=True, scope="row")
        if set(refused) - progress.unknown:
            raise SendError(Outcome.SERVER_ERROR, f"the network refuses: sent to {said}", scope="row")
        self._await_reports(modem, progress, until)
        del self._progress[alert.event_id]
        return Receipt(proven=False, detail=f"sent to {said}; reported by {len(progress.delivered)}")

    def _send_to(self, modem: Modem, progress: _Progress, to: str, parts: list[str], until: float) -> bool:
        """Whether all parts have gone out; False where the network refuses this number."""
        if to in progress.unknown:
            return False
        for place, part in enumerate(parts):
            if (to, place) in progress.sent:
                continue
            if time.monotonic() >= until:
                raise SendError(Outcome.BUSY, f"{len(progress.sent)} messages sent, more to send", scope="row")
            try:
                modem.submit(to, part, until)
                self._pending = progress, (to, place), time.monotonic() + NETWORK_SECONDS
                progress.sent[to, place] = modem.submitted(until)
            except Refused as error:
                if error.code in _NO_SUCH_NUMBER:
                    progress.unknown.add(to)
                self._pending = None
                log.warning("%s: a message was refused: %s", self.name, error)
                return False
            self._pending = None
        return True

    def _await_reports(self, modem: Modem, progress: _Progress, until: float) -> None:
        """Notes which phones have every part."""
        until = min(until, time.monotonic() + REPORT_SECONDS)
        open_ = {number: to for (to, _), number in progress.sent.items()}
        failed: set[str] = set()
        while open_:
            while modem.reports:
                number, status = modem.reports.popleft()
                if number in open_ and status >= _REPORT_FAILED:
                    failed.add(open_[number])
                    log.warning("%s: a phone did not get its message: status %d", self.name, status)
                if number in open_ and (status < 32 or status >= _REPORT_FAILED):
                    del open_[number]
            if not open_ or time.monotonic() >= until:
                break
            modem.listen(until)
        progress.delivered = set(self._settings.to) - set(open_.values()) - failed - progress.unknown


def _registration(modem: Modem, until: float) -> str:
    """The state of registration (27.007 7.2); modems in LTE alone tell it under another name."""
    stat = ""
    for command in ("CREG", "CEREG"):
        try:
            match = re.search(rf"\+{command}: ?\d+, ?(\d+)", " ".join(modem.ask(f"AT+{command}?", until)))
        except Refused:
            continue
        stat = match[1] if match else stat
        if stat in ("1", "5"):
            break
    return stat
