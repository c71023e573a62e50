import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

TESTS = """
import subprocess, sys
import pytest
from blobnet.ops.jit import available, compiled

@pytest.fixture(scope="module")
def kernels():
    return compiled("planes_kernel")

@pytest.fixture(scope="module")
def above(kernels):
    return kernels

def test_asks(): compiled("planes_kernel")
def test_asks_whether(): available()
@pytest.mark.parametrize("turn", [0, 1])
def test_has_a_fixture_that_has_asked(above, turn): pass
def test_starts_a_process(): subprocess.run([sys.executable, "-c", ""])
def test_is_skipped(): pytest.skip()
@pytest.mark.parametrize("number", [0, 1])
def test_may_ask(number): number and compiled("planes_kernel")
def test_asks_for_none(tmp_path): pass
"""
WITHOUT = ["test_few.py::test_asks_for_none", "test_few.py::test_may_ask[0]"]
CONFTEST = "from tests.kernel_use import pytest_configure as pytest_configure"


@pytest.mark.parametrize("workers", ["0", "2"])
def test_who_asks_for_no_kernel_is_noted_and_left_out(tmp_path, workers):
    (tmp_path / "test_few.py").write_text(TESTS)
    (tmp_path / "conftest.py").write_text(CONFTEST)

    inherited = {name: os.environ[name] for name in os.environ if "KERNEL_USE" not in name}

    def run(**environment):
        line = [sys.executable, "-m", "pytest", "-q", "-n", workers, "-p", "no:cacheprovider"]
        done = subprocess.run(
            line,
            cwd=tmp_path,
            env={**inherited, "PYTHONPATH": str(ROOT), **environment},
            capture_output=True,
            text=True,
            timeout=300,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return [int(number) for number in re.findall(r"(\d+) passed, 1 skipped", done.stdout)]

    noted = tmp_path / "noted"
    assert run(KERNEL_USE_TO=str(noted)) == [8]
    assert noted.read_text().splitlines() == WITHOUT
    assert run(KERNEL_USE_FROM=str(noted)) == [6]
