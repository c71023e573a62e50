"""Where Split layers go, what they are called, and what becomes of loss weights."""

from __future__ import annotations

import pytest
from google.protobuf import text_format

from blobnet.errors import NetError
from blobnet.netdef import insert_splits, is_inserted_split, is_split_of
from blobnet.proto import NetParameter

DATA = 'layer { name: "data" type: "Data" top: "data" top: "label" }'


def net(text: str) -> NetParameter:
    return text_format.Parse(text, NetParameter())


def ip(name: str, bottom: str, top: str | None = None, more: str = "") -> str:
    return (
        f'layer {{ name: "{name}" type: "InnerProduct" bottom: "{bottom}" '
        f'top: "{top or name}" {more} }}'
    )


def relu(name: str, bottom: str, top: str | None = None) -> str:
    return f'layer {{ name: "{name}" type: "ReLU" bottom: "{bottom}" top: "{top or bottom}" }}'


def loss(name: str, *bottoms: str, more: str = "") -> str:
    wiring = " ".join(f'bottom: "{bottom}"' for bottom in bottoms)
    return f'layer {{ name: "{name}" type: "EuclideanLoss" {wiring} top: "{name}" {more} }}'


def split(bottom: str, producer: str, index: int, count: int, more: str = "") -> str:
    name = f"{bottom}_{producer}_{index}_split"
    tops = " ".join(f'top: "{name}_{k}"' for k in range(count))
    return f'layer {{ name: "{name}" type: "Split" bottom: "{bottom}" {tops} {more} }}'


def check(before: list[str], after: list[str]) -> None:
    original = net(" ".join(before))
    result = insert_splits(original)
    assert result == net(" ".join(after))
    assert original == net(" ".join(before)), "the argument was changed"
    assert insert_splits(result) == result, "a second time is not the same"


@pytest.mark.parametrize(
    "layers",
    [
        [],
        [DATA],
        [DATA, ip("ip", "data"), loss("loss", "ip", "label")],
        [DATA, ip("ip1", "data"), relu("relu1", "ip1"), ip("ip2", "ip1")],
        [DATA, ip("ip1", "data"), ip("ip2", "label"), loss("loss", "ip1", "ip2")],
    ],
)
def test_one_reader_needs_no_split(layers):
    check(layers, layers)


def test_the_rest_of_the_net_stays():
    rest = 'name: "n" force_backward: true state { phase: TRAIN level: 1 } debug_info: true'
    check([rest, DATA], [rest, DATA])


def test_two_readers_get_a_split_right_after_the_producer():
    check(
        [DATA, ip("ip1", "data"), ip("ip2", "data"), loss("loss", "ip1", "ip2")],
        [
            DATA,
            split("data", "data", 0, 2),
            ip("ip1", "data_data_0_split_0"),
            ip("ip2", "data_data_0_split_1"),
            loss("loss", "ip1", "ip2"),
        ],
    )


def test_the_splits_of_two_tops_stand_in_the_order_of_the_tops():
    check(
        [
            DATA,
            ip("ip1", "data"),
            ip("ip2", "data"),
            ip("ip3", "data"),
            loss("loss1", "ip1", "label"),
            loss("loss2", "ip2", "label"),
        ],
        [
            DATA,
            split("data", "data", 0, 3),
            split("label", "data", 1, 2),
            ip("ip1", "data_data_0_split_0"),
            ip("ip2", "data_data_0_split_1"),
            ip("ip3", "data_data_0_split_2"),
            loss("loss1", "ip1", "label_data_1_split_0"),
            loss("loss2", "ip2", "label_data_1_split_1"),
        ],
    )


def test_a_layer_that_reads_a_blob_twice_counts_twice():
    check(
        [DATA, ip("ip", "data"), loss("loss", "ip", "ip")],
        [
            DATA,
            ip("ip", "data"),
            split("ip", "ip", 0, 2),
            loss("loss", "ip_ip_0_split_0", "ip_ip_0_split_1"),
        ],
    )


def test_the_readers_of_an_input_layer_are_split():
    given_input = 'layer { name: "input" type: "Input" top: "x" input_param { shape { dim: 2 } } }'
    check(
        [given_input, ip("ip1", "x"), ip("ip2", "x")],
        [
            given_input,
            split("x", "input", 0, 2),
            ip("ip1", "x_input_0_split_0"),
            ip("ip2", "x_input_0_split_1"),
        ],
    )


def test_each_version_of_an_in_place_chain_is_split_by_itself():
    """The name in the middle is that of the layer that made the version: ip1, then relu1."""
    check(
        [
            DATA,
            ip("ip1", "data"),
            relu("relu1", "ip1"),
            ip("ip2", "ip1"),
            ip("ip3", "ip1"),
            relu("relu2", "ip2"),
        ],
        [
            DATA,
            ip("ip1", "data"),
            relu("relu1", "ip1"),
            split("ip1", "relu1", 0, 2),
            ip("ip2", "ip1_relu1_0_split_0"),
            ip("ip3", "ip1_relu1_0_split_1"),
            relu("relu2", "ip2"),
        ],
    )


