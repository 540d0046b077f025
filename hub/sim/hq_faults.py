"""Ways for the console to answer wrongly, so that tests can see what the hub makes of each."""

import threading
import time
from collections.abc import Callable
from typing import Any, Final

from flask import Response, abort

MODES: Final = (
    "none", "bare200", "bad_signature", "wrong_receipt", "hang", "reset", "garbage", "refuse", "answer_lost",
)  # fmt: skip
_HANG_SECONDS: Final = 60


class Faults:
    """`set` names what is to go wrong, and how many times. `status:503` answers with that status."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._mode, self._count = "none", 0
        self._freed = threading.Event()
        self._local = threading.local()

    def set(self, mode: str, count: int) -> None:
        """Raises ValueError for a mode there is none of."""
        if mode not in MODES and not mode.startswith("status:"):
            raise ValueError(mode)
        with self._lock:
            self._mode, self._count = mode, count
            self._freed.set()  # whoever hangs in an earlier fault goes on
            self._freed = threading.Event()

    def before(self, _environ: object) -> None:
        """Called before the message is taken: some faults keep it from being."""
        with self._lock:
            mode = self._mode if self._count > 0 else "none"
            self._count -= 1
            freed = self._freed
        self._local.mode = mode
        if mode == "reset":
            raise ConnectionResetError
        if mode == "hang":
            freed.wait(_HANG_SECONDS)
        if mode.startswith("status:"):
            abort(int(mode.removeprefix("status:")))

    def after(self, _environ: object) -> None:
        """Called after the message was taken: its answer may be lost."""
        if self._local.mode == "answer_lost":
            time.sleep(0.05)
            abort(502)

    def answer(self, receipt: dict[str, Any], sign: Callable[[dict[str, Any]], Response]) -> Response:
        """The receipt, or what a fault makes of it."""
        mode = self._local.mode
        if mode == "bare200":
            return Response("", 200)
        if mode == "garbage":
            return Response(b"\x00\xff" * 50, 200)
        if mode == "wrong_receipt":
            return sign({**receipt, "receipt": "another-event"})
        if mode == "refuse":
            return sign({"refused": receipt["receipt"], "reason": "not ours"})
        response = sign(receipt)
        if mode == "bad_signature":
            response.headers["webhook-signature"] = "v1,AAAA"
        return response
