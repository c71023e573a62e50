import pytest

from blobnet import DataError
from blobnet.python_layers.fast_rcnn.config import cfg as of_images
from blobnet.python_layers.tdcnn import config


@pytest.fixture
def cfg(monkeypatch):
    fresh = config.Config()
    monkeypatch.setattr(config, "cfg", fresh)
    return fresh


def test_the_files_of_r_c3d(cfg, tmp_path):
    (tmp_path / "a.yml").write_text(
        "TRAIN:\n  HAS_RPN: True\n  VIDEO_BATCH: 1\n  RPN_BATCHSIZE: 64\n  LENGTH: [768]\n"
        "  TWIN_NORMALIZE_STDS: [0.3, 0.4]\n  USE_PREFETCH: True\n"
        "TEST:\n  NMS: 0.4\n  RPN_MIN_SIZE: 0\n  LENGTH: [768]\n\nNUM_CLASSES: 201\n"
        'INPUT: "video"\n'
    )
    assert cfg.TRAIN.BBOX_NORMALIZE_STDS == (0.1, 0.1, 0.2, 0.2)
    config.cfg_from_file(tmp_path / "a.yml")
    assert (cfg.TRAIN.RPN_BATCHSIZE, cfg.TRAIN.LENGTH, cfg.TRAIN.RPN_MIN_SIZE) == (64, (768,), 8)
    assert cfg.TRAIN.BBOX_NORMALIZE_STDS == (0.3, 0.3, 0.4, 0.4)
    assert cfg.TEST.RPN_MIN_SIZE == 0
    assert of_images.TRAIN.RPN_BATCHSIZE == 256


@pytest.mark.parametrize("text", ["TRAIN:\n  LENGHT: [3]\n", "TRAIN:\n  FRAME_SIZE: [3]\n"])
def test_a_file_of_something_else(text, cfg, tmp_path):
    (tmp_path / "a.yml").write_text(text)
    with pytest.raises(DataError):
        config.cfg_from_file(tmp_path / "a.yml")
