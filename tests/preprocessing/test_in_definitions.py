from __future__ import annotations

import numpy as np
import pytest

import blobnet
from blobnet.preprocessing.in_definitions import definition_beside, settings_in

TRAIN_VAL = """
layer { name: "train" type: "ImageData" top: "data" top: "label" include { phase: TRAIN }
  transform_param { mirror: true crop_size: 24 mean_value: 1 mean_value: 2 mean_value: 3 }
  image_data_param { source: "train.txt" batch_size: 8 } }
layer { name: "val" type: "ImageData" top: "data" top: "label" include { phase: TEST }
  transform_param { crop_size: 20 scale: 0.5 MEAN }
  image_data_param { source: "val.txt" batch_size: 8 new_height: 30 new_width: 32 } }
layer { name: "ip" type: "InnerProduct" bottom: "data" top: "ip"
  inner_product_param { num_output: 2 } }
"""


def write(path, text):
    path.write_text(text)
    return path


def test_the_layer_of_the_test_is_read(tmp_path):
    path = write(tmp_path / "train_val.prototxt", TRAIN_VAL.replace("MEAN", "mean_value: 7"))
    found = settings_in(path)
    assert (found.size, found.crop, found.scale, found.channels) == ((30, 32), (20, 20), 0.5, "BGR")
    assert found.mean is not None
    assert found.mean.shape == (1, 1, 1)
    assert found.mean.item() == 7
    assert found.origin == f"layer 'val' of {path}"


def test_a_mean_file_may_lie_beside_the_definition(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    text = TRAIN_VAL.replace("MEAN", 'mean_file: "data/ilsvrc12/mean.npy"')
    path = write(tmp_path / "train_val.prototxt", text)
    with pytest.raises(blobnet.DataError, match=r"mean file it names is not there(.|\n)*--mean"):
        settings_in(path)
    named = settings_in(path, reads_mean=False)
    assert (named.mean, named.mean_file) == (None, "data/ilsvrc12/mean.npy")
    np.save(tmp_path / "mean.npy", np.full((3, 30, 32), 5))
    found = settings_in(path)
    assert found.mean is not None
    assert found.mean.shape == (3, 30, 32)


def test_ssds_resizing_and_both_sides_of_a_crop_are_read(tmp_path):
    text = """
    layer { name: "data" type: "AnnotatedData" top: "data" top: "label"
      transform_param { cvt_bgr2rgb: true crop_h: 3 crop_w: 4
        resize_param { height: 300 width: 200 } }
      data_param { source: "x" batch_size: 1 } }
    """
    found = settings_in(write(tmp_path / "test.prototxt", text))
    assert (found.size, found.crop, found.channels) == ((300, 200), (3, 4), "RGB")
    assert found.mean is None


def test_a_definition_without_data_says_nothing(tmp_path):
    text = 'layer { name: "in" type: "Input" top: "data" input_param { shape { dim: 1 } } }'
    assert not settings_in(write(tmp_path / "net.prototxt", text))


@pytest.mark.parametrize(
    ("deploy", "other"),
    [
        ("deploy.prototxt", "train_val.prototxt"),
        ("resnet_deploy.prototxt", "resnet_train_val.prototxt"),
    ],
)
def test_a_definition_of_the_training_is_found_beside(deploy, other, tmp_path):
    assert definition_beside(tmp_path / deploy) is None
    write(tmp_path / other, 'input: "data"')
    assert definition_beside(tmp_path / deploy) is None  # it says nothing of images
    path = write(tmp_path / other, TRAIN_VAL.replace("MEAN", ""))
    assert definition_beside(tmp_path / deploy) == path
    assert definition_beside(path) is None  # not itself
