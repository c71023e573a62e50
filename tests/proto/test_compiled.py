from __future__ import annotations

import sys

import pytest
from google.protobuf.descriptor_pb2 import FileDescriptorSet

from blobnet import MissingExtraError, ProtoError
from blobnet.proto.compiled import compiled_files

COMPILER = """
import pathlib, sys
if __name__ == "__main__":
    *options, path = sys.argv[1:]
    values = dict(option.lstrip("-").partition("=")[::2] for option in options)
    text = pathlib.Path(path).read_text()
    if "oops" in text:
        sys.exit(f"{path}:1:1: Expected top-level statement")
    assert "include_imports" in values and f"I{pathlib.Path(path).parent}" in values
    pathlib.Path(values["descriptor_set_out"]).write_bytes(bytes.fromhex(text))
"""


@pytest.fixture
def compiler(tmp_path, monkeypatch):
    """In the place of grpcio-tools: what stands in the file, in hexadecimal, is what it makes."""
    folder = tmp_path / "packages" / "grpc_tools"
    folder.mkdir(parents=True)
    (folder / "__init__.py").write_text("")
    (folder / "protoc.py").write_text(COMPILER)
    for name in ("grpc_tools", "grpc_tools.protoc"):
        monkeypatch.delitem(sys.modules, name, raising=False)
    monkeypatch.syspath_prepend(folder.parent)
    monkeypatch.setenv("PYTHONPATH", str(folder.parent))
    yield
    for name in ("grpc_tools", "grpc_tools.protoc"):
        sys.modules.pop(name, None)


def test_the_files_are_what_the_compiler_makes(compiler, tmp_path, monkeypatch):
    made = FileDescriptorSet()
    made.file.add(name="base.proto")
    made.file.add(name="mine.proto", package="p")
    (tmp_path / "mine.proto").write_text(made.SerializeToString().hex())
    monkeypatch.chdir(tmp_path)
    for path in ("mine.proto", tmp_path / "mine.proto"):
        assert compiled_files(path) == list(made.file)


def test_what_the_compiler_says_is_told_with_the_file(compiler, tmp_path):
    path = tmp_path / "mine.proto"
    path.write_text("oops")
    with pytest.raises(ProtoError) as caught:
        compiled_files(path)
    first, got = str(caught.value).splitlines()
    assert first == f"{path}: cannot be compiled"
    assert got == "  got:      mine.proto:1:1: Expected top-level statement"


def test_a_missing_file_is_told(tmp_path):
    with pytest.raises(ProtoError, match=r"none\.proto: cannot be read"):
        compiled_files(tmp_path / "none.proto")


def test_without_a_compiler_the_extra_is_named(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "grpc_tools", None)
    monkeypatch.delitem(sys.modules, "grpc_tools.protoc", raising=False)
    path = tmp_path / "mine.proto"
    path.write_text('syntax = "proto2";')
    with pytest.raises(MissingExtraError, match=r'mine\.proto(.*\n)*.*"blobnet\[proto\]"'):
        compiled_files(path)


def test_the_real_compiler(tmp_path):
    pytest.importorskip("grpc_tools.protoc")
    (tmp_path / "base.proto").write_text('syntax = "proto2"; message Base { }')
    path = tmp_path / "mine.proto"
    path.write_text(
        'syntax = "proto2"; import "base.proto"; message Mine { optional Base base = 7; }'
    )
    base, mine = compiled_files(path)
    assert (base.name, mine.name) == ("base.proto", "mine.proto")
    assert mine.message_type[0].field[0].number == 7
    path.write_text("message {")
    with pytest.raises(ProtoError, match=r"mine\.proto:1:9: Expected message name"):
        compiled_files(path)
