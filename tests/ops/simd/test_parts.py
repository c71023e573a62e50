"""Every part of numba that the kernels use is in the list that is checked."""

import ast
from pathlib import Path

import pytest

from blobnet.ops.simd import parts

FOLDER = Path(parts.__file__).parent
ROOTS = ("numba", "llvmlite")
OF_ARGUMENTS = {"builder": "llvmlite.ir.IRBuilder", "context": "numba.core.cpu.CPUContext"}
OF_INSTANCES = {"data_model_manager"}


def used(tree):
    """(module or class, name) of what a file of kernels takes from numba and llvmlite."""
    known = dict(OF_ARGUMENTS)
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module.split(".")[0] in ROOTS:
            for alias in node.names:
                known[alias.name] = f"{node.module}.{alias.name}"
                yield node.module, alias.name
        if isinstance(node, ast.Import):
            known |= {alias.name: alias.name for alias in node.names if alias.name in ROOTS}
    for node in ast.walk(tree):
        path, name = full_name(node, known)
        if path and name not in OF_INSTANCES:
            yield path, name


def full_name(node, known):
    if not isinstance(node, ast.Attribute):
        return "", ""
    if isinstance(node.value, ast.Name):
        return known.get(node.value.id, ""), node.attr
    if getattr(node.value, "attr", "") in OF_ARGUMENTS:  # as in value.builder.add
        return OF_ARGUMENTS[node.value.attr], node.attr
    path, name = full_name(node.value, known)
    return (f"{path}.{name}" if path and path[-1].islower() else ""), node.attr


@pytest.mark.parametrize("file", sorted(FOLDER.glob("*.py")), ids=lambda file: file.stem)
def test_what_is_used_is_checked(file):
    for path, name in used(ast.parse(file.read_text())):
        if name.startswith("__"):
            continue
        listed = parts.PARTS.get(path, "").split()
        assert name in listed or f"{path}.{name}" in parts.PARTS, f"{path}.{name}"


def test_the_instructions_of_operators_are_checked():
    value = pytest.importorskip("blobnet.ops.simd.value", reason="no numba for this Python")
    listed = parts.PARTS["llvmlite.ir.IRBuilder"].split()
    assert {name for pair in value.INSTRUCTIONS.values() for name in pair} <= set(listed)


def test_what_is_checked_is_there():
    pytest.importorskip("numba", reason="no numba for this Python", exc_type=ImportError)
    assert not list(parts.missing())


def test_what_has_moved_is_named(monkeypatch):
    pytest.importorskip("numba", reason="no numba for this Python", exc_type=ImportError)
    monkeypatch.delattr("numba.core.cgutils.for_range_slice")
    with pytest.raises(ImportError, match=r"there is no numba\.core\.cgutils\.for_range_slice$"):
        parts.check()
