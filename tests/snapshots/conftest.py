"""Snapshots in both formats."""

from __future__ import annotations

import pytest

FORMATS = {"BINARYPROTO": "", "HDF5": ".h5"}


@pytest.fixture(params=FORMATS)
def kind(request):
    """How snapshots are kept; HDF5 only where it is installed."""
    if request.param == "HDF5":
        pytest.importorskip("h5py")
    return request.param


@pytest.fixture
def ending(kind):
    """What the names of snapshots end with."""
    return FORMATS[kind]


@pytest.fixture
def settings(kind, tmp_path):
    """Settings of a solver that keeps its snapshots in `tmp_path`."""
    return f'snapshot_format: {kind} snapshot_prefix: "{tmp_path}/small" momentum: 0.9 '
