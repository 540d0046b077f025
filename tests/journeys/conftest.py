import pytest

from tests.journeys.disks import small_disk as disk_of_its_own
from tests.journeys.house import PHONE, House, chromium, screen
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


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    """One for all tests of a file."""
    house = House(tmp_path_factory.mktemp("house"))
    yield house.start()
    house.stop()


@pytest.fixture(scope="module")
def browser():
    with chromium() as browser:
        yield browser


@pytest.fixture
def look(browser, house):
    """Opens a page of the house, each time in a browser of its own."""
    contexts = []

    def look_(address: str = "/", viewport=PHONE, **options: object):
        context = browser.new_context(viewport=viewport, **options)
        contexts.append(context)
        return screen(context, house.hub.url + address)

    yield look_
    for context in contexts:
        context.close()


@pytest.fixture
def small_disk(tmp_path):
    with disk_of_its_own(tmp_path / "disk") as folder:
        yield folder
