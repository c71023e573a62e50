from __future__ import annotations

import pytest

from blobnet.errors import NetError
from blobnet.netdef.state import merge_state
from blobnet.proto import TEST, TRAIN, NetParameter


@pytest.mark.parametrize(
    ("phase", "expected"),
    [("TEST", TEST), ("test", TEST), (TEST, TEST), ("TRAIN", TRAIN), (TRAIN, TRAIN), (None, TEST)],
)
def test_the_phase_that_is_asked_for_is_written_over_the_one_that_is_stated(phase, expected):
    param = NetParameter(state={"phase": TEST})
    merge_state(param, phase, None, ())
    assert param.state.phase == expected


def test_an_unknown_phase_is_refused():
    with pytest.raises(NetError, match=r"(?s)unknown phase.*TRAIN or TEST.*'DEPLOY'"):
        merge_state(NetParameter(), "DEPLOY", None, ())


def test_a_level_replaces_and_stages_add_up():
    param = NetParameter(state={"level": 1, "stage": ["a"]})
    merge_state(param, None, 5, ["b", "c"])
    assert (param.state.level, list(param.state.stage)) == (5, ["a", "b", "c"])
    merge_state(param, None, None, "d")
    assert (param.state.level, list(param.state.stage)) == (5, ["a", "b", "c", "d"])
