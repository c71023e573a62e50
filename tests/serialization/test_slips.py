from __future__ import annotations

import pytest

from blobnet.errors import ProtoError
from blobnet.serialization.prototxt import parse_net

LAYER = 'layer { name: "b" type: "ReLU" bottom: "x" top: "y" }'
NESTED = f"""name: "net"
layer {{ name: "a" type: "Input" top: "x"
  input_param {{ shape {{ dim: 1 }}
}}
{LAYER}
{LAYER}"""


@pytest.mark.parametrize(
    ("text", "line", "fix"),
    [
        ('\nlayer { name: "a"', 2, "a } is missing: the { of line 2 is not closed"),
        (NESTED, 5, "is a } missing above? The { of line 2 is still open."),
        (f"{LAYER}\n}}\n{LAYER}", 2, "remove the } of line 2: nothing is open there"),
        ("layer { # {\n name: a }", 2, 'put it into quotation marks: "a"'),
        ('layer { name "a" }', 1, "a colon goes between a field and its value"),
        ('layer { name: "a type: "Input" }', 1, 'write " around the whole of the string'),
        ("layer { name: 'a' type: 'Input }", 1, "write ' around the whole of the string"),
        ("input_shape { dim: 1,3 }", 1, "a field is repeated with its name"),
        ('input_shape { dim: "1" }', 1, "numbers stand without quotation marks"),
        ("input_shape ( dim: 1 )", 1, "stand between braces: { }"),
        ('layers { name: "a" type: Data }', 1, 'layer { type: "Data" }'),
    ],
)
def test_a_slip_is_told_with_its_line_and_how_to_mend_it(text, line, fix):
    with pytest.raises(ProtoError) as caught:
        parse_net(text)
    told = str(caught.value)
    assert told.startswith(f"<text>:{line}: ")
    assert fix in told.partition("fix:")[2]
    assert "fork" not in told


@pytest.mark.parametrize(
    "text",
    [
        'layer { name: "it\'s { fine" type: "Split" } # a "comment { with what is open',
        "layer < name: 'a \"quoted\" name' >",
    ],
)
def test_marks_in_strings_and_comments_are_no_slips(text):
    assert len(parse_net(text).layer) == 1


def test_an_unknown_field_below_complete_layers_is_no_matter_of_braces():
    with pytest.raises(ProtoError, match="did you mean bottom") as caught:
        parse_net(LAYER + '\nlayer { botom: "x" }')
    assert "missing" not in str(caught.value)
