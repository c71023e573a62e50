from __future__ import annotations

import pytest

from blobnet import ProtoError, parse_net, parse_solver
from blobnet.proto import NetParameter
from blobnet.serialization.unknown_names import unknown_names


def found(text: str) -> list[tuple[str, str]]:
    return [(each.owner, each.name) for each in unknown_names(text, NetParameter.DESCRIPTOR)]


def test_what_is_known_is_not_told():
    text = """
        # layr { }
        name: "layr { botom: 1 }" 'too' force_backward: true input_dim: [1, 2, -3]
        layer < name: "a" include: [{ phase: TEST }, { stage: ['x'] }]; loss_weight: inf >
        layer { pooling_param: { pool: MAX }, blobs { data: 1e-3 } }
    """
    assert found(text) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("layr { }", [("NetParameter", "layr")]),
        ("layer { botom: 'x' fase: TEST }",
         [("LayerParameter", "botom"), ("LayerParameter", "fase")]),
        ("layer { phase: TESTT }", [("Phase", "TESTT")]),
        ("layer { pooling_param { pool: MAXX } }", [("PoolingParameter.PoolMethod", "MAXX")]),
        ("layer { include: [{ fase: TEST }, { stag: 1 }] }",
         [("NetStateRule", "fase"), ("NetStateRule", "stag")]),
        ("foo { bar { baz: QUX } } layr: 1", [("NetParameter", "foo"), ("NetParameter", "layr")]),
        ("foo: [A, B] layr: 1", [("NetParameter", "foo"), ("NetParameter", "layr")]),
        ("layr: 1 layr: 2", [("NetParameter", "layr")]),
        ("} } layr: 1", [("NetParameter", "layr")]),
        ("layer { layer { layr", [("LayerParameter", "layer")]),
    ],
)  # fmt: skip
def test_each_unknown_name_is_told_once_with_its_owner(text, expected):
    assert found(text) == expected


def test_places_are_counted_from_one():
    text = 'name: "a"\n\n  layr: 1 foo: 2\nlayer { phase:\n TESTT }'
    names = unknown_names(text, NetParameter.DESCRIPTOR)
    assert [(each.name, each.line, each.column) for each in names] == [
        ("layr", 3, 3),
        ("foo", 3, 11),
        ("TESTT", 5, 2),
    ]


def test_depth_costs_no_recursion():
    text = "foo { " * 100_000 + "bar: 1" + " }" * 100_000 + "layr: 1"
    assert found(text) == [("NetParameter", "foo"), ("NetParameter", "layr")]


def test_a_file_that_is_something_else_is_not_read_to_its_end():
    assert len(found(" ".join(f"n{number}: 1" for number in range(5000)))) == 1000


# --- as users see it ------------------------------------------------------------------------------


def fails(function, text: str) -> str:
    with pytest.raises(ProtoError) as caught:
        function(text)
    return str(caught.value)


def test_all_names_are_told_with_line_fork_and_nearest():
    text = fails(
        parse_net,
        'layer {\n  botom: "x"\n  ceil_mode: true\n  pooling_param { pool: MAXX }\n  xyzzy: 1\n}',
    )
    assert text.splitlines()[:5] == [
        "<text>:2: 4 names are unknown",
        '  got:      line 2: LayerParameter has no field named "botom"; did you mean bottom?',
        '            line 3: LayerParameter has no field named "ceil_mode"; ceil_mode belongs to '
        "PoolingParameter (YOLO9000, Cascade R-CNN, SeqFace and 1 more).",
        '            line 4: PoolMethod has no value named "MAXX"; did you mean MAX?',
        '            line 5: LayerParameter has no field named "xyzzy"',
    ]
    assert "register_layer" in text


def test_one_name_in_the_wrong_message_is_told_with_its_place():
    text = fails(parse_net, "layer { ceil_mode: true }")
    assert text.startswith('<text>:1: LayerParameter has no field named "ceil_mode"\n')
    forks = "YOLO9000, Cascade R-CNN, SeqFace and 1 more"
    assert f"ceil_mode belongs to PoolingParameter ({forks})." in text


def test_of_many_names_the_first_are_told():
    text = fails(parse_solver, "\n".join(f"abcd{number}: 1" for number in range(40)))
    assert text.startswith("<text>:1: 40 names are unknown")
    assert "... and 10 more" in text
