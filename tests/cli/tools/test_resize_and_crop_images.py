from __future__ import annotations

import threading

import numpy as np
import pytest

Image = pytest.importorskip("PIL.Image")

NAMES = ["a/tall.png", "a/wide.png", "b/small.png"]
SIZES = [(30, 20), (20, 50), (5, 6)]


@pytest.fixture
def folder(tmp_path, monkeypatch, rng):
    """The current folder, with images in `in` and a list of them."""
    monkeypatch.chdir(tmp_path)
    for name, size in zip(NAMES, SIZES, strict=True):
        path = tmp_path / "in" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(rng.integers(0, 256, (*size, 3), np.uint8)).save(path)
    (tmp_path / "list.txt").write_text("".join(f"{name} 3\n" for name in NAMES))
    return tmp_path


@pytest.fixture
def resize(folder, run):
    def call(*words):
        places = ("--input=list.txt", "--input_folder=in", "--output_folder=out")
        return run("resize_and_crop_images", *places, "--output_side_length=10", *words)

    return call


def linear(pixels, height, width):
    """Between pixel centres, edges repeated: OpenCV's rule, in floats."""
    rows, columns = pixels.shape[:2]
    made = np.empty((height, width, 3))
    for i in range(height):
        y = min(max((i + 0.5) * rows / height - 0.5, 0), rows - 1)
        for j in range(width):
            x = min(max((j + 0.5) * columns / width - 0.5, 0), columns - 1)
            top, left = int(y), int(x)
            below, right = min(top + 1, rows - 1), min(left + 1, columns - 1)
            above = pixels[top, left] * (1 - x + left) + pixels[top, right] * (x - left)
            under = pixels[below, left] * (1 - x + left) + pixels[below, right] * (x - left)
            made[i, j] = above * (1 - y + top) + under * (y - top)
    return made


def test_the_middle_of_the_resized_image_is_kept(folder, resize):
    ran = resize()
    assert (ran.code, ran.out, ran.err) == (0, "wrote 3 images into out\n", "")
    resized = [(15, 10), (10, 25), (10, 12)]
    for name, size in zip(NAMES, resized, strict=True):
        pixels = np.asarray(Image.open(folder / "in" / name)).astype(float)
        top, left = (size[0] - 10) // 2, (size[1] - 10) // 2
        expected = linear(pixels, *size)[top : top + 10, left : left + 10]
        made = np.asarray(Image.open(folder / "out" / name))
        assert made.shape == (10, 10, 3)
        assert np.abs(made - expected).max() <= 1


def test_pils_way_writes_jpegs_and_never_enlarges(folder, resize):
    assert resize("--image_lib=PIL").code == 0
    sizes = []
    for name in NAMES:
        with Image.open(folder / "out" / name) as image:
            assert image.format == "JPEG"
            sizes.append(image.size)
    assert sizes == [(10, 10), (10, 10), (5, 5)]


def test_pils_way_takes_any_mode(folder, resize):
    for mode in ("RGBA", "P", "L", "LA"):
        Image.open(folder / "in" / NAMES[0]).convert(mode).save(folder / "in" / f"{mode}.png")
    (folder / "list.txt").write_text("RGBA.png\nP.png\nL.png\nLA.png\n")
    assert resize("--image_lib=pil").code == 0


def test_paths_may_begin_with_the_folder(folder, resize):
    lines = [f"in/{NAMES[0]}", str(folder / "in" / NAMES[1])]
    (folder / "list.txt").write_text("\n".join(lines))
    assert resize("--num_clients=2").out == "wrote 2 images into out\n"
    assert sorted(p.name for p in (folder / "out").rglob("*.png")) == ["tall.png", "wide.png"]


def test_what_cannot_be_made_is_named_and_counted(folder, resize):
    (folder / "in" / "broken.jpg").write_bytes(b"no image")
    (folder / "in" / "odd.xyz").write_bytes((folder / "in" / NAMES[0]).read_bytes())
    lines = ["none.png", "broken.jpg 4", "../list.txt", "/etc/passwd", "odd.xyz", NAMES[0]]
    (folder / "list.txt").write_text("\n".join(lines))
    ran = resize()
    assert (ran.code, ran.out) == (1, "wrote 1 image into out\n")
    told = ran.err.splitlines()
    assert len(told) == 6
    assert told[-1] == "5 of 6 could not be made, see above"
    for word in ("none.png: cannot", "broken.jpg: ", "leads out of the folder", ".xyz"):
        assert any(word in line for line in told), word
    written = [path for path in (folder / "out").rglob("*") if path.is_file()]
    assert written == [folder / "out" / NAMES[0]]


def test_what_a_killed_run_has_left_is_removed(folder, resize):
    from blobnet.serialization.leftovers import new_id

    (folder / "out" / "a").mkdir(parents=True)
    left = folder / "out" / "a" / f".tall.png.{new_id()}.tmp"
    left.write_bytes(b"half of it")
    assert resize().code == 0
    assert not left.exists()


def test_originals_are_not_replaced(folder, run):
    ran = run(
        "resize_and_crop_images", "--input=list.txt", "--input_folder=in", "--output_folder=./in/"
    )
    assert (ran.code, "would replace the images" in ran.err) == (1, True)


def test_an_empty_list_is_an_error(folder, resize):
    (folder / "list.txt").write_text("\n\n")
    assert (resize().code, "no images in this list" in resize().err) == (1, True)


def test_an_interrupt_stops_all_threads(folder, resize, monkeypatch):
    interrupted = threading.Event()
    made = []

    def make(self, line):
        if threading.current_thread() is threading.main_thread():
            interrupted.set()
            raise KeyboardInterrupt
        interrupted.wait(60)
        made.append(line)

    monkeypatch.setattr("blobnet.datasets.centre_crops.Cropper.make", make)
    (folder / "list.txt").write_text("x.png\n" * 200_000)
    assert resize("--num_clients=2").code == 130
    assert len(made) < 100_000
