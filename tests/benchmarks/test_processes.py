from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks import processes
from benchmarks.processes import python
from blobnet import BlobnetError


def test_python_runs_on_this_clone():
    assert python("-c", "import benchmarks, blobnet; print(1 + 1)") == "2\n"


def test_a_process_that_fails_is_explained():
    with pytest.raises(BlobnetError, match=r"exit code 3(.|\n)*its last words"):
        python("-c", "import sys; print('its last words', file=sys.stderr); sys.exit(3)")


def test_what_is_set_reaches_the_process():
    assert python("-c", "import os; print(os.environ['ONE'])", ONE="two") == "two\n"


@pytest.mark.parametrize("row", [processes.first_forward, processes.first_step])
def test_first_uses_find_an_empty_cache_each(row, monkeypatch):
    caches = []

    def run(*words, **environment):
        compile(words[1], "what runs", "exec")
        caches.append(environment["NUMBA_CACHE_DIR"])
        assert not [*Path(caches[-1]).iterdir()]

    monkeypatch.setattr(processes, "python", run)
    assert len(row(10).ours) == len({*caches}) == processes.FIRST_RUNS


def test_programs_that_keep_processors_busy_end(monkeypatch):
    started = []
    popen = processes.subprocess.Popen
    monkeypatch.setattr(
        processes.subprocess, "Popen", lambda *args: started.append(popen(*args)) or started[-1]
    )
    with processes.busy(2):
        assert [process.poll() for process in started] == [None, None]
    assert all(process.returncode for process in started)  # killed, and waited for
