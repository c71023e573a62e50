"""Messages out of a .proto file, which the compiler of grpcio-tools reads."""

from __future__ import annotations

import subprocess
import sys
from os import PathLike
from pathlib import Path
from tempfile import TemporaryDirectory

from google.protobuf.descriptor_pb2 import FileDescriptorProto, FileDescriptorSet

from blobnet.errors import ProtoError, explain
from blobnet.extras import import_extra
from blobnet.input_files import check_file, shown


def compiled_files(path: str | PathLike[str]) -> list[FileDescriptorProto]:
    """The .proto file, behind all that it imports.

    Raises ProtoError where it cannot be read, MissingExtraError without a compiler.
    """
    check_file(path, ProtoError)
    import_extra("grpc_tools.protoc", "proto", f"reading {shown(path)}")
    file = Path(path).absolute()
    with TemporaryDirectory() as folder:
        out = Path(folder) / "descriptors"
        done = subprocess.run(
            [sys.executable, "-m", "grpc_tools.protoc", f"-I{file.parent}", "--include_imports",
             f"--descriptor_set_out={out}", str(file)],
            capture_output=True,
            text=True,
            check=False,
        )  # fmt: skip
        if done.returncode:
            reason = done.stderr.replace(f"{file.parent}/", "").strip()
            raise ProtoError(explain(f"{shown(path)}: cannot be compiled", got=reason))
        return list(FileDescriptorSet.FromString(out.read_bytes()).file)