def test_a_version_that_something_else_reads_is_not_overwritten_in_place():
    """ip2 reads what ip1 made; relu1 gets a copy of it, so it works on a blob of its own."""
    check(
        [
            DATA,
            ip("ip1", "data"),
            ip("ip2", "ip1"),
            relu("relu1", "ip1"),
            ip("ip3", "ip1"),
            ip("ip4", "ip1"),
        ],
        [
            DATA,
            ip("ip1", "data"),
            split("ip1", "ip1", 0, 2),
            ip("ip2", "ip1_ip1_0_split_0"),
            relu("relu1", "ip1_ip1_0_split_1", "ip1"),
            split("ip1", "relu1", 0, 2),
            ip("ip3", "ip1_relu1_0_split_0"),
            ip("ip4", "ip1_relu1_0_split_1"),
        ],
    )


def test_a_loss_weight_alone_needs_no_split():
    layers = [DATA, ip("ip1", "data", more="loss_weight: 2.5"), ip("ip2", "label")]
    check(layers, layers)


def test_a_loss_weight_reads_the_first_top_of_the_split():
    check(
        [
            DATA,
            ip("ip1", "data", more="loss_weight: 2.5"),
            ip("ip2", "ip1"),
            ip("ip3", "ip1"),
            loss("loss", "ip2", "ip3", more="loss_weight: 0.5"),
        ],
        [
            DATA,
            ip("ip1", "data"),
            split("ip1", "ip1", 0, 3, "loss_weight: 2.5 loss_weight: 0 loss_weight: 0"),
            ip("ip2", "ip1_ip1_0_split_1"),
            ip("ip3", "ip1_ip1_0_split_2"),
            loss("loss", "ip2", "ip3", more="loss_weight: 0.5"),
        ],
    )


def test_a_loss_weight_and_one_reader_make_two():
    check(
        [DATA, ip("ip1", "data", more="loss_weight: 1"), ip("ip2", "ip1")],
        [
            DATA,
            ip("ip1", "data"),
            split("ip1", "ip1", 0, 2, "loss_weight: 1 loss_weight: 0"),
            ip("ip2", "ip1_ip1_0_split_1"),
        ],
    )


def test_a_loss_weight_of_zero_reads_nothing():
    layers = [DATA, ip("ip1", "data", more="loss_weight: 0"), ip("ip2", "ip1")]
    check(layers, layers)


def test_a_loss_weight_on_a_version_made_in_place():
    weighted = relu("relu1", "ip1").replace("}", "loss_weight: 3 }")
    check(
        [DATA, ip("ip1", "data"), weighted, ip("ip2", "ip1")],
        [
            DATA,
            ip("ip1", "data"),
            relu("relu1", "ip1"),
            split("ip1", "relu1", 0, 2, "loss_weight: 3 loss_weight: 0"),
            ip("ip2", "ip1_relu1_0_split_1"),
        ],
    )


def test_the_loss_weight_of_another_top_stays_where_it_is():
    layer = 'layer { name: "s" type: "Slice" bottom: "data" top: "a" top: "b" '
    check(
        [DATA, layer + "loss_weight: 2 loss_weight: 3 }", ip("ip", "a")],
        [
            DATA,
            layer + "loss_weight: 0 loss_weight: 3 }",
            split("a", "s", 0, 2, "loss_weight: 2 loss_weight: 0"),
            ip("ip", "a_s_0_split_1"),
        ],
    )


@pytest.mark.parametrize(
    ("layers", "who", "fix"),
    [
        ([DATA, ip("ip", "dota")], r"'dota' \(layer 'ip', bottom index 0\)", "did you mean data"),
        ([DATA, loss("loss", "data", "zzz")], r"'zzz' \(layer 'loss', bottom index 1\)", None),
        (
            [DATA, loss("loss", "late", "label"), ip("maker", "data", "late")],
            r"'late' \(layer 'loss', bottom index 0\)",
            "move layer 'maker', which makes it, further up",
        ),
        ([DATA, relu("relu", "zzz")], r"'zzz' \(layer 'relu', bottom index 0\)", None),
    ],
)
def test_a_bottom_that_nothing_makes_is_refused(layers, who, fix):
    with pytest.raises(NetError, match=f"Unknown bottom blob {who}\n.*expected") as refusal:
        insert_splits(net(" ".join(layers)))
    assert ("fix:" in str(refusal.value)) is bool(fix)
    assert (fix or "") in str(refusal.value)


def test_what_was_put_in_is_known_from_what_a_person_wrote():
    by_hand = 'layer { name: "mine" type: "Split" bottom: "data" top: "mine_0" top: "mine_1" }'
    readers = [ip("a", "mine_0"), ip("b", "mine_1"), ip("c", "label"), ip("d", "label")]
    result = insert_splits(net(" ".join([DATA, by_hand, *readers])))
    inserted = [layer for layer in result.layer if is_inserted_split(layer)]
    assert [layer.name for layer in inserted] == ["label_data_1_split"]
    assert is_split_of(inserted[0], "label")
    assert not is_split_of(inserted[0], "data")
