"""Which tests ask for a compiled kernel. The others compute the same whatever kernels there are.

    KERNEL_USE_TO=file    a run of all tests notes there who has asked for none
    KERNEL_USE_FROM=file  a run without numba, or on other kernels, leaves these out

Noted is a test that has passed and asked for no kernel, neither itself nor by a fixture, whenever
that was made; and that has started no process, which may have asked. Those of tests/ops are not
noted: they call kernels by themselves. What a run has not noted, another one does not leave out.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from blobnet.ops.jit import _fits, compiled

STARTS = {"subprocess.Popen", "os.fork", "os.forkpty", "os.posix_spawn", "os.system"}


def pytest_configure(config: pytest.Config) -> None:
    if path := os.environ.get("KERNEL_USE_TO"):
        config.pluginmanager.register(Noting(config, Path(path)))
    if path := os.environ.get("KERNEL_USE_FROM"):
        config.pluginmanager.register(LeavingOut(set(Path(path).read_text().splitlines())))


class Noting:
    """Writes the ids of tests that ask for no kernel into a file, one a line."""

    def __init__(self, config: pytest.Config, path: Path) -> None:
        self._config, self._path = config, path
        self._passed: set[str] = set()
        self._noted: set[str] = set()
        self._asking: set[pytest.FixtureDef[Any]] = set()
        self._started = 0
        sys.addaudithook(self._count_starts)

    def _count_starts(self, event: str, args: object) -> None:
        self._started += event in STARTS

    def _asked(self) -> tuple[int, int, int]:
        """What is another one once a kernel has been asked for, or a process started."""
        kernels, whether = compiled.cache_info(), _fits.cache_info()
        return kernels.hits + kernels.misses, whether.hits + whether.misses, self._started

    @pytest.hookimpl(wrapper=True)
    def pytest_fixture_setup(self, fixturedef: pytest.FixtureDef[Any]) -> Iterator[None]:
        before = self._asked()
        try:
            return (yield)
        finally:
            if self._asked() != before:
                self._asking.add(fixturedef)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(self, item: pytest.Item) -> Iterator[None]:
        report = yield
        if report.when == "call" and report.passed:
            self._passed.add(item.nodeid)
        return report

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Function) -> Iterator[None]:
        before = self._asked()
        result = yield
        fixtures = {
            each for all_of in item._fixtureinfo.name2fixturedefs.values() for each in all_of
        }
        asks = self._asked() != before or not self._asking.isdisjoint(fixtures)
        if item.nodeid in self._passed and not asks and not item.nodeid.startswith("tests/ops/"):
            self._noted.add(item.nodeid)
        return result

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any) -> None:
        """One of xdist's workers has ended; one that has crashed tells nothing."""
        self._noted.update(getattr(node, "workeroutput", {}).get("without_kernels", ()))

    def pytest_sessionfinish(self) -> None:
        if hasattr(self._config, "workeroutput"):
            self._config.workeroutput["without_kernels"] = sorted(self._noted)
        else:
            self._path.write_text("".join(f"{each}\n" for each in sorted(self._noted)))


class LeavingOut:
    """Runs all but the tests that another run has noted."""

    def __init__(self, noted: set[str]) -> None:
        self._noted = noted

    def pytest_collection_modifyitems(
        self, config: pytest.Config, items: list[pytest.Item]
    ) -> None:
        config.hook.pytest_deselected(items=[each for each in items if each.nodeid in self._noted])
        items[:] = [each for each in items if each.nodeid not in self._noted]
