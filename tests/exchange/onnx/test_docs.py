"""docs/onnx.md names all that is written, left out and read."""

from __future__ import annotations

import re
from pathlib import Path

from blobnet.exchange.onnx.reader_register import readers
from blobnet.exchange.onnx.register import written_classes
from blobnet.layer_register import layer_class
from tests.conformance.catalogue import TYPES

PAGE = Path(__file__).resolve().parents[3] / "docs" / "onnx.md"


def test_every_type_that_is_written_or_left_out_is_in_the_page():
    named = set(re.findall(r"\w+", PAGE.read_text(encoding="utf-8")))
    written = {name for name in TYPES if layer_class(name) in written_classes()}
    assert len(written) > 40
    assert not written - named


def test_every_operator_that_is_read_is_in_the_page():
    page = PAGE.read_text(encoding="utf-8").partition("## From ONNX")[2]
    rows = [line.split("|")[1] for line in page.splitlines() if line.startswith("| ")]
    named = set(re.findall(r"\w+", " ".join(rows))) - {"operator"}
    assert named == set(readers())
