from pathlib import Path

import numpy as np
import pytest

RECORDED = Path(__file__).parents[2] / "reference/opencv/images.npz"


@pytest.fixture(scope="session")
def opencv():
    """What OpenCV makes of a small image."""
    with np.load(RECORDED) as recorded:
        return dict(recorded)
