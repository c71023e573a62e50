import numpy as np
import pytest

from blobnet import LayerError
from tests.python_layers.running import run_python

pytest.importorskip("PIL.Image")

from tests.python_layers.segmentation_files import (
    matrix,
    write_image,
    write_mat,
    write_text,
)


@pytest.fixture
def folders(tmp_path):
    voc, context = tmp_path / "pascal", tmp_path / "context"
    write_text(voc / "VOC2010/ImageSets/Main/val.txt", "a\n")
    write_image(voc / "VOC2010/JPEGImages/a.jpg", np.zeros((2, 3, 3), np.uint8))
    names = ["accordion", "table", "bed clothes", "aeroplane", "cloth"]
    write_text(context / "labels.txt", "".join(f"{i}: {n}\n" for i, n in enumerate(names, 1)))
    short = ["aeroplane", "clothes", "bedcloth", "diningtable"]
    write_text(context / "59_labels.txt", "".join(f"{i}: {n}\n" for i, n in enumerate(short, 1)))
    labels = np.array([[1, 2, 3], [4, 5, 400]], np.uint16)
    write_mat(context / "trainval/a.mat", matrix("LabelMap", labels))
    return voc, context


def layer(folders):
    voc, context = folders
    param = f"{{'voc_dir': '{voc}', 'context_dir': '{context}', 'split': 'val', 'seed': 1}}"
    return run_python("pascalcontext_layers", "PASCALContextSegDataLayer", tops=2, param_str=param)


def test_labels_are_those_of_the_short_list(folders):
    run = layer(folders)
    np.testing.assert_array_equal(run.top[1].data[0, 0], [[0, 4, 3], [1, 2, 0]])
    np.testing.assert_allclose(run.top[0].data[0, :, 0, 0], [-104.007, -116.669, -122.679])


def test_lists_that_do_not_fit_together(folders):
    write_text(folders[1] / "59_labels.txt", "1: unicorn\n")
    with pytest.raises(LayerError, match='no label "unicorn"'):
        layer(folders)
    write_text(folders[1] / "labels.txt", "unicorn\n")
    with pytest.raises(LayerError, match=r"labels\.txt: no list of labels"):
        layer(folders)
