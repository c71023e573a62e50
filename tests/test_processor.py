"""Choosing BLAS kernels: only where they exist, are overlooked, and nobody decided otherwise."""

from __future__ import annotations

import sys

import pytest

from blobnet.processor import choose_blas_kernels, processor_name

AVX512 = "fpu sse2 avx2 avx512f avx512bw avx512cd avx512dq avx512vl"


@pytest.fixture
def cpu_info(tmp_path, monkeypatch):
    """A function that writes what the system says of its processor."""
    monkeypatch.delenv("OPENBLAS_CORETYPE", raising=False)
    monkeypatch.delitem(sys.modules, "numpy")

    def write(vendor: str, flags: str) -> object:
        path = tmp_path / "cpuinfo"
        first = f"processor\t: 0\nvendor_id\t: {vendor}\nmodel name\t: Fast 1\nflags\t\t: {flags}\n"
        path.write_text(f"{first}\nprocessor\t: 1\nvendor_id\t: other\nflags\t\t: none\n")
        return path

    return write


def test_overlooked_kernels_are_asked_for(cpu_info, monkeypatch):
    monkeypatch.setenv("OPENBLAS_CORETYPE", "to be restored")
    monkeypatch.delenv("OPENBLAS_CORETYPE")
    assert choose_blas_kernels(cpu_info("AuthenticAMD", AVX512))
    import os

    assert os.environ["OPENBLAS_CORETYPE"] == "SkylakeX"


@pytest.mark.parametrize(
    ("vendor", "flags"),
    [("GenuineIntel", AVX512), ("AuthenticAMD", "fpu sse2 avx2"), ("AuthenticAMD", "avx512f")],
)
def test_others_are_left_alone(cpu_info, vendor, flags):
    assert not choose_blas_kernels(cpu_info(vendor, flags))


def test_a_setting_of_the_user_stands(cpu_info, monkeypatch):
    monkeypatch.setenv("OPENBLAS_CORETYPE", "Haswell")
    assert not choose_blas_kernels(cpu_info("AuthenticAMD", AVX512))


def test_it_is_too_late_once_numpy_is_there(cpu_info, monkeypatch):
    path = cpu_info("AuthenticAMD", AVX512)
    monkeypatch.setitem(sys.modules, "numpy", sys)
    assert not choose_blas_kernels(path)


def test_a_system_that_says_nothing_is_left_alone(cpu_info, tmp_path):
    assert not choose_blas_kernels(tmp_path / "absent")


def test_the_processor_has_a_name(cpu_info):
    assert processor_name(cpu_info("GenuineIntel", "fpu")) == "Fast 1"
