from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

import blobnet
from blobnet.errors import MissingExtraError
from blobnet.extras import import_extra

ROOT = Path(blobnet.__file__).parents[1]


def test_an_installed_module_is_returned():
    assert import_extra("json", "hdf5", "testing") is json


def test_a_missing_module_is_named_with_its_purpose_and_the_command():
    with pytest.raises(MissingExtraError) as caught:
        import_extra("no_such_package.inner", "plot", "drawing a loss curve")
    text = str(caught.value)
    assert text.startswith("drawing a loss curve needs the package no_such_package\n")
    assert 'pip install "blobnet[plot]"' in text
    assert isinstance(caught.value.__cause__, ImportError)


def test_whoever_expects_an_import_error_gets_one():
    with pytest.raises(ImportError):
        import_extra("no_such_package", "hdf5", "testing")


def test_importing_blobnet_imports_nothing_optional():
    optional = ["cramjam", "h5py", "PIL", "matplotlib", "pooch"]
    program = f"import blobnet, sys; print([name for name in {optional} if name in sys.modules])"
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"


def test_a_module_that_does_not_start_is_told_from_one_that_is_missing(tmp_path, monkeypatch):
    """As matplotlib with an unknown MPLBACKEND, or what was made for another numpy."""
    (tmp_path / "odd_package.py").write_text("raise ValueError('numpy.dtype size changed')")
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(MissingExtraError) as caught:
        import_extra("odd_package", "plot", "drawing a loss curve")
    first, got, fix = str(caught.value).splitlines()
    assert first == "drawing a loss curve needs the package odd_package, which does not start"
    assert got.endswith("numpy.dtype size changed")
    assert 'python -c "import odd_package"' in fix
