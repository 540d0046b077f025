"""A GSM modem on a pseudo-terminal that speaks as real ones do: echo, text mode, UCS2, delivery reports."""

import contextlib
import os
import re
import select
import tempfile
import threading
import time
import tty
from collections.abc import Mapping
from pathlib import Path
from typing import ClassVar

from hub.config.model import Secret, SmsChannel
from hub.forward.channel import Outcome
from hub.forward.channels.sms import Sms
from tests.forward.contract import usual
from tests.forward.faults import CUT_BYTES, DELAY_SECONDS, GARBAGE, TRICKLE_SECONDS, Fault

PHONE = "+77010000001"
PIN = "4711"


class Modem:
    """`port` is a path that leads to it while it is plugged in. Attributes are what a test changes."""

    def __init__(self) -> None:
        self._folder = tempfile.TemporaryDirectory()
        self.port = str(Path(self._folder.name) / "modem")
        self.messages: list[tuple[str, str]] = []
        self.commands: list[str] = []
        self.pin = ""
        self.pin_tries = 0
        self.registered = "1"
        self.refuses: dict[str, str] = {}
        self.report_status: int | None = 0
        self.network_seconds = 0.0
        self.fault = Fault.NONE
        self.garbage = GARBAGE
        self._master = -1
        self._slave = -1
        self._thread: threading.Thread | None = None
        self._lock = threading.Lock()

    def plug_in(self) -> None:
        self._master, self._slave = os.openpty()
        tty.setraw(self._slave)
        with contextlib.suppress(FileNotFoundError):
            os.unlink(self.port)
        os.symlink(os.ttyname(self._slave), self.port)
        self._out = threading.Event()
        self._unlocked, self._number, self._struck = not self.pin, 0, False
        self._thread = threading.Thread(target=self._serve, args=(self._master, self._out), daemon=True)
        self._thread.start()

    def unplug(self) -> None:
        with self._lock:
            if self._master < 0:
                return
            self._out.set()
            self._close()

    def _close(self) -> None:
        os.unlink(self.port)
        if self._thread is not None and self._thread is not threading.current_thread():
            self._thread.join(5)
        os.close(self._master)
        os.close(self._slave)
        self._master = -1

    def _serve(self, master: int, out: threading.Event) -> None:
        buffer = b""
        with contextlib.suppress(OSError):
            while not out.is_set():
                if not select.select([master], [], [], 0.02)[0]:
                    continue
                buffer += os.read(master, 4096)
                while b"\r" in buffer and not out.is_set():
                    line, _, buffer = buffer.partition(b"\r")
                    buffer = self._command(line.decode("ascii", "replace"), buffer)

    def _command(self, command: str, rest: bytes) -> bytes:
        self.commands.append(command)
        if command == "AT+CSQ" and self.fault is Fault.STALL:
            return rest
        number = re.fullmatch(r'AT\+CMGS="(.*)"', command)
        if number is None:
            self._say(self._answer(command))
            return rest
        self._struck = self.fault is not Fault.NONE
        if self.fault in (Fault.STALL, Fault.RESET, Fault.GARBAGE):
            self._strike()
            return rest
        self._say("\r\n> ", now=True)
        while b"\x1a" not in rest and not self._out.is_set():
            rest += os.read(self._master, 4096)
        text, _, rest = rest.partition(b"\x1a")
        self._take(_text(number[1]), _text(text.decode("ascii")))
        return rest

    def _take(self, to: str, text: str) -> None:
        if self._out.wait(self.network_seconds):
            return
        if to in self.refuses:
            self._say(f"\r\n+CMS ERROR: {self.refuses[to]}\r\n")
            return
        self.messages.append((to, text))
        self._number = self._number % 255 + 1
        if self.fault is Fault.ANSWER_LOST:
            return
        self._say(f"\r\n+CMGS: {self._number}\r\n\r\nOK\r\n")
        if self.report_status is not None:
            stamp = '"26/11/24,10:00:00+20"'
            self._say(f'\r\n+CDS: 6,{self._number},"{to}",145,{stamp},{stamp},{self.report_status}\r\n')

    def _answer(self, command: str) -> str:
        ok = "\r\nOK\r\n"
        if command == "AT+CPIN?":
            return f"\r\n+CPIN: {'READY' if self._unlocked else 'SIM PIN'}\r\n{ok}"
        if command.startswith("AT+CPIN="):
            self.pin_tries += 1
            self._unlocked = command == f'AT+CPIN="{self.pin}"'
            return ok if self._unlocked else "\r\n+CME ERROR: 16\r\n"
        if command in ("AT+CREG?", "AT+CEREG?"):
            return f"\r\n{command[2:-1]}: 0,{self.registered}\r\n{ok}"
        if command == "AT+CSQ":
            return f"\r\n+CSQ: 21,99\r\n{ok}"
        known = ("AT", "ATE0", "AT+CMEE=1", "AT+CMGF=1", 'AT+CSCS="UCS2"', "AT+CSMP=49,167,0,8", "AT+CNMI=2,0,0,1,0")
        return ok if command in known else "\r\nERROR\r\n"

    def _strike(self) -> None:
        if self.fault is Fault.GARBAGE:
            os.write(self._master, self.garbage)
        elif self.fault is Fault.RESET:
            threading.Thread(target=self.unplug, daemon=True).start()

    def _say(self, text: str, *, now: bool = False) -> None:
        data = text.encode("ascii")
        if now or not self._struck:
            os.write(self._master, data)
        elif self.fault is Fault.DELAY:
            time.sleep(DELAY_SECONDS)
            os.write(self._master, data)
        elif self.fault is Fault.CUT:
            os.write(self._master, data[:-CUT_BYTES])
            threading.Thread(target=self.unplug, daemon=True).start()
        elif self.fault is Fault.TRICKLE:
            for byte in data:
                if self._out.wait(TRICKLE_SECONDS):
                    return
                os.write(self._master, bytes([byte]))


