import numpy as np
import pytest

import blobnet
from blobnet import LayerError
from blobnet.testing import run_layer

SEVEN = 'data_filler { type: "constant" value: 7 }'
GAUSSIAN = 'data_filler { type: "gaussian" mean: 3 std: 0.01 }'
LEGACY = "num: 5 channels: 3 height: 2 width: 4"


def dummy(param, num_top=1, **options):
    return run_layer(
        f'name: "data" type: "DummyData" dummy_data_param {{ {param} }}',
        num_top=num_top,
        **options,
    )


def shapes(run):
    return [blob.shape for blob in run.top]


# --- shapes ---------------------------------------------------------------------------------------


def test_one_shape_serves_all_tops():
    assert shapes(dummy("shape { dim: 2 dim: 3 }", 2)) == [(2, 3), (2, 3)]


def test_one_shape_for_each_top():
    assert shapes(dummy("shape { dim: 2 dim: 3 } shape { }", 2)) == [(2, 3), ()]


def test_the_legacy_fields_serve_all_tops_or_each():
    run = dummy("num: 5 channels: 3 channels: 6 height: 2 width: 4 width: 1", 2)
    assert shapes(run) == [(5, 3, 2, 4), (5, 6, 2, 1)]


@pytest.mark.parametrize("field", ["num", "channels", "height", "width"])
@pytest.mark.parametrize("stated", [0, 2])
def test_each_legacy_field_is_stated_once_or_once_per_top(field, stated):
    others = {"num", "channels", "height", "width"} - {field}
    param = " ".join(f"{other}: 1" for other in others) + f" {field}: 1" * stated
    with pytest.raises(LayerError, match=rf"specify '{field}' once.*\n.*1 or 3\n.*got: +{stated}"):
        dummy(param, 3)


@pytest.mark.parametrize(("param", "stated"), [("", 0), ("shape { } shape { }", 2)])
def test_a_shape_is_stated_once_or_once_per_top(param, stated):
    with pytest.raises(LayerError, match=rf'"data": Must specify \'shape\'.*\n.*\n.* {stated}'):
        dummy(param, 3)


def test_both_forms_together_are_refused():
    with pytest.raises(LayerError, match="Both shape and legacy fields were specified"):
        dummy(f"{LEGACY} shape {{ dim: 1 }}")


def test_a_top_is_needed():
    with pytest.raises(LayerError, match="produces at least 1 top"):
        dummy("shape { dim: 1 }", 0)


# --- values ---------------------------------------------------------------------------------------


def test_zero_without_a_filler():
    assert not dummy("shape { dim: 2 }").top[0].data.any()


def test_one_filler_serves_all_tops():
    for blob in dummy(f"shape {{ dim: 2 }} {SEVEN}", 2).top:
        np.testing.assert_array_equal(blob.data, 7)


def test_constants_stand_and_others_change_with_every_forward():
    run = dummy(f"{LEGACY} {SEVEN} {GAUSSIAN} {SEVEN}", 3)
    first = run.top[1].data.copy()
    run.forward()
    assert (run.top[1].data != first).all()
    np.testing.assert_allclose(run.top[1].data, 3, atol=0.1)
    for index in (0, 2):
        np.testing.assert_array_equal(run.top[index].data, 7)


def test_only_constants_are_filled_before_the_first_forward():
    net = blobnet.Net(
        blobnet.parse_net(f"""
            layer {{ name: "data" type: "DummyData" top: "a" top: "b"
                     dummy_data_param {{ shape {{ dim: 2 }} {SEVEN} {GAUSSIAN} }} }}
        """)
    )
    np.testing.assert_array_equal(net.blobs["a"].data, 7)
    np.testing.assert_array_equal(net.blobs["b"].data, 0)


def test_a_constant_is_filled_only_once():
    run = dummy(f"shape {{ dim: 2 }} {SEVEN}")
    run.top[0].data[...] = 1
    run.forward()
    np.testing.assert_array_equal(run.top[0].data, 1)


def test_the_random_numbers_go_on_where_the_state_left_them():
    run = dummy(f"shape {{ dim: 4 }} {GAUSSIAN}")
    state = run.layer.get_state()
    run.forward()
    expected = run.top[0].data.copy()
    run.forward()
    run.layer.set_state(state)
    run.forward()
    np.testing.assert_array_equal(run.top[0].data, expected)


def test_there_is_nothing_to_go_back_to():
    dummy("shape { dim: 2 }").backward()


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("kind", ["uniform", "xavier", "msra", "positive_unitball"])
def test_every_filler_may_be_used(kind, dtype):
    run = dummy(f'shape {{ dim: 3 dim: 4 }} data_filler {{ type: "{kind}" }}', dtype=dtype)
    assert run.top[0].data.all()
    assert run.top[0].data.dtype == dtype


def test_two_fillers_do_not_fit_three_tops():
    with pytest.raises(LayerError, match=r"'data_filler'.*\n.*1 or 3\n.*got: +2"):
        dummy(f"shape {{ dim: 2 }} {SEVEN} {SEVEN}", 3)


@pytest.mark.parametrize(
    ("filler", "message"),
    [
        ('type: "gausian"', "unknown filler"),
        ('type: "uniform" min: 2 max: 1', "min <= max"),
        ('type: "bilinear"', "bilinear filler cannot fill"),
    ],
)
def test_a_filler_that_cannot_work_is_refused_at_setup(filler, message):
    with pytest.raises(LayerError, match=f'DummyData layer "data": .*{message}'):
        dummy(f"shape {{ dim: 2 }} data_filler {{ {filler} }}")


def test_masks_are_of_the_stated_shape():
    run = dummy('shape { dim: 2 dim: 2 dim: 3 dim: 4 } data_filler { type: "flowBorderMask" }')
    assert run.top[0].data.sum() == 2 * (3 * 3 + 2 * 4)
    with pytest.raises(LayerError, match=r'"data": There should be 2 channels'):
        dummy('shape { dim: 2 dim: 3 dim: 3 dim: 4 } data_filler { type: "flowBorderMask" }')
