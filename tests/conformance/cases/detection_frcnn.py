"""Cases of the layers of Faster R-CNN in C++."""

from tests.conformance.case import case, exactly, spec, values
from tests.sources.objects.roi_files import ROIS, write_films, write_rois

OF_WINDOW_DATA = (
    *("source", "scale", "mean_file", "batch_size", "crop_size", "mirror", "fg_threshold"),
    *("bg_threshold", "fg_fraction", "context_pad", "crop_mode", "cache_images", "root_folder"),
)
CHOSEN = "which boxes are chosen has no gradient"
OTHERS = {**dict.fromkeys(OF_WINDOW_DATA, "of WindowData"), "config": "a file"}
DRAWN = "what is drawn has no gradient"
BOXES = [[2, 3, 40, 50, 3], [10, 5, 30, 20, 20]]
REGIONS = [[0, 0, 0, 30, 40], [0, 2, 5, 45, 50], [0, 9, 4, 28, 22], [0, 50, 50, 55, 59]]


def roi_data(folder, batch):
    path = write_rois(folder, [(40, 48), (48, 40), (44, 48), (48, 46)], ROIS[:1])
    return _data("FrcnnRoiData", path, f'cache_images: true root_folder: "{folder.as_posix()}/"')


def vid_data(folder, batch):
    return _data("FrcnnVidData", write_films(folder, [(40, 48, 3), (48, 40, 2)], ROIS[:1]), "")


def _data(kind, path, more):
    return f"""
        name: "it" top: "data" top: "im_info" top: "gt_boxes" type: "{kind}"
        window_data_param {{ source: "{path.as_posix()}" {more} }}
    """


CASES = {
    "FrcnnAnchorTarget": spec(
        *(
            case(
                "",
                values(1, 18, 20, 30),
                exactly(boxes),
                exactly([[320, 480, 1]]),
                num_top=4,
                no_gradient=DRAWN,
            )
            for boxes in (BOXES, [[[[side]] for side in row] for row in BOXES[:1]])
        ),
        bottoms=(3, 4),
        tops=4,
        large=[
            case(
                "",
                values(1, 18, 60, 60),
                exactly(BOXES * 20),
                exactly([[960, 960, 1]]),
                num_top=4,
                no_gradient=DRAWN,
            )
        ],
        not_compared=OTHERS,
        is_cut_by_numpy=False,
    ),
    "FrcnnProposal": spec(
        *(
            case(
                "",
                values(1, 18, 3, 4),
                values(1, 36, 3, 4),
                exactly([[40, 60, 1]]),
                num_top=tops,
                no_gradient=CHOSEN,
            )
            for tops in (1, 2)
        ),
        bottoms=3,
        tops=(1, 2),
        large=[
            case(
                "",
                values(1, 18, 60, 60),
                values(1, 36, 60, 60),
                exactly([[900, 900, 1]]),
                no_gradient=CHOSEN,
            )
        ],
        not_compared=OTHERS,
    ),
    "FrcnnProposalTarget": spec(
        case("", exactly(REGIONS), exactly(BOXES), num_top=5, no_gradient=DRAWN),
        bottoms=2,
        tops=5,
        large=[
            case(
                "",
                exactly(REGIONS * 500),
                exactly(BOXES * 20),
                num_top=5,
                no_gradient=DRAWN,
            )
        ],
        not_compared=OTHERS,
        is_cut_by_numpy=False,
    ),
    "FrcnnRoiData": spec(bottoms=0, tops=3, is_single=True, prototxt=roi_data),
    "FrcnnVidData": spec(bottoms=0, tops=3, is_single=True, prototxt=vid_data),
}
