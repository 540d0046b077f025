"""A receiver of CAP at headquarters: checks the schema and the signature, and answers with a signed receipt."""

from collections.abc import Mapping
from typing import ClassVar

from capvalidator import check_schema
from lxml import etree
from standardwebhooks import Webhook

from hub.config.model import CapChannel, Secret
from hub.forward.cap_document import NAMESPACE
from hub.forward.channel import Channel, Outcome
from hub.forward.channels import channel_of
from tests.forward.contract import TcpPeer
from tests.forward.faults import Fault
from tests.forward.http_server import Answered, HttpServer, Posted
from tests.forward.receiver import SECRET, Receiver, signed


class CapReceiver(TcpPeer):
    """Documents that are not valid by the schema of OASIS are refused."""

    kind: ClassVar[str] = "cap"
    secrets = Receiver.secrets
    expected: ClassVar[Mapping[Fault, Outcome]] = Receiver.expected

    def start(self) -> None:
        self._documents: list[etree._Element] = []
        self._server = HttpServer(self._answer)
        self._server.start()
        self.port = self._server.port

    def stop(self) -> None:
        self._server.stop()

    def channel(self, port: int) -> Channel:
        url = f"http://127.0.0.1:{port}/in"
        return channel_of(CapChannel(name="cap", url=url, sender="school-1@edu.example", secret=Secret(SECRET)))

    def received(self) -> list[str]:
        return [
            document.findtext(f"{{{NAMESPACE}}}identifier")
            for document in self._documents
            if document.findtext(f"{{{NAMESPACE}}}status") != "System"
        ]

    def _answer(self, posted: Posted) -> Answered:
        Webhook(SECRET).verify(posted.body, posted.headers, json_parse=False)
        if not check_schema(posted.body).passed:
            return Answered(422)
        self._documents.append(etree.fromstring(posted.body))
        return Answered(200, *signed({"receipt": posted.headers["webhook-id"]}))
