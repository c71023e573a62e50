import copy

import pytest

from blobnet import DataError, LayerError
from blobnet.python_layers.fast_rcnn import config
from blobnet.python_layers.fast_rcnn.config import Config, Test, Train, cfg_from_file, changed


@pytest.fixture
def cfg(monkeypatch):
    """Settings that are forgotten after the test."""
    fresh = Config()
    monkeypatch.setattr(config, "cfg", fresh)
    return fresh


def test_what_a_layer_says_is_for_it_alone():
    base = Train()
    found = changed(base, {"batch_size": 7, "scales": 50, "mine": 1}, ("mine",), "It")
    assert (found.BATCH_SIZE, found.SCALES) == (7, (50,))
    assert base.BATCH_SIZE == 128
    assert changed(Test(), {"rpn_nms_thresh": 1}, (), "It").RPN_NMS_THRESH == 1


@pytest.mark.parametrize(
    "settings",
    [
        {"batchsize": 3},
        {"batch_size": "x"},
        {"batch_size": 1.5},
        {"aspect_grouping": 1},
        {"bbox_inside_weights": (1, 2)},
        {"fg_thresh": True},
        {"bg_thresh_lo": "low"},
    ],
)
def test_what_means_nothing_is_refused(settings):
    with pytest.raises(LayerError, match="It: "):
        changed(Train(), settings, (), "It")


def test_a_misspelled_name_is_corrected():
    with pytest.raises(LayerError, match="did you mean batch_size"):
        changed(Train(), {"batchsize": 3}, (), "It")


def test_the_files_of_py_faster_rcnn(cfg, tmp_path):
    path = tmp_path / "rfcn_end2end_ohem.yml"
    path.write_text(
        "EXP_DIR: rfcn_end2end_ohem\nTRAIN:\n  HAS_RPN: True\n  IMS_PER_BATCH: 1\n"
        "  BATCH_SIZE: -1\n  AGNOSTIC: True\n  RPN_NORMALIZE_TARGETS: True\n  PROPOSAL_METHOD: gt\n"
        "  BG_THRESH_LO: 0.1\nTEST:\n  HAS_RPN: True\n  AGNOSTIC: True\n  RPN_MIN_SIZE: 5\n"
    )
    cfg_from_file(path)
    expected = Train(
        IMS_PER_BATCH=1, BATCH_SIZE=-1, AGNOSTIC=True, RPN_NORMALIZE_TARGETS=True, BG_THRESH_LO=0.1
    )
    assert expected == cfg.TRAIN
    assert Test(RPN_MIN_SIZE=5) == cfg.TEST


def test_the_mean_of_all_images(cfg, tmp_path):
    (tmp_path / "a.yml").write_text("PIXEL_MEANS: [1, 2, 3]\n")
    cfg_from_file(tmp_path / "a.yml")
    assert cfg.PIXEL_MEANS == (1, 2, 3)


@pytest.mark.parametrize("text", ["TRAIN:\n  NONE: 1\n", "- a\n", "TRAIN:\n  BATCH_SIZE: x\n"])
def test_a_file_of_something_else_changes_nothing(text, cfg, tmp_path):
    before = copy.deepcopy(vars(cfg))
    (tmp_path / "a.yml").write_text(text)
    with pytest.raises(DataError, match=r"a\.yml"):
        cfg_from_file(tmp_path / "a.yml")
    assert vars(cfg) == before
