"""scripts/gen_layers keeps the lists of layer types: the imports of the catalogue, the README."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
LAYER = """
from blobnet.layer import Layer
from blobnet.layer_register import register_layer


class Helper:
    pass


@register_layer("{name}", "OldName")
class {name}(Layer):
    pass
"""


def gen_layers(root: Path, *options: str) -> tuple[int, str]:
    """The exit code, and what is printed."""
    command = [sys.executable, str(root / "scripts" / "gen_layers"), *options]
    result = subprocess.run(command, capture_output=True, text=True)
    return result.returncode, result.stdout + result.stderr


def test_the_lists_are_current():
    assert gen_layers(ROOT, "--check") == (0, "")


@pytest.fixture
def clone(tmp_path):
    for name in ("README.md", "scripts/gen_layers"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        shutil.copy(ROOT / name, tmp_path / name)
    ignored = shutil.ignore_patterns("__pycache__")
    for folder in ("blobnet/layers", "blobnet/proto/forks"):
        shutil.copytree(ROOT / folder, tmp_path / folder, ignore=ignored)
    return tmp_path


@pytest.mark.parametrize("name", ["Twice", "AnActivationWithAVeryLongNameIndeed"])
def test_a_new_type_is_missed_and_then_listed(name, clone):
    group = clone / "blobnet" / "layers" / "activation"
    (group / "_base.py").write_text(LAYER.format(name="HiddenAway"))
    (group / f"{name.lower()}.py").write_text(LAYER.format(name=name))
    readme, index = clone / "README.md", clone / "blobnet" / "layers" / "__init__.py"
    before = readme.read_text(encoding="utf-8"), index.read_text(encoding="utf-8")
    code, says = gen_layers(clone, "--check")
    assert code == 1
    assert says.splitlines() == [
        f"{file} does not match blobnet/layers/: run scripts/gen_layers"
        for file in ("blobnet/layers/__init__.py", "README.md")
    ]
    assert (readme.read_text(encoding="utf-8"), index.read_text(encoding="utf-8")) == before

    assert gen_layers(clone) == (0, "")
    assert gen_layers(clone, "--check") == (0, "")
    assert f"{name} as {name}" in index.read_text(encoding="utf-8")
    assert f", {name}" in next(
        line for line in readme.read_text(encoding="utf-8").splitlines() if name in line
    )
    for text in (readme.read_text(encoding="utf-8"), index.read_text(encoding="utf-8")):
        assert "HiddenAway" not in text
        assert "Helper" not in text
    assert not [line for line in index.read_text(encoding="utf-8").splitlines() if len(line) > 100]


def test_a_readme_without_the_marks_is_refused(clone):
    (clone / "README.md").write_text("no table")
    code, says = gen_layers(clone)
    assert code != 0
    assert says.startswith("README.md has no <!-- begin")
