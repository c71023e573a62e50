import pytest

from tests.layers.detection.yolo.test_yolov3 import check


@pytest.mark.parametrize("crowded", [False, True])
@pytest.mark.parametrize(
    "settings",
    [
        {},
        {"use_logic_gradient": True},
        {"use_focal_loss": True},
        {"accumulate": False},
        {"max_delta": 0.25},
        {"iou_thresh": 1, "thresh": 0.125},
    ],
    ids=str,
)
def test_deltas_and_loss(rng, settings, crowded):
    check(rng, (0, 1, 2, 3), "GaussianYolov3", gaussian=True, crowded=crowded, **settings)
