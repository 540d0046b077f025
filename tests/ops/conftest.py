import pytest

from tests.journeys.rig import Headquarters, Hub
from tests.servers import Mosquitto


@pytest.fixture
def broker(tmp_path):
    broker = Mosquitto(tmp_path / "broker")
    broker.start()
    yield broker
    broker.stop()


@pytest.fixture
def hub(tmp_path, broker):
    """A hub's files; its headquarters is not started."""
    hub = Hub(tmp_path / "hub", broker, Headquarters(tmp_path / "hq"))
    yield hub
    hub.stop()
