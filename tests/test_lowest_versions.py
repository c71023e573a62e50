"""scripts/lowest_versions prints what scripts/test_versions installs: the lower bounds."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PYPROJECT = """
[project]
dependencies = [
    "numpy>=1.23",
    "numba>=0.62,<1; python_version < '3.15'",{more}
]

[project.optional-dependencies]
hdf5 = ["h5py>=3.8"]
image = ["pillow[xmp]>=9.4"{extra}]
proto = ["grpcio-tools>=1.49"]
all = ["blobnet[hdf5,image]"]
test = ["blobnet[all]", "pytest-xdist>=3.5"]
dev = ["blobnet[test]", "ruff==0.17.6", "build"]
"""


def lowest_versions(root: Path) -> tuple[int, str]:
    """The exit code, and what is printed."""
    command = [sys.executable, str(root / "scripts" / "lowest_versions")]
    result = subprocess.run(command, capture_output=True, text=True)
    return result.returncode, result.stdout + result.stderr


@pytest.fixture
def printed(tmp_path):
    """A function that gives what is printed of a pyproject.toml with further dependencies."""
    (tmp_path / "scripts").mkdir()
    shutil.copy(ROOT / "scripts" / "lowest_versions", tmp_path / "scripts")

    def of(more: str = "", extra: str = "") -> tuple[int, str]:
        text = PYPROJECT.format(more=more and f'\n    "{more}",', extra=extra and f', "{extra}"')
        (tmp_path / "pyproject.toml").write_text(text)
        return lowest_versions(tmp_path)

    return of


def test_every_dependency_in_its_lowest_version(printed):
    code, lines = printed()
    assert code == 0
    assert sorted(lines.splitlines()) == [
        "h5py==3.8",
        "numba==0.62,<1; python_version < '3.15'",
        "numpy==1.23",
        "pillow[xmp]==9.4",
        "pytest-xdist==3.5",
    ]


def test_those_of_this_project_are_its_lower_bounds_once_each():
    code, lines = lowest_versions(ROOT)
    bounds = re.findall(r'"([\w-]+)>=([\w.]+)[;"]', (ROOT / "pyproject.toml").read_text("utf-8"))
    others = {"hatchling", "grpcio-tools", "torch", "pydot"}  # to build, compile, compare, draw
    others.add("mpi4py")  # for those who have an MPI
    others |= {
        "sphinx",
        "myst-parser",
        "furo",
        "sphinx-click",
        "latex2mathml",
    }  # to make the site of pages
    assert code == 0
    assert sorted(line.partition(";")[0] for line in lines.splitlines()) == sorted(
        f"{name}=={version}" for name, version in bounds if name not in others
    )
    assert len({name for name, _ in bounds}) == len(bounds)


@pytest.mark.parametrize(
    "dependency", ["lmdb", "lmdb==1.4", "lmdb<2", "lmdb; python_version >= '3.10'", "lmdb>1.4"]
)
@pytest.mark.parametrize("where", ["more", "extra"])
def test_a_dependency_without_a_lowest_version_is_an_error(dependency, where, printed):
    code, says = printed(**{where: dependency})
    assert code == 1
    assert says == (
        f'pyproject.toml: "{dependency}" has no lowest version: write "NAME>=VERSION"\n'
    )
