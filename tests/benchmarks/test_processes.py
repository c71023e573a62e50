from __future__ import annotations

import pytest

from benchmarks.processes import python
from blobnet import BlobnetError


def test_python_runs_on_this_clone():
    assert python("-c", "import benchmarks, blobnet; print(1 + 1)") == "2\n"


def test_a_process_that_fails_is_explained():
    with pytest.raises(BlobnetError, match=r"exit code 3(.|\n)*its last words"):
        python("-c", "import sys; print('its last words', file=sys.stderr); sys.exit(3)")
