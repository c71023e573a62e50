"""The recipes of docs/from-opencv.md run, here and with the line that they change back."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest

import blobnet
from tests.dnn import recipe_nets
from tests.models.readme_code import run_blocks

PAGE = Path(blobnet.__file__).parents[1] / "docs" / "from-opencv.md"
LINES = [
    "a face at ",
    "class ",
    "gender: ",
    "age: ",
    "a from ",
    "point 17: ",
    "text at ",
    "a code, ",
    "(40, 56) -> (80, 112)",
]
"""How what the recipes print begins."""


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """The current folder, with a picture and small nets of the names that the page has."""
    images = pytest.importorskip("PIL.Image")
    recipe_nets.write(tmp_path)
    rows, columns, channels = np.ogrid[:40, :56, :3]
    waves = 127.5 + 120 * np.sin(rows * 0.3 + columns * (0.1 + channels * 0.1))
    images.fromarray(waves.astype(np.uint8)).save(tmp_path / "people.jpg")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_every_recipe_runs_and_finds_something(folder, capsys):
    run_blocks(PAGE)
    printed = capsys.readouterr().out.splitlines()
    for beginning in LINES:
        assert any(line.startswith(beginning) for line in printed), beginning
    assert {"edges.png", "painted.png", "larger.png"} <= {path.name for path in folder.iterdir()}


def test_there_are_ten_recipes():
    text = PAGE.read_text(encoding="utf-8")
    sections = re.split(r"^## ", text, flags=re.M)
    assert sum("readNet" in section and "```python" in section for section in sections) == 10


def test_opencv_prints_the_same_by_the_same_lines(folder, capsys, tmp_path):
    pytest.importorskip("cv2")
    text = PAGE.read_text(encoding="utf-8")
    changed = text.replace("from blobnet import dnn", "import cv2\nfrom cv2 import dnn")
    for call in ("dnn_registerLayer", "dnn_unregisterLayer"):
        changed = changed.replace(f"dnn.{call}", f"cv2.{call}")
    page = tmp_path / "page.md"
    page.write_text(changed, encoding="utf-8")
    run_blocks(page)
    theirs = capsys.readouterr().out
    pictures = {name: (folder / name).read_bytes() for name in ("edges.png", "painted.png")}
    run_blocks(PAGE)
    assert numbers(capsys.readouterr().out) == pytest.approx(numbers(theirs), rel=1e-3, abs=0.02)
    for name, theirs_bytes in pictures.items():
        assert len((folder / name).read_bytes()) == pytest.approx(len(theirs_bytes), rel=0.01)


def numbers(text: str) -> list[float]:
    """All that are printed, in order of size: boxes whose scores are equal may change places."""
    return sorted(float(number) for number in re.findall(r"-?\d+\.?\d*(?:e-?\d+)?", text))
