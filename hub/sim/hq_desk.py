"""What the demonstration's headquarters knows: alerts received, schools heard, what its operators took on."""

import threading
import time
from collections import OrderedDict
from typing import Any, Final

_KEPT: Final = 20_000
_UNSEEN: Final = ("unacknowledged", "returned_unacknowledged")


class Desk:
    """Thread-safe. An alert is known by its event id: however often it is sent, it stands here once."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._alerts: OrderedDict[str, dict[str, Any]] = OrderedDict()
        self._acks: dict[str, dict[str, Any]] = {}
        self._heard: dict[str, float] = {}
        self.version = 0

    def take(self, body: dict[str, Any]) -> list[dict[str, Any]]:
        """Takes a verified message; returns the acknowledgements that the school does not know of yet."""
        with self._lock:
            self.version += 1
            self._heard[str(body["site"])] = time.time()
            if body["type"] != "heartbeat":
                self._keep(body)
            return list(self._acks.values())[:50]

    def _keep(self, body: dict[str, Any]) -> None:
        event = str(body["event_id"])
        known = self._alerts.get(event)
        if known is not None:
            known["deliveries"] += 1
            return
        self._alerts[event] = {**body, "received_at": time.time(), "deliveries": 1}
        told = {e for e in self._acks if self._incident(e) == _incident(body)}
        if body.get("state") in (*_UNSEEN, None):  # an acknowledgement is still news to the school
            told = {e for e in told if self._acks[e]["promotes"] and body.get("status") == "actual"}
        self._acks = {e: ack for e, ack in self._acks.items() if e not in told}
        while len(self._alerts) > _KEPT:
            self._alerts.popitem(last=False)

    def acknowledge(self, event: str, operator: str, *, promotes: bool = False) -> bool:
        """An operator has it, or makes an exercise real: told to the school with every answer until it says so itself.
        False: no such event."""
        with self._lock:
            if event not in self._alerts:
                return False
            self.version += 1
            at = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
            self._acks[event] = {"event_id": event, "operator": operator, "at": at, "promotes": promotes}
            return True

    def alerts(self) -> list[dict[str, Any]]:
        """Every event once, in the order of arrival."""
        with self._lock:
            return [dict(alert) for alert in self._alerts.values()]

    def incidents(self) -> list[dict[str, Any]]:
        """The last word about each incident, the open ones first, the newest first among them."""
        with self._lock:
            last: dict[object, dict[str, Any]] = {}
            for alert in self._alerts.values():
                first = last.get(_incident(alert), alert)
                pending = self._acks.get(str(first.get("first_event", first["event_id"])))
                last[_incident(alert)] = {
                    **alert,
                    "first_event": first.get("first_event", first["event_id"]),
                    "first_received_at": first.get("first_received_at", first["received_at"]),
                    "acknowledging": pending["operator"] if pending else "",
                }
        return sorted(last.values(), key=lambda alert: (alert.get("state") == "normal", -alert["first_received_at"]))

    def lines(self) -> dict[str, float]:
        """Seconds since each school was last heard."""
        with self._lock:
            return {site: time.time() - at for site, at in self._heard.items()}

    def _incident(self, event: str) -> object:
        alert = self._alerts.get(event)
        return _incident(alert) if alert else None


def _incident(alert: dict[str, Any]) -> tuple[object, object]:
    return alert["site"], alert.get("alarm_id")
