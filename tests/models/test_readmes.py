"""The Python of the models' READMEs runs as it is copied, and prints what they say."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import numpy as np
import pytest

from tests.models.readme_code import run_blocks

MODELS = Path(__file__).parents[2] / "models"


@pytest.mark.parametrize("model", ["by_hand", "resnet", "vanishing"])
def test_the_code_of_a_readme_runs_in_the_folder_that_holds_models(
    model, tmp_path, monkeypatch, capsys
):
    (tmp_path / "models").symlink_to(MODELS)
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(MODELS / model))
    readme = MODELS / model / "README.md"
    with np.printoptions(precision=8, suppress=False):  # numpy's own, whatever ran before
        run_blocks(readme)
    said = re.findall(r"^```text\n(.*?)^```$", readme.read_text(encoding="utf-8"), re.M | re.S)
    printed = capsys.readouterr().out
    if model != "vanishing":  # which prints what it finds, if it finds something
        assert printed == "".join(said)
    assert (tmp_path / "gradients.png").exists() == (model == "vanishing")


def test_code_that_uses_blobnet_imports_it():
    for readme in MODELS.glob("*/README.md"):
        if readme.parent.name == "lenet5":  # one program, of many blocks: see test_lenet5
            continue
        text = readme.read_text(encoding="utf-8")
        for block in re.findall(r"^```python\n(.*?)^```$", text, re.M | re.S):
            nodes = list(ast.walk(ast.parse(block)))
            used = {node.id for node in nodes if isinstance(node, ast.Name)}
            imported = {
                name.asname or name.name
                for node in nodes
                if isinstance(node, ast.Import)
                for name in node.names
            }
            assert "blobnet" not in used - imported, f"{readme}: {block}"
