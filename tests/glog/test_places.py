"""Messages stand in two places: where they are logged, and in the table of Caffe's places."""

from __future__ import annotations

import ast
import logging
from pathlib import Path

import pytest

import blobnet
from blobnet.glog.places import PLACES, place

ROOT = Path(blobnet.__file__).parent
METHODS = {"info", "warning", "error"}
ROWS = [(file, message) for file, messages in PLACES.items() for message in messages]


def logged_by(path):
    """The messages that a module logs, before their values are put in."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and getattr(node.func, "attr", "") in METHODS and node.args:
            first = node.args[0]
            if isinstance(first, ast.Constant):
                yield first.value


@pytest.mark.parametrize("file", PLACES)
def test_every_message_of_the_table_is_logged_there(file):
    logged = {text for path in ROOT.rglob(file) for text in logged_by(path)}
    assert set(PLACES[file]) <= logged


def record(file, message, *args, name="blobnet.solver"):
    return logging.LogRecord(name, logging.INFO, f"/a/{file}", 7, message, args, None)


@pytest.mark.parametrize(
    ("file", "message", "args", "expected"),
    [
        ("solver.py", "Solving %s", ("LeNet",), "solver.cpp:289"),
        ("log.py", "    %s net output #%d: %s", ("Train", 0, "x"), "solver.cpp:258"),
        ("log.py", "    %s net output #%d: %s", ("Test", 0, "x"), "solver.cpp:414"),
        ("log.py", "    %s net output #%d: %s", ("Other", 0, "x"), "log.py:7"),
        ("snapshot.py", "Snapshotting to %s file %s", ("HDF5", "x"), "solver.cpp:474"),
        (
            "upgrade.py",
            "Attempting to upgrade %s%s",
            ("batch norm layers using deprecated params", ": x.prototxt"),
            "upgrade_proto.cpp:79",
        ),
        ("solver.py", "something new", (), "solver.py:7"),
        ("solver.py", "Solving %s", (), "solver.cpp:289"),
        ("solver.py", 17, (), "solver.py:7"),  # logging takes any object
        ("unknown.py", "Solving %s", ("LeNet",), "unknown.py:7"),
    ],
)
def test_a_line_has_caffes_place_where_caffe_has_the_line(file, message, args, expected):
    assert place(record(file, message, *args)) == expected


def test_lines_of_others_keep_their_places():
    mine = record("solver.py", "Optimization Done.", name="mine")
    assert place(mine) == "solver.py:7"
