"""Snapshots in both formats; warnings."""

from __future__ import annotations

import logging

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


@pytest.fixture
def warnings(caplog):
    """A function that gives what is warned of while it calls another one."""

    def of(function, *args, **options):
        caplog.clear()
        with caplog.at_level(logging.WARNING, logger="blobnet"):
            function(*args, **options)
        return caplog.messages

    return of
