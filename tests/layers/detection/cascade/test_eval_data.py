import numpy as np
import pytest

import blobnet
from tests.sources.objects.object_files import OBJECTS, settings, write_objects

pytest.importorskip("PIL")
TOPS = 'top: "data" top: "boxes" top: "sizes"'


def net_of(path, more="batch_size: 1", tops=TOPS, transform=""):
    return blobnet.Net(
        blobnet.parse_net(f"""layer {{ name: "it" type: "EvalData" {tops}
            transform_param {{ {transform} }}
            eval_data_param {{ {settings(path, more)} }} }}""")
    )


def test_whole_images_in_their_order_with_their_sizes(tmp_path):
    path = write_objects(tmp_path, [(64, 96), (96, 64)], cascade=True)
    net = net_of(path)
    for height, width in ((64, 96), (96, 64), (64, 96)):
        tops = net.forward()
        assert tops["data"].shape == (1, 3, height, width)
        assert tops["sizes"].reshape(-1).tolist() == [height, width]
        rows = tops["boxes"].reshape(-1, 8)
        assert rows[:, 1:].tolist() == [[*box, c, i, d] for c, i, d, *box in map(list, OBJECTS)]


def test_boxes_are_resized_as_the_image_is(tmp_path):
    path = write_objects(tmp_path, [(50, 100)], OBJECTS[:1], cascade=True)
    tops = net_of(path, "batch_size: 2 resize_width: 200 resize_height: 100").forward()
    assert tops["data"].shape == (2, 3, 96, 192)
    factors = np.array([1.92, 1.92] * 2)
    np.testing.assert_allclose(
        tops["boxes"].reshape(-1, 8)[:, 1:5], [factors * OBJECTS[0][3:]] * 2, rtol=1e-6
    )


@pytest.mark.parametrize(
    ("more", "transform", "match"),
    [
        ("batch_size: 2", "", "must have one size"),
        ("batch_size: 1 short_size: 0", "", "short_size must be > 0"),
        ("batch_size: 1", "mirror: true", "does not mirror"),
        ("batch_size: 1", "crop_size: 3", "crop_size"),
    ],
)
def test_settings_that_do_not_fit(more, transform, match, tmp_path):
    path = write_objects(tmp_path, [(50, 100)], cascade=True)
    with pytest.raises(blobnet.LayerError, match=match):
        net_of(path, more, transform=transform)


def test_an_image_that_becomes_nothing(tmp_path):
    path = write_objects(tmp_path, [(15, 100)], cascade=True)
    with pytest.raises(blobnet.DataError, match="cannot be resized"):
        net_of(path)
