"""Every setting that names a file, and all that may be wrong with a path: one kind of error."""

from __future__ import annotations

import os

import pytest

import blobnet

LAYER = 'layer {{ name: "d" type: "{}" top: "t" {} }}'
LABELLED = 'top: "l" {}_param {{ source: "{}" batch_size: 1 }} transform_param {{ crop_size: 2 }}'


def net(kind, options):
    return blobnet.Net(blobnet.parse_net(LAYER.format(kind, options)), "TRAIN")


SETTINGS = {
    "LMDB": lambda path: net(
        "Data", f'data_param {{ source: "{path}" backend: LMDB batch_size: 1 }}'
    ),
    "LevelDB": lambda path: net("Data", f'data_param {{ source: "{path}" batch_size: 1 }}'),
    "images": lambda path: net("ImageData", LABELLED.format("image_data", path)),
    "windows": lambda path: net("WindowData", LABELLED.format("window_data", path)),
    "HDF5": lambda path: net("HDF5Data", f'hdf5_data_param {{ source: "{path}" batch_size: 1 }}'),
    "net": lambda path: blobnet.get_solver(
        blobnet.parse_solver(f'net: "{path}" base_lr: 1 lr_policy: "fixed"')
    ),
}


@pytest.mark.parametrize("setting", SETTINGS)
@pytest.mark.parametrize(
    ("path", "named", "why"),
    [
        (r"a\0b", "a\\x00b", "a NUL"),
        ("x" * 5000, "xxx", ""),
        ("y/" * 3000, "y/y/", ""),
        (r"C:\new\train", "C:\\new\\train", "a line break (U+000A) and a tab (U+0009)"),
        ("dat\u200ba", "dat\\u200ba", "a zero-width space (U+200B)"),
        ("nothing", "nothing", "current folder"),
    ],
)
def test_a_path_that_leads_nowhere(setting, path, named, why):
    with pytest.raises(blobnet.BlobnetError) as caught:
        SETTINGS[setting](path)
    assert named in str(caught.value)
    assert why in str(caught.value)
    assert len(str(caught.value)) < 3000


@pytest.mark.parametrize("setting", SETTINGS)
def test_a_folder_that_is_gone(setting, tmp_path, monkeypatch):
    (tmp_path / "gone").mkdir()
    monkeypatch.chdir(tmp_path / "gone")
    (tmp_path / "gone").rmdir()
    with pytest.raises(blobnet.BlobnetError, match="does not exist any more"):
        SETTINGS[setting]("a")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no pipes in folders")
@pytest.mark.parametrize("setting", SETTINGS)
def test_a_pipe_keeps_nobody_waiting(setting, tmp_path):
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(blobnet.BlobnetError, match=r"pipe"):
        SETTINGS[setting]((tmp_path / "pipe").as_posix())
