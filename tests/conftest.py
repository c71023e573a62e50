from __future__ import annotations

import gc
import logging
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

# One test process per core: inside each, one thread for matrix products is the fastest.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np
import pytest

from blobnet.layer import Layer
from blobnet.ops import parallel
from tests import sharing
from tests.kernel_use import pytest_configure as pytest_configure
from tests.own_layers import mine_registered


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Each worker goes through files of its own: what one has compiled, the other finds on disk."""
    if config.getvalue("dist") != "load":  # something else than the default is asked for
        return None
    from xdist.scheduler import WorkStealingScheduling

    return WorkStealingScheduling(config, log)


def pytest_collection_finish(session: pytest.Session) -> None:
    """What collecting tests has made stays: no search for garbage goes through it again.

    Tens of thousands of tests are objects by the million; one search took a second.
    """
    gc.collect()
    gc.freeze()


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(42)


@contextmanager
def logging_kept() -> Iterator[None]:
    """A command sends the log elsewhere; afterwards it goes where it went before."""
    logger = logging.getLogger("blobnet")
    before = (list(logger.handlers), logger.level, logger.propagate)
    yield
    for handler in set(logger.handlers) - set(before[0]):
        handler.close()
    logger.handlers[:], logger.level, logger.propagate = before
    logger.setLevel(before[1])  # forgets which levels were found to be enabled


@pytest.fixture(autouse=True)
def logging_as_before() -> Iterator[None]:
    with logging_kept():
        yield


@pytest.fixture(autouse=True, scope="module")
def logging_as_before_the_module() -> Iterator[None]:
    """A fixture of a whole module may run commands, too."""
    with logging_kept():
        yield


@pytest.fixture
def warnings(caplog: pytest.LogCaptureFixture) -> Callable[..., list[str]]:
    """A function that gives what is warned of while it calls another one."""

    def of(function: Callable[..., object], *args: Any, **options: Any) -> list[str]:
        caplog.clear()
        with caplog.at_level(logging.WARNING, logger="blobnet"):
            function(*args, **options)
        return caplog.messages

    return of


@pytest.fixture
def mine() -> Iterator[type[Layer]]:
    """The layer type "Mine", with a message of its own."""
    with mine_registered() as cls:
        yield cls


@pytest.fixture
def shared_work(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[int]]:
    """All work is cut into pieces for all threads, however little it is.

    What it gives is a list that grows: for each time, how many threads it was cut for.
    """
    cut: list[int] = []
    sharing.share_all(monkeypatch, cut)
    yield cut
    parallel.set_num_threads(None)
