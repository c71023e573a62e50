"""`blobnet device_query`: where Caffe's names the GPU, what blobnet computes with."""

from __future__ import annotations

import os
import platform
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path
from typing import Any

import click
import numpy as np

from blobnet.cli.logs import start_logging
from blobnet.cli.options import caffes_other_flags, gpu_option, threads_option
from blobnet.ops.jit import compiled
from blobnet.ops.parallel import num_threads, use_one_blas_thread
from blobnet.processor import BLAS_KERNELS_CHOSEN, processor_name
from blobnet.version import __version__


@click.command(
    help="""Tell what computes: processor, threads, BLAS, compiled kernels, versions.

    What a report of a slow or a wrong result should contain.
    """,
    epilog="Example: blobnet device_query",
)
@threads_option
@gpu_option
@caffes_other_flags("gpu")
def command(gpu: str) -> None:
    start_logging()
    if gpu:
        click.echo(f"--gpu {gpu}: blobnet runs on the CPU")
    use_one_blas_thread()
    for name, value in facts():
        click.echo(f"{name:<10} {value}")


def facts() -> Iterator[tuple[str, str]]:
    """What is to be told, line by line."""
    from google.protobuf.internal import api_implementation

    yield "processor", processor_name()
    yield "cores", str(os.cpu_count() or "unknown")
    yield "threads", f"{num_threads()} (all processors, or --threads, blobnet.set_num_threads)"
    for library in _blas_libraries():
        yield "BLAS", library
    yield "kernels", _kernels()
    yield "blobnet", __version__
    yield "numpy", np.__version__
    yield "protobuf", f"{metadata.version('protobuf')} ({api_implementation.Type()})"
    yield "python", f"{platform.python_version()}, {platform.platform()}"


def _blas_libraries() -> list[str]:
    from threadpoolctl import threadpool_info

    libraries = [info for info in threadpool_info() if info.get("user_api") == "blas"]
    return [_blas_words(info) for info in libraries] or ["unknown to threadpoolctl"]


def _blas_words(info: dict[str, Any]) -> str:
    chosen = "chosen by blobnet" if BLAS_KERNELS_CHOSEN else "as the library chose"
    if not BLAS_KERNELS_CHOSEN and "OPENBLAS_CORETYPE" in os.environ:
        chosen = "chosen by OPENBLAS_CORETYPE"
    kernels = f", kernels for {info['architecture']} ({chosen})" if "architecture" in info else ""
    threads = f", {info['num_threads']} in each of our threads"
    return f"{info['internal_api']} {info.get('version')}{kernels}{threads}"


def _kernels() -> str:
    """Whether numba compiles, and where it keeps what it compiled."""
    module: Any = compiled("simd.kernel")
    if module is None:
        return "not compiled: numba is missing or switched off, numpy serves"
    by = f"compiled by numba {metadata.version('numba')}"
    folder = module.cache_folder()
    if folder is None:
        return f"{by}, anew in every process: no folder can be written"
    return f"{by}, {len(list(Path(folder).glob('*.nbc')))} kept in {folder}"
