"""The channels' real other sides, one line each, and the table of docs/channels.md that follows from them."""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from tests.forward.alarm_receiver import AlarmReceiver, SealedAlarmReceiver
from tests.forward.cap_receiver import CapReceiver
from tests.forward.contract import PROOF, Peer
from tests.forward.faults import HAD_IT, Fault
from tests.forward.hq_broker import HqMqtt
from tests.forward.mail_server import MailPeer
from tests.forward.messenger import Messenger
from tests.forward.modem import ModemPeer
from tests.forward.receiver import Receiver

PEERS: Final[tuple[type[Peer], ...]] = (
    Receiver,
    AlarmReceiver,
    SealedAlarmReceiver,
    ModemPeer,
    CapReceiver,
    HqMqtt,
    MailPeer,
    Messenger,
)

PAGE: Final = Path(__file__).parents[2] / "docs" / "channels.md"
_BEGIN, _END = "<!-- fault table -->\n", "<!-- end of fault table -->\n"


def fault_table() -> str:
    """Fault × channel as Markdown; receipts in bold."""
    return "".join(f"| {' | '.join(row)} |\n" for row in _rows())


def written_table() -> str:
    """The table as it stands in the page."""
    return PAGE.read_text(encoding="utf-8").partition(_BEGIN)[2].partition(_END)[0]


def _rows() -> Iterator[list[str]]:
    yield ["fault", "has the other side got it?", *(getattr(peer, "title", peer.kind) for peer in PEERS)]
    yield ["---"] * (len(PEERS) + 2)
    for fault in Fault:
        told = [peer.expected[fault] for peer in PEERS]
        words = [f"**{outcome.value}**" if outcome in PROOF else outcome.value for outcome in told]
        yield [fault.value, "yes" if fault in HAD_IT else "no", *words]


def write_table() -> None:
    """Puts the table into the page: `python -m tests.forward.peers` after a channel has changed."""
    page = PAGE.read_text(encoding="utf-8")
    head, _, rest = page.partition(_BEGIN)
    PAGE.write_text(head + _BEGIN + fault_table() + _END + rest.partition(_END)[2], encoding="utf-8")


if __name__ == "__main__":
    write_table()
