"""CAP 1.2 documents to headquarters over HTTPS.

CAP itself knows no receipt. With a secret the document is signed, and proven by a signed receipt, just as a webhook;
without one a success only says that somebody at that address took it: accepted, and never proven.
"""

from typing import Final

from hub.config.model import CapChannel
from hub.domain.alerts import Alert
from hub.forward.cap_document import document
from hub.forward.channel import DEADLINE_SECONDS, Receipt
from hub.forward.channels.webhook import Post

CONTENT_TYPE: Final = "application/cap+xml"


class Cap:
    """One receiver of CAP. Only one that signs its receipts can prove that the line lives, so only that is
    supervised."""

    def __init__(self, settings: CapChannel) -> None:
        self.name = settings.name
        self.deadline = DEADLINE_SECONDS
        self.supervised = settings.secret is not None
        self._sender = settings.sender
        self._post = Post(settings.url, settings.secret, settings.ca)

    def send(self, alert: Alert, attempt: int) -> Receipt:
        return self._post.send(alert.event_id, document(alert, self._sender), CONTENT_TYPE, self.deadline)

    def close(self) -> None:
        self._post.close()
