"""What the core hears of a device on a line: changes at once, the rest now and then, and no flood."""

from hub.domain.events import Flooded
from hub.domain.now import Now
from hub.domain.reports import Press, Report
from hub.ingest.serial.sieve import BURST, RATE, Sieve, Sieves
from tests.ingest.serial_line import device


def at(ms: int) -> Now:
    return Now(ms, ms)


def said(**signals: object) -> Report:
    return Report("d", tuple(signals.items()))


def test_a_change_passes_at_once_and_the_same_again_as_a_sign_of_life():
    sieve = Sieve(device("d", "door"))
    assert sieve.sifted(said(contact="open", battery=97), at(0)) == said(contact="open", battery=97)
    assert sieve.sifted(said(contact="open", battery=97), at(1000)) is None
    assert sieve.sifted(said(contact="closed", battery=97), at(2000)) == said(contact="closed")
    assert sieve.sifted(said(contact="closed", battery=97), at(30_000)) == said(contact="closed", battery=97)


def test_a_figure_that_sways_passes_every_ten_seconds():
    sieve = Sieve(device("d", "lighting"))
    passed = [ms for ms in range(0, 29_000, 500) if sieve.sifted(said(lux=ms / 7), at(ms))]
    assert passed == [0, 10_000, 20_000]


def test_presses_always_pass():
    sieve, press = Sieve(device("d")), Report("d", presses=(Press("press", 7, 1),))
    assert [sieve.sifted(press, at(ms)) for ms in range(5)] == [press] * 5


def test_a_contact_that_flutters_is_a_flood_and_its_last_state_is_known():
    posted = []
    sieves = Sieves([device("d", "door")], posted.append)
    for ms in range(1000, 3000):
        sieves.tend(at(ms))
        sieves.tell(said(contact=("open", "closed")[ms % 2]), at(ms))
    sieves.tell(said(contact="open"), at(4000))
    sieves.tend(at(4000))
    told = [one for one in posted if isinstance(one, Report)]
    assert len(told) <= BURST + 3 * RATE
    assert told[-1] == said(contact="open")
    (flood,) = [one for one in posted if isinstance(one, Flooded)]
    assert flood.device == "d"
    assert flood.rate > 500


def test_a_flood_ends_and_costs_no_press():
    posted = []
    sieves = Sieves([device("d")], posted.append)
    for ms in range(1000, 2500):
        sieves.tell(said(loop=("open", "short")[ms % 2]), at(ms))
        sieves.tend(at(ms))
    sieves.tell(Report("d", presses=(Press("press", 7, 1),)), at(2500))
    assert posted[-1].presses
    sieves.tend(at(63_000))
    sieves.tend(at(124_000))
    assert posted[-1] == Flooded("d", 0)
