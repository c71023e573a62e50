"""Cases of the layers that learn where edges are."""

from tests.conformance.case import LARGE, N, case, numbers, spec, values
from tests.conformance.cases.segmentation import pairs


def image_labelmap_data(folder, batch):
    return f"""name: "it" type: "ImageLabelmapData" top: "data" top: "label"
        image_data_param {{ {pairs(folder, batch)} }}
        transform_param {{ scale: 0.5 mean_value: 9 crop_size: 4 mirror: true }}"""


CASES = {
    "ImageLabelmapData": spec(bottoms=0, tops=2, prototxt=image_labelmap_data),
    "SigmoidCrossEntropyBalanceLoss": spec(
        case("", values(N, 3, 2), numbers(N, 3, 2, below=2)),
        case("loss_weight: 2", values(N, 1, 4, 3), numbers(N, 1, 4, 3, below=2)),
        bottoms=2,
        large=[case("", LARGE, numbers(N, 8, 48, 48, below=2))],
    ),
}
