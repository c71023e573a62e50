import pytest

from blobnet import DataError
from blobnet.python_layers import mnc_config


@pytest.fixture
def cfg(monkeypatch):
    fresh = mnc_config.Config()
    monkeypatch.setattr(mnc_config, "cfg", fresh)
    return fresh


def test_the_files_of_mnc(cfg, tmp_path):
    (tmp_path / "a.yml").write_text(
        "EXP_DIR: faster_rcnn_end2end\nMNC_MODE: False\nMASK_SIZE: 28\nTRAIN:\n  MIX_INDEX: False\n"
        "  BATCH_SIZE: 128\n  FG_FRACTION: [0.25]\n  BG_FRACTION: [0.5, 0.3, 0.2]\nTEST:\n"
        "  RPN_POST_NMS_TOP_N: 100\n  GROUP_SCALE: 3\n"
    )
    mnc_config.cfg_from_file(tmp_path / "a.yml")
    assert (cfg.TRAIN.BATCH_SIZE, cfg.TRAIN.FG_FRACTION) == (128, (0.25,))
    assert cfg.TRAIN.BG_FRACTION == (0.5, 0.3, 0.2)
    assert (cfg.TEST.RPN_POST_NMS_TOP_N, cfg.MASK_SIZE) == (100, 28)


@pytest.mark.parametrize("text", ["MASK_SIZE: x\n", "TRAIN:\n  FG_SEG_THRES: 0.4\n"])
def test_a_file_of_something_else(text, cfg, tmp_path):
    (tmp_path / "a.yml").write_text(text)
    with pytest.raises(DataError):
        mnc_config.cfg_from_file(tmp_path / "a.yml")
