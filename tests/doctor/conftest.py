from __future__ import annotations

import pytest

from tests.doctor.cases import write_picture


@pytest.fixture
def picture(tmp_path):
    """The path of a picture of the kind that `healthy_net` knows."""
    return write_picture(tmp_path / "picture.png")
