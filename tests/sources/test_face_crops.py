import numpy as np
import pytest

from blobnet import DataError, LayerError
from blobnet.proto import ImageDataParameter
from blobnet.sources.face_crops import FaceCrops

# eyes, nose, mouth: the eyes' middle is (30, 20), the mouth's (30, 40); a number follows
FACE = np.array([20, 20, 40, 20, 30, 30, 22, 40, 38, 40, 7], np.float64)


def crops(**options):
    given = {"new_height": 40, "new_width": 50, "face_point_num": 5, **options}
    return FaceCrops(ImageDataParameter(**given))


@pytest.fixture
def image(rng):
    return rng.integers(256, size=(3, 60, 60), dtype=np.uint8)


def test_the_eyes_come_to_the_middle_and_the_face_is_half_as_high(image, rng):
    made, labels = crops().apply(image, FACE, rng)
    # the face is 2 * 20 high: scale 40 / (2 * 40) = 1 / 2
    np.testing.assert_allclose(labels[:-1].reshape(5, 2), (FACE[:-1].reshape(5, 2) - [30, 20]) / 2)
    assert labels[-1] == 7
    assert made.shape == (3, 40, 50)
    np.testing.assert_array_equal(made[:, 20, 25], image[:, 20, 30])
    np.testing.assert_array_equal(made[:, 25, 20], image[:, 30, 20])
    np.testing.assert_array_equal(made[:, 5, 25], [128, 0, 0])  # 10 rows above the image


def test_a_flip_swaps_left_and_right(image):
    cropper, seen = crops(face_mirror=True), set()
    for seed in range(20):
        made, labels = cropper.apply(image, FACE, np.random.default_rng(seed))
        flipped = bool((made[:, 25, 20] == image[:, 30, 40]).all())
        seen.add(flipped)
        np.testing.assert_array_equal(made[:, 25, 30], image[:, 30, 20 if flipped else 40])
        np.testing.assert_allclose(labels[:4], [-5, 0, 5, 0])  # the left eye stays the left one
        np.testing.assert_allclose(labels[6:10], [-4, 10, 4, 10])
    assert seen == {True, False}


def test_faces_are_moved_turned_scaled_and_stretched(image):
    drawn = []
    cropper = crops(
        max_random_shift=3,
        max_rotate_angle=20,
        min_random_scale=0.8,
        max_random_scale=1.2,
        max_aspect_ratio=0.1,
        max_shear_ratio=0.2,
    )
    for seed in range(300):
        _, labels = cropper.apply(image, FACE, np.random.default_rng(seed))
        points = labels[:10].reshape(5, 2)
        eyes, mouth = points[1] - points[0], (points[3] + points[4] - points[0] - points[1]) / 2
        angle = np.degrees(np.arctan2(-eyes[1], eyes[0]))
        drawn.append([angle, np.linalg.norm(np.linalg.det([eyes, mouth])), *points[:2].mean(0)])
    angles, areas, across, down = np.array(drawn).T
    assert -23 < angles.min() < -15
    assert 15 < angles.max() < 23
    assert 0.6 < areas.min() / 100 < 0.75  # 100: 10 by 10, scaled by 0.8 to 1.2 in both ways
    assert 1.3 < areas.max() / 100 < 1.45
    assert 1 < across.max() < 2.5
    assert 1 < down.max() < 2.5


def test_what_lies_at_the_edge_is_not_within():
    cropper = crops()
    inner = np.array([22.5, 18, -22.5, -18, 0, 0, 0, 0, 0, 0, 99])
    assert cropper.is_within(inner)
    assert not cropper.is_within(inner + np.eye(11)[0])


@pytest.mark.parametrize("options", [{"face_point_num": 4}, {"new_height": 0}])
def test_settings_that_make_no_sense(options):
    with pytest.raises(LayerError, match="face_transform cannot be followed"):
        crops(**options)


def test_a_face_of_size_0_is_refused(image, rng):
    with pytest.raises(DataError, match="a face cannot be cut out"):
        crops().apply(image, np.full(10, 3.0), rng)
