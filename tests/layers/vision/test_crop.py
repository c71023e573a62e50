import numpy as np
import pytest

import blobnet
from blobnet import LayerError
from blobnet.testing import LayerRun, run_layer

IMAGE = (2, 3, 5, 6)

CASES = {
    # name: (options, shape of bottom[1], shape of the top, where it begins in bottom[0])
    "axis 2, no offset": ("", (9, 9, 4, 3), (2, 3, 4, 3), (0, 0, 0, 0)),
    "one offset": ("offset: 2", (2, 3, 3, 4), (2, 3, 3, 4), (0, 0, 2, 2)),
    "one each": ("offset: [1, 3]", (1, 1, 2, 3), (2, 3, 2, 3), (0, 0, 1, 3)),
    "an offset of 0 is one": ("offset: 0", (2, 3, 4, 4), (2, 3, 4, 4), (0, 0, 0, 0)),
    "nothing to cut": ("", IMAGE, IMAGE, (0, 0, 0, 0)),
    "the last axis": ("axis: 3 offset: 4", (7, 7, 7, 2), (2, 3, 5, 2), (0, 0, 0, 4)),
    "counted from the end": ("axis: -1 offset: 1", (7, 7, 7, 3), (2, 3, 5, 3), (0, 0, 0, 1)),
    "channels too": ("axis: 1 offset: [1, 0, 2]", (7, 2, 4, 4), (2, 2, 4, 4), (0, 1, 0, 2)),
    "all axes": ("axis: 0 offset: [1, 2, 1, 0]", (1, 1, 3, 6), (1, 1, 3, 6), (1, 2, 1, 0)),
    "all axes, from the end": ("axis: -4", (1, 2, 3, 4), (1, 2, 3, 4), (0, 0, 0, 0)),
    "more axes than needed": ("offset: 1", (2, 3, 4, 5, 9), (2, 3, 4, 5), (0, 0, 1, 1)),
    "nothing left": ("offset: 5", (2, 3, 0, 1), (2, 3, 0, 1), (0, 0, 5, 5)),
}


def crop(options: str, x: np.ndarray, size: tuple[int, ...], **settings) -> LayerRun:
    prototxt = f'name: "cut" type: "Crop" crop_param {{ {options} }}'
    return run_layer(prototxt, x, np.full(size, 77.0), **settings)


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("dtype", ["f4", "f8"])
def test_the_part_that_begins_at_the_offset_is_kept(case, dtype, rng):
    options, size, shape, begin = CASES[case]
    run = crop(options, rng.normal(size=IMAGE), size, dtype=dtype)
    assert run.top[0].shape == shape
    for index in np.ndindex(shape):
        place = tuple(i + first for i, first in zip(index, begin, strict=True))
        assert run.top[0].data[index] == run.bottom[0].data[place]


@pytest.mark.parametrize("shape", [(4,), (2, 4), (2, 1, 3, 2, 4)])
def test_any_number_of_axes(shape, rng):
    x = rng.normal(size=shape)
    run = crop("axis: -1 offset: 1", x, (*shape[:-1], 2))
    np.testing.assert_array_equal(run.top[0].data, x[..., 1:3])


@pytest.mark.parametrize("num", [1, 3, 0])
def test_a_new_batch_size_is_fine(num, rng):
    x = rng.normal(size=(3, 2, 4, 4))
    run = crop("offset: 1", x, (1, 1, 2, 3))
    run.bottom[0].reshape(num, 2, 4, 4)
    run.bottom[0].data[...] = x[:num]
    run.forward()
    np.testing.assert_array_equal(run.top[0].data, x[:num, :, 1:3, 1:])
    run.top[0].diff[...] = 1
    run.backward()
    assert run.bottom[0].diff.sum() == num * 2 * 2 * 3


def test_a_new_size_is_followed(rng):
    run = crop("offset: 1", rng.normal(size=IMAGE), (1, 1, 2, 3))
    run.bottom[1].reshape(1, 1, 4, 1)
    run.forward()
    np.testing.assert_array_equal(run.top[0].data, run.bottom[0].data[:, :, 1:5, 1:2])


def test_a_blob_that_gives_the_size_keeps_its_own_gradient():
    """As in networks that crop what they computed to the size of their input."""
    net = blobnet.Net(
        blobnet.parse_net(
            """
            force_backward: true
            layer { name: "in" type: "Input" top: "x"
                    input_param { shape { dim: 1 dim: 1 dim: 2 dim: 3 } } }
            layer { name: "up" type: "Deconvolution" bottom: "x" top: "up" convolution_param
                    { num_output: 1 kernel_size: 3 bias_term: false
                      weight_filler { type: "constant" value: 1 } } }
            layer { name: "cut" type: "Crop" bottom: "up" bottom: "x" top: "y"
                    crop_param { offset: 1 } }
            """
        ),
        phase="TRAIN",
    )
    net.forward()
    assert net.blobs["y"].shape == (1, 1, 2, 3)
    net.blobs["y"].diff[...] = 1
    net.backward()
    np.testing.assert_array_equal(net.blobs["x"].diff[0, 0], [[4, 6, 4], [4, 6, 4]])


@pytest.mark.parametrize(
    ("options", "size", "message"),
    [
        ("", (2, 3, 6, 6), r"the crop for dimension 2 is out-of-bounds with size 6 and offset 0"),
        ("offset: [0, 3]", (2, 3, 5, 4), r"dimension 3 is out-of-bounds with size 4 and offset 3"),
        ("offset: [6, 0]", (2, 3, 0, 4), r"dimension 2 is out-of-bounds with size 0 and offset 6"),
        ("axis: 1 offset: 1", (2, 3, 1, 1), r"dimension 1 is out-of-bounds[^$]*at most 3"),
        (
            "offset: [1, 1, 1]",
            (2, 3, 2, 2),
            "number of offset values specified must be equal to the number of dimensions "
            "following axis.[^$]*2 values[^$]*3 values",
        ),
        ("axis: 1 offset: [1, 1]", (2, 3, 2, 2), "number of offset values specified must"),
        ("axis: 4", (2, 3, 2, 2), "axis 4 is out of range"),
        ("axis: -5", (2, 3, 2, 2), "axis -5 is out of range"),
        ("", (2, 3, 2), r"bottom\[1\] has too few axes[^$]*at least 4[^$]*\(2, 3, 2\)"),
    ],
)
def test_what_cannot_work_is_refused(options, size, message, rng):
    with pytest.raises(LayerError, match=f'(?s)Crop layer "cut".*{message}'):
        crop(options, rng.normal(size=IMAGE), size)


def test_a_bottom_that_became_too_small_is_refused(rng):
    run = crop("offset: 1", rng.normal(size=IMAGE), (1, 1, 2, 3))
    run.bottom[0].reshape(2, 3, 2, 6)
    with pytest.raises(LayerError, match="the crop for dimension 2 is out-of-bounds"):
        run.forward()


def test_it_takes_two_bottoms(rng):
    with pytest.raises(LayerError, match=r"Crop Layer takes 2 bottom blob\(s\) as input"):
        run_layer('type: "Crop"', rng.normal(size=IMAGE))


def test_it_does_not_work_in_place(rng):
    run = crop("", rng.normal(size=IMAGE), (2, 3, 2, 2))
    run.top[0] = run.bottom[0]
    with pytest.raises(LayerError, match="Crop Layer does not allow in-place computation"):
        run.forward()
