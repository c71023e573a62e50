from __future__ import annotations

import pytest

from blobnet.viz.names import first_settings

SETTINGS = "pool: MAX kernel_size: 2 shape { dim: 1 } pad: 1"


@pytest.mark.parametrize(
    ("most", "told"),
    [
        (len(SETTINGS), SETTINGS),
        (len(SETTINGS) - 1, "pool: MAX kernel_size: 2 shape { dim: 1 } ..."),
        (28, "pool: MAX kernel_size: 2 ..."),
        (27, "pool: MAX ..."),
        (13, "pool: MAX ..."),
    ],
)
def test_settings_are_left_out_as_a_whole(most, told):
    assert first_settings(SETTINGS, most) == told


def test_one_setting_that_is_too_long_loses_its_middle():
    assert (
        first_settings("source: " + "x" * 60, 21) == "source: xx\N{HORIZONTAL ELLIPSIS}" + "x" * 10
    )
