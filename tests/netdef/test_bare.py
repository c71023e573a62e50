from __future__ import annotations

from blobnet.netdef.bare import without_layers
from blobnet.proto import TEST, NetParameter

NET = NetParameter(
    name="a",
    input=["x", "y"],
    input_shape=[{"dim": [1, 2]}, {"dim": [3]}],
    input_dim=[4, 5],
    force_backward=True,
    debug_info=False,  # stated, though it is the default
    state={"phase": TEST, "level": 2, "stage": ["b"]},
    layer=[{"name": "l", "blobs": [{"data": [1.0, 2.0]}]}],
)


def test_all_but_the_layers_is_there():
    expected = NetParameter.FromString(NET.SerializeToString())
    expected.ClearField("layer")
    assert without_layers(NET) == expected


def test_what_is_made_shares_nothing_with_the_net():
    before = NetParameter.FromString(NET.SerializeToString())
    bare = without_layers(NET)
    bare.state.stage.append("c")
    bare.input_shape[0].dim[0] = 9
    bare.input[0] = "z"
    assert before == NET


def test_of_nothing_nothing_is_made():
    assert without_layers(NetParameter()) == NetParameter()
