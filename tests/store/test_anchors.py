"""All anchors of the last day, then the last of each hour and channel, for ever."""

from hub.domain.alerts import Head
from hub.domain.decision import Anchor, Decision
from hub.store.anchors import DAY_MS, HOUR_MS
from hub.store.store import Store

MINUTE = 60_000


def test_anchors_are_thinned_to_one_an_hour_after_a_day(tmp_path):
    store = Store(tmp_path / "hub.db")
    store.open()
    start = 1_000 * DAY_MS
    moments = range(start, start + 3 * DAY_MS, 10 * MINUTE)
    store.commit([Decision(anchors=(Anchor(Head(1, "h"), name, at, "e"),)) for at in moments for name in ("hq", "b")])
    kept = [row[0] for row in store.connection.execute("SELECT at FROM anchors WHERE channel = 'hq' ORDER BY at")]
    old = [at for at in kept if at < moments[-1] // HOUR_MS * HOUR_MS - DAY_MS]
    assert len(old) == len({at // HOUR_MS for at in old}) == 47
    assert all(at % HOUR_MS == 50 * MINUTE for at in old)
    assert len(kept) - len(old) == 25 * 6
    store.close()