class ModemLine:
    """Plugs the modem in and out, and makes it misbehave from the moment at which a message is handed over."""

    def __init__(self, modem: Modem) -> None:
        self._modem = modem
        self.port = modem.port
        self._in = False

    @property
    def garbage(self) -> bytes:
        return self._modem.garbage

    @garbage.setter
    def garbage(self, data: bytes) -> None:
        self._modem.garbage = data

    def start(self) -> None:
        self._modem.plug_in()
        self._in = True

    def stop(self) -> None:
        if self._in:
            self._modem.unplug()
        self._in = False

    def set(self, fault: Fault) -> None:
        struck, self._modem.fault = self._modem.fault, fault
        if struck is not Fault.NONE or fault is Fault.REFUSE:
            self.stop()
        if fault is not Fault.REFUSE and not self._in:
            self.start()


class ModemPeer:
    """The phone behind the modem: a message's reference is its event's."""

    kind: ClassVar[str] = "sms"
    secrets: tuple[str, ...] = (PIN, PHONE)
    expected: ClassVar[Mapping[Fault, Outcome]] = usual(Outcome.ACCEPTED)

    def __init__(self) -> None:
        self.modem = Modem()
        self.modem.pin = PIN

    def start(self) -> None:
        """The line plugs it in."""

    def stop(self) -> None:
        self.modem.unplug()

    def line(self) -> ModemLine:
        return ModemLine(self.modem)

    def channel(self, port: str) -> Sms:
        return Sms(SmsChannel(name="phone", port=port, to=(PHONE,), pin=Secret(PIN)))

    def received(self) -> list[str]:
        references = [re.search(r"#(\d+-\d+)$", text) for _, text in list(self.modem.messages)]
        return [f"school-1-e0-{reference[1]}" for reference in references if reference]


def _text(hexadecimal: str) -> str:
    return bytes.fromhex(hexadecimal).decode("utf-16-be", "surrogatepass")
