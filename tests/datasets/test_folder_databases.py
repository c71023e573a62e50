"""write_folder_databases: databases, mean and labels from a folder of classes."""

from __future__ import annotations

import numpy as np
import pytest

from blobnet.datasets.folder_databases import write_folder_databases
from blobnet.datasets.image_folder import find_images, part_images
from blobnet.datasets.image_set import ImageSettings
from blobnet.errors import DataError
from blobnet.proto import BlobProto
from tests.datasets.databases import names, records
from tests.sources.image_files import write_png


@pytest.fixture
def pixels(rng):
    return {
        f"{label}/{i}.png": rng.integers(0, 256, (3, 4, 6), np.uint8)
        for label in ("x", "y")
        for i in range(5)
    }


@pytest.fixture
def write(tmp_path, pixels):
    for path, image in pixels.items():
        write_png(tmp_path / "set" / path, image)

    def run(test_part=0.4, settings=None, backend="lmdb", **options):
        rng = np.random.default_rng(1)
        images = part_images(find_images(tmp_path / "set"), test_part, rng)
        return write_folder_databases(
            images, tmp_path / "out", backend, settings, rng=rng, **options
        )

    return run


def as_array(datum):
    shape = (datum.channels, datum.height, datum.width)
    return np.frombuffer(datum.data, np.uint8).reshape(shape)


@pytest.mark.parametrize("backend", ["lmdb", "leveldb"])
def test_every_image_is_in_one_part_with_its_label(write, tmp_path, pixels, backend):
    made = write(backend=backend)
    seen = {}
    for part, count in (("train", 6), ("test", 4)):
        path = tmp_path / "out" / f"{part}_{backend}"
        assert made.databases[part] == path
        found = records(path, backend)
        assert len(found) == made.counts[part] == count
        for key, datum in found:
            name = key[len("00000000_") :]
            seen[name] = part
            np.testing.assert_array_equal(as_array(datum), pixels[name])
            assert datum.label == "xy".index(name[0])
    assert seen.keys() == pixels.keys()
    assert made.shape == (3, 4, 6)


def test_the_order_is_drawn(write, tmp_path):
    write()
    keys = [key[len("00000000_") :] for key, _ in records(tmp_path / "out" / "train_lmdb")]
    assert keys != sorted(keys)


def test_the_mean_is_that_of_the_images_to_train_with(write, tmp_path, pixels):
    write()
    trained = [pixels[key[9:]] for key, _ in records(tmp_path / "out" / "train_lmdb")]
    proto = BlobProto.FromString((tmp_path / "out" / "mean.binaryproto").read_bytes())
    assert (proto.num, proto.channels, proto.height, proto.width) == (1, 3, 4, 6)
    expected = np.mean(np.float64(trained), axis=0)
    np.testing.assert_allclose(np.reshape(proto.data, (3, 4, 6)), expected, rtol=1e-6)


def test_labels_are_the_names_of_the_folders(write, tmp_path):
    write()
    assert (tmp_path / "out" / "labels.txt").read_text() == "x\ny\n"
    assert names(tmp_path / "out") == {"labels.txt", "mean.binaryproto", "test_lmdb", "train_lmdb"}


def test_files_that_cannot_be_read_are_left_out_and_listed(write, tmp_path):
    (tmp_path / "set" / "y" / "broken.png").write_bytes(b"no image")
    made = write(test_part=0)
    assert made.counts == {"train": 10}
    (line,) = (tmp_path / "out" / "unreadable.txt").read_text().splitlines()
    assert "y/broken.png" in line
    assert "cannot be decoded" in line
    assert made.unreadable == [line]
    (tmp_path / "set" / "y" / "broken.png").unlink()
    write(test_part=0, overwrite=True)
    assert "unreadable.txt" not in names(tmp_path / "out")


def test_images_of_two_sizes_need_a_size_to_get(write, tmp_path, rng):
    write_png(tmp_path / "set" / "y" / "long.png", rng.integers(0, 256, (3, 6, 4), np.uint8))
    with pytest.raises(DataError, match=r"differ in size[^$]*fix: .*--size 256"):
        write(test_part=0)
    assert names(tmp_path / "out") == set()
    made = write(test_part=0, settings=ImageSettings(resize_height=5, resize_width=7))
    assert made.shape == (3, 5, 7)
    assert {as_array(datum).shape for _, datum in records(made.databases["train"])} == {(3, 5, 7)}


def test_crop_keeps_proportions_and_cuts_the_middle_out(tmp_path, rng):
    image = rng.integers(0, 256, (3, 4, 10), np.uint8)
    write_png(tmp_path / "set" / "a" / "1.png", image)
    images = find_images(tmp_path / "set")
    settings = ImageSettings(resize_height=4, resize_width=4, crop=True)
    made = write_folder_databases(images, tmp_path / "out", settings=settings, rng=rng)
    ((_, datum),) = records(made.databases["train"])
    np.testing.assert_array_equal(as_array(datum), image[:, :, 3:7])


def test_what_is_there_is_replaced_only_when_that_is_wanted(write, tmp_path):
    write()
    with pytest.raises(DataError, match="train_lmdb exists already"):
        write()
    assert write(overwrite=True).counts == {"train": 6, "test": 4}
    (tmp_path / "out" / "test_lmdb").rename(tmp_path / "moved")
    (tmp_path / "out" / "train_lmdb").rename(tmp_path / "moved too")
    with pytest.raises(DataError, match=r"mean.binaryproto exists already"):
        write()


def test_progress_counts_what_is_made(write):
    told = []
    write(progress=lambda *words: told.append(words))
    assert [words for words in told if words[0] == "test"] == [("test", i, 4) for i in (1, 2, 3, 4)]
    assert told[-1] == ("mean", 6, 6)
