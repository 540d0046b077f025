import pytest

from tests.journeys.rig import Button, Headquarters, Hub
from tests.servers import Mosquitto


@pytest.fixture
def broker(tmp_path):
    broker = Mosquitto(tmp_path / "broker")
    broker.start()
    yield broker
    broker.stop()


@pytest.fixture
def hq(tmp_path):
    hq = Headquarters(tmp_path / "hq")
    hq.start()
    yield hq
    hq.stop()


@pytest.fixture
def hub(tmp_path, broker, hq):
    hub = Hub(tmp_path / "hub", broker, hq)
    yield hub
    hub.stop()


@pytest.fixture
def button(broker):
    button = Button(broker)
    yield button
    button.close()
