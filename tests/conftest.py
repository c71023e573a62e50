from __future__ import annotations

import os

# One test process per core: inside each, one thread for matrix products is the fastest.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np
import pytest


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(42)
