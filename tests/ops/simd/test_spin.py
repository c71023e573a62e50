import threading

import numpy as np
import pytest

from blobnet.ops.jit import compiled

kernels = compiled("simd.spin")
pytestmark = pytest.mark.skipif(kernels is None, reason="numba is not at hand")

NEVER = np.zeros(1, np.int64)
MANY_ROUNDS = 10**11  # an hour


def test_what_is_not_set_is_not_waited_for_forever():
    assert not kernels.spin(NEVER, 100)


def test_what_is_set_is_seen_at_once():
    assert kernels.spin(np.ones(1, np.int64), MANY_ROUNDS)


def test_what_another_thread_sets_is_seen():
    first, second = np.zeros(1, np.int64), np.zeros(1, np.int64)
    answer = threading.Thread(target=kernels.set_and_spin, args=(first, second, MANY_ROUNDS, 1))
    answer.start()
    assert kernels.spin(first, MANY_ROUNDS)
    second[0] = 1
    answer.join(timeout=30)
    assert not answer.is_alive()
