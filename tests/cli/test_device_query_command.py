from __future__ import annotations

import google.protobuf
import numpy as np
import pytest

import blobnet
from blobnet.cli import device_query_command


@pytest.fixture
def facts(run):
    """A function that runs the command; name to what it tells."""

    def query(*words):
        ran = run("device_query", *words)
        assert (ran.code, ran.err) == (0, "")
        return dict(line.split(maxsplit=1) for line in ran.out.splitlines())

    return query


def test_what_computes_is_told(facts):
    told = facts()
    assert told["processor"] == blobnet.processor.processor_name()
    assert told["blobnet"] == blobnet.__version__
    assert told["numpy"] == np.__version__
    assert told["protobuf"].startswith(google.protobuf.__version__)
    assert told["threads"].startswith(f"{blobnet.num_threads()} ")
    assert int(told["cores"]) >= 1


def test_the_number_of_threads_is_that_of_the_option(facts):
    assert facts("--threads", 7)["threads"].startswith("7 ")


def test_a_gpu_that_is_asked_for_is_the_cpu(run):
    assert run("device_query", "-gpu", "0").out.startswith("--gpu 0: blobnet runs on the CPU\n")


@pytest.mark.parametrize(
    ("chosen", "environment", "words"),
    [
        (True, "SkylakeX", "chosen by blobnet"),
        (False, "Haswell", "chosen by OPENBLAS_CORETYPE"),
        (False, None, "as the library chose"),
    ],
)
def test_who_chose_the_kernels_of_blas_is_told(chosen, environment, words, facts, monkeypatch):
    info = {
        "user_api": "blas", "internal_api": "openblas", "version": "0.3.1", "num_threads": 1,
        "architecture": "Zen",
    }  # fmt: skip
    other = {"user_api": "openmp", "internal_api": "openmp", "num_threads": 4}
    monkeypatch.setattr("threadpoolctl.threadpool_info", lambda: [other, info])
    monkeypatch.setattr(device_query_command, "BLAS_KERNELS_CHOSEN", chosen)
    monkeypatch.delenv("OPENBLAS_CORETYPE", raising=False)
    if environment:
        monkeypatch.setenv("OPENBLAS_CORETYPE", environment)
    assert facts()["BLAS"] == (
        f"openblas 0.3.1, kernels for Zen ({words}), 1 in each of our threads"
    )


def test_a_blas_that_nothing_is_known_of_is_no_disaster(facts, monkeypatch):
    monkeypatch.setattr("threadpoolctl.threadpool_info", list)
    assert facts()["BLAS"] == "unknown to threadpoolctl"


def test_where_compiled_kernels_are_kept_is_told(facts, tmp_path, monkeypatch):
    pytest.importorskip("numba", reason="no numba for this Python", exc_type=ImportError)
    from blobnet.ops.simd import kernel

    monkeypatch.setattr(device_query_command, "compiled", lambda name: kernel)
    for folder, words in ((tmp_path, f"2 kept in {tmp_path}"), (None, "anew in every process")):
        monkeypatch.setattr(kernel, "cache_folder", lambda folder=folder: folder and str(folder))
        (tmp_path / "a.1.nbc").touch()
        (tmp_path / "b.1.nbc").touch()
        assert words in facts()["kernels"]


def test_a_folder_for_compiled_kernels_is_found_or_not(monkeypatch):
    pytest.importorskip("numba", reason="no numba for this Python", exc_type=ImportError)
    from blobnet.ops.simd import kernel

    assert kernel.cache_folder()

    def fail(function):
        raise RuntimeError("no locator available")

    monkeypatch.setattr(kernel, "_KernelCache", fail)
    assert kernel.cache_folder() is None


def test_without_numba_numpy_serves(facts, monkeypatch):
    monkeypatch.setattr(device_query_command, "compiled", lambda name: None)
    assert facts()["kernels"] == "not compiled: numba is missing or switched off, numpy serves"
