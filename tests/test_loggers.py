"""Records of our loggers can be shown by any handler."""

from __future__ import annotations

import logging
import re
from pathlib import Path

import pytest

import blobnet
from blobnet import BlobnetError
from blobnet.errors import explain
from blobnet.loggers import named_logger

LOG = named_logger("blobnet.tests")


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("a\x1b[2J\nI1129 forged", r"a\x1b[2J\nI1129 forged"),
        (Path("a\x1b.log"), r"a\x1b.log"),
        (ValueError("\x07"), r"\x07"),
        (BlobnetError(explain("it broke", fix="mend it")), "it broke\n  fix:      mend it"),
        (["\x1b"], r"['\x1b']"),
        (7, "7"),
    ],
)
def test_what_a_record_quotes_is_printable(value, shown, caplog):
    LOG.warning("layer %s\tends", value)
    assert caplog.messages == [f"layer {shown}\tends"]


def test_numbers_stay_numbers(caplog):
    LOG.warning("%d %.3f %s", 3, 0.5, None)
    assert caplog.messages == ["3 0.500 None"]


def test_a_logger_is_that_of_logging_and_filtered_once():
    assert named_logger("blobnet.tests") is logging.getLogger("blobnet.tests")
    assert len(named_logger("blobnet.tests").filters) == 1


def test_a_net_with_hostile_names_logs_them_printably(caplog):
    caplog.set_level(logging.INFO, logger="blobnet")
    names = r'name: "\033]0;x\007" top: "\302\233"'
    text = f'layer {{ {names} type: "Input" input_param {{ shape {{ }} }} }}'
    net = blobnet.Net(blobnet.parse_net(f"debug_info: true {text}"), "TEST")
    net.forward()
    assert [m for m in caplog.messages if r"Layer \x1b]0;x\x07, top blob \x9b" in m]


def test_all_loggers_of_the_package_are_made_here():
    root = Path(blobnet.__file__).parent
    handlers = {root / "cli" / "logs.py", root / "pycaffe" / "logs.py"}  # which set the handlers
    own = {root / "loggers.py", *handlers}
    for path in set(root.rglob("*.py")) - own:
        assert not re.search(r"\bgetLogger\(", path.read_text(encoding="utf-8")), path
