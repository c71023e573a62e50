"""docs/onnx.md names all that is written, and all that is left out."""

from __future__ import annotations

import re
from pathlib import Path

from blobnet.exchange.onnx.register import written_classes
from blobnet.layer_register import layer_class
from tests.conformance.catalogue import TYPES

PAGE = Path(__file__).resolve().parents[3] / "docs" / "onnx.md"


def test_every_type_that_is_written_or_left_out_is_in_the_page():
    named = set(re.findall(r"\w+", PAGE.read_text(encoding="utf-8")))
    written = {name for name in TYPES if layer_class(name) in written_classes()}
    assert len(written) > 40
    assert not written - named
