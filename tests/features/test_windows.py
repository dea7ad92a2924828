import pytest

from features.windows import (
    DAY,
    HOUR,
    SAME_INSTANT,
    Window,
    leading,
    strictly_before,
    trailing,
)


@pytest.mark.parametrize(
    ("window", "label", "words"),
    [
        (trailing(HOUR), "1h", "in the hour up to then"),
        (trailing(DAY), "1d", "in the 24 hours up to then"),
        (trailing(7 * DAY), "7d", "in the 7 days up to then"),
        (leading(3 * DAY), "next_3d", "in the 3 days after"),
        (strictly_before(DAY), "before_1d", "in the 24 hours before"),
        (SAME_INSTANT, "same_instant", "at the same instant"),
        (
            Window(-35 * DAY, -7 * DAY),
            "35d_to_7d_ago",
            "between 35 days and 7 days before",
        ),
    ],
)
def test_a_window_is_named_and_worded(window, label, words):
    assert (window.label, window.words) == (label, words)


@pytest.mark.parametrize(
    ("window", "back", "ahead"),
    [
        (trailing(DAY), DAY, 0),
        (leading(DAY), 0, DAY),
        (strictly_before(DAY), DAY, 0),
        (SAME_INSTANT, 1, 0),
        (Window(-35 * DAY, -7 * DAY), 35 * DAY, 0),
        (Window(DAY, 2 * DAY), 0, 2 * DAY),
    ],
)
def test_a_window_tells_how_far_it_reaches(window, back, ahead):
    assert (window.lookback, window.lookahead) == (back, ahead)


@pytest.mark.parametrize(
    ("window", "finer"),
    [
        (trailing(HOUR), True),
        (trailing(DAY - 1), True),
        (trailing(DAY), False),
        (strictly_before(DAY), True),
        (strictly_before(DAY + 1), False),
        (leading(HOUR), True),
        (leading(DAY), False),
        (SAME_INSTANT, False),
    ],
)
def test_a_window_that_holds_no_other_day_needs_a_clock(window, finer):
    assert window.needs_clock is finer


def test_an_earlier_window_is_as_long():
    assert trailing(DAY).earlier(DAY) == Window(-2 * DAY, -DAY)
    assert leading(DAY).earlier(DAY) == trailing(DAY)
