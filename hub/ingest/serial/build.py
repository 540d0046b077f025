"""Serial ports as hub.yaml declares them: a worker each, and the table by which receipts find their port."""

from collections.abc import Callable, Mapping, Sequence

from hub.config.model import SerialPort
from hub.domain.decision import DeviceReceipt
from hub.domain.now import Now
from hub.domain.site import Device
from hub.ingest.mailbox import Mailbox
from hub.ingest.serial.complaints import Complaints
from hub.ingest.serial.port import Port
from hub.ingest.serial.sieve import Sieves
from hub.ingest.serial.talk import Polled, Pushed
from hub.ingest.serial.worker import SerialWorker, Talk


def worker_of(
    settings: SerialPort, devices: Mapping[str, Device], mailbox: Mailbox, clock: Callable[[], Now]
) -> SerialWorker:
    """The worker of one port; it opens nothing yet."""
    port = Port(settings)
    complaints = Complaints(settings.port, mailbox.post)
    there = [devices[name] for name in settings.behind]
    sieves = Sieves(there, mailbox.post)
    talk: Talk
    if settings.modbus:
        from hub.ingest.serial.modbus import Bus  # minimalmodbus only where there is a bus

        talk = Bus(settings.modbus, port, sieves, complaints, clock)
    else:
        talk = (Polled if settings.mode == "poll" else Pushed)(there, port, sieves, complaints, clock)
    return SerialWorker(settings.port, settings.behind, port, talk, mailbox)


def answerer(ports: Sequence[SerialPort], workers: Sequence[SerialWorker]) -> Callable[[DeviceReceipt], None]:
    """Gives each receipt to the port at which its device is."""
    by_device = {name: worker for port, worker in zip(ports, workers, strict=True) for name in port.behind}

    def answer(receipt: DeviceReceipt) -> None:
        by_device[receipt.device].talk.answer(receipt)

    return answer
