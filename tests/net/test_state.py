from __future__ import annotations

from blobnet.net.state import merge_state
from blobnet.netdef import state


def test_it_is_that_of_the_definitions():
    assert merge_state is state.merge_state
