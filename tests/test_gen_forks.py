"""scripts/gen_forks keeps docs/forks.md: the table of forks as a page."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from blobnet.layer_register import is_layer_type
from blobnet.proto.forks import FORKS

ROOT = Path(__file__).resolve().parents[1]
PAGE = (ROOT / "docs" / "forks.md").read_text(encoding="utf-8")


def test_the_page_is_current():
    command = [sys.executable, str(ROOT / "scripts" / "gen_forks"), "--check"]
    result = subprocess.run(command, capture_output=True, text=True)
    assert (result.returncode, result.stdout + result.stderr) == (0, "")


def test_the_page_has_every_fork_and_type():
    lines = PAGE.splitlines()
    for fork in FORKS:
        assert f"### {fork.name}" in lines
        for name in fork.types:
            (row,) = (line for line in lines if line.startswith(f"| {name} |"))
            assert fork.name in row
            assert row.startswith(f"| {name} | yes |") == is_layer_type(name)
