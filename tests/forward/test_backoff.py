from hub.forward.backoff import LONGEST_MS, ROW_LONGEST_MS, pause


def test_pauses_double_with_jitter_up_to_their_longest() -> None:
    for failures, most in ((1, 1000), (2, 2000), (3, 4000), (4, 8000), (5, LONGEST_MS), (1000, LONGEST_MS)):
        assert all(most // 2 <= pause(failures) <= most for _ in range(50))
    assert ROW_LONGEST_MS // 2 <= pause(40, ROW_LONGEST_MS) <= ROW_LONGEST_MS


def test_hubs_that_lost_the_line_together_dont_come_back_together() -> None:
    assert len({pause(5) for _ in range(50)}) > 25
