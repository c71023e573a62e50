"""Data with a siamese_size: the tiles of a puzzle."""

import numpy as np
import pytest

import blobnet
from blobnet import DataError, LayerError
from blobnet.proto import TransformationParameter
from blobnet.sources.puzzles import PuzzleTransformer
from blobnet.sources.transformer import DataTransformer
from tests.sources.lmdb_files import write_images

ORDERS = np.array([[1, 2, 3, 4], [4, 3, 2, 1], [2, 2, 1, 3]])
WEIGHTS = {  # of blue, green and red, by how the colours of an image are changed
    "kept": np.eye(3),
    "gray": np.full((3, 3), 0.3333),
    "projected": np.array(
        [[0.8333, 0.3333, -0.1667], [0.3333, 0.3333, 0.3333], [-0.1667, 0.3333, 0.8333]]
    ),
}


def write_orders(path, orders, header=None):
    numbers = [*(header or orders.shape), *orders.ravel()]
    path.write_bytes(np.array(numbers, "<i4").tobytes())
    return f'hash_file: "{path.as_posix()}"'


def make_net(folder, transform, tops='top: "data" top: "label"', phase="TRAIN", seed=3, batch=40):
    text = f"""layer {{ name: "d" type: "Data" {tops} transform_param {{ {transform} }}
        data_param {{ source: "{folder.as_posix()}" batch_size: {batch} backend: LMDB }} }}"""
    return blobnet.Net(blobnet.parse_net(text), phase=phase, seed=seed)


@pytest.fixture
def image(rng):
    return rng.integers(256, size=(3, 9, 11), dtype=np.uint8)


@pytest.fixture
def database(image, tmp_path):
    return write_images(tmp_path / "db", [image])


def tile(image, top, left, shifts, patch):
    """A tile, each of whose channels is moved by itself; read as the fork reads its memory."""
    flat, (_, height, width) = image.ravel().astype(float), image.shape
    result = np.empty((3, patch, patch))
    for c, h, w in np.ndindex(result.shape):
        row, column = top + shifts[c][0] + h, left + shifts[c][1] + w
        result[c, h, w] = flat[min((c * height + row) * width + column, len(flat) - 1)]
    return result


def ways(image, top, left, patch, jitter):
    """All tiles that a cell's corner may give, channel by channel: {(c, row, column): pixels}."""
    reach = range(jitter + 3)
    found = {}
    for row in reach:
        for column in reach:
            pixels = tile(image, top, left, [(row, column)] * 3, patch)
            found |= {(c, row, column): pixels[c] for c in range(3)}
    return found


def explains(tiles, image, corners, patch, jitter, weights):
    """Whether tiles (n, 3, patch, patch) are those of the corners, with such colours."""
    for found, (top, left) in zip(tiles, corners, strict=True):
        options = ways(image, top, left, patch, jitter)
        if not any(
            np.allclose(
                found,
                np.einsum("dc,chw->dhw", weights, np.stack([options[0, r, s], *more])),
                atol=1e-2,
            )
            for r in range(jitter + 3)
            for s in range(jitter + 3)
            for more in _others(options, r, s, jitter)
        ):
            return False
    return True


def _others(options, row, column, jitter):
    """Green and red, at most two pixels away from where blue is."""
    near = [
        (r, s)
        for r in range(max(row - 2, 0), min(row + 3, jitter + 3))
        for s in range(max(column - 2, 0), min(column + 3, jitter + 3))
    ]
    for g in near:
        for r in near:
            yield options[(1, *g)], options[(2, *r)]


def test_tiles_of_the_middle_in_a_test(image, database):
    net = make_net(database, "crop_size: 8 siamese_size: 4 patch_size: 2", phase="TEST")
    net.forward()
    assert net.blobs["data"].shape == (40, 12, 2, 2)
    corners = [(0 + y, 1 + x) for y in (0, 4) for x in (0, 4)]  # (9 - 8) / 2, (11 - 8) / 2
    counted = dict.fromkeys(WEIGHTS, 0)
    for tiles in net.blobs["data"].data[:9].reshape(9, 4, 3, 2, 2):
        kinds = [k for k, w in WEIGHTS.items() if explains(tiles, image, corners, 2, 0, w)]
        assert len(kinds) == 1
        counted[kinds[0]] += 1
    assert min(counted.values()) > 0
    np.testing.assert_array_equal(net.blobs["label"].data, 0)  # that of the record


def test_tiles_are_moved_by_a_jitter(image):
    param = TransformationParameter(crop_size=8, siamese_size=4, patch_size=1, jitter_size=1)
    transformer = PuzzleTransformer(param, blobnet.proto.TEST, np.float64)
    rng = np.random.default_rng(0)
    out = np.empty((2000, 12, 1, 1))
    transformer.puzzle([image] * 2000, rng, out)
    blue = out[:, 0, 0, 0]  # of the first tile: where colours are kept, a pixel of the image
    options = {float(image[0, 0 + r, 1 + s]) for r in range(4) for s in range(4)}
    seen = {float(value) for value in blue if float(value) in options}
    assert len(seen) == len(options)


def test_the_label_is_the_order(image, database, tmp_path):
    orders = write_orders(tmp_path / "orders.bin", ORDERS)
    net = make_net(database, f"crop_size: 8 siamese_size: 4 patch_size: 1 {orders}", phase="TEST")
    net.forward()
    labels = net.blobs["label"].data.astype(int)
    assert set(labels) == {0, 1, 2}
    corners = np.array([(0 + y, 1 + x) for y in (0, 4) for x in (0, 4)])
    for label, tiles in zip(labels[:6], net.blobs["data"].data[:6], strict=True):
        ordered = corners[ORDERS[label] - 1]
        each = tiles.reshape(4, 3, 1, 1)
        assert any(explains(each, image, ordered, 1, 0, w) for w in WEIGHTS.values())


def test_crops_of_a_training_are_drawn(image, database):
    net = make_net(database, "crop_size: 8 siamese_size: 4 patch_size: 1")
    net.forward()
    firsts = {
        top * 4 + left
        for tiles in net.blobs["data"].data[:16].reshape(16, 4, 3, 1, 1)
        for top in range(2)
        for left in range(4)
        if explains(tiles[:1], image, [(top, left)], 1, 0, WEIGHTS["kept"])
    }
    assert len(firsts) > 2


def test_mean_and_scale(image, database):
    settings = "crop_size: 8 siamese_size: 4 patch_size: 2"
    plain = make_net(database, settings, phase="TEST")
    changed = make_net(database, f"{settings} mean_value: 7 scale: 2", phase="TEST")
    plain.forward()
    changed.forward()
    before, after = (net.blobs["data"].data.reshape(40, 4, 3, 4) for net in (plain, changed))
    # 7 of each colour are 7 of whatever is made of them, but for rounded factors
    np.testing.assert_allclose(after, 2 * (before - 7), atol=0.01)


def test_what_is_behind_the_end_is_the_last_value():
    image = np.arange(48, dtype=np.uint8).reshape(3, 4, 4)
    param = TransformationParameter(crop_size=4, siamese_size=4, patch_size=4)
    transformer = PuzzleTransformer(param, blobnet.proto.TEST, np.float64)
    out = np.empty((50, 12, 4, 4))
    transformer.puzzle([image] * 50, np.random.default_rng(1), out)
    last = out.reshape(50, 4, 3, 4, 4)[:, 3, 2, 3, 3]  # red, in the corner of the last tile
    assert 47 in np.round(last)
    assert np.isfinite(out).all()


@pytest.mark.parametrize(
    ("transform", "words"),
    [
        ("crop_size: 8 siamese_size: 5 patch_size: 2", "square grid(.|\n)*4 or 9 or 16"),
        ("crop_size: 8 siamese_size: 25 patch_size: 2", "square grid"),
        ("siamese_size: 4 patch_size: 2", "needs crop_size and patch_size"),
        ("crop_size: 8 siamese_size: 4", "needs crop_size and patch_size"),
        ("crop_size: 8 siamese_size: 4 patch_size: 2 mirror: true", "cannot be flipped"),
        ("crop_size: 8 siamese_size: 4 patch_size: 2 fix_crop: true", "`fix_crop`"),
        ("crop_size: 10 siamese_size: 4 patch_size: 2", "smaller than the crop"),
        ("crop_size: 8 patch_size: 2", "`patch_size` of transform_param has no effect here"),
    ],
)
def test_settings_that_make_no_puzzle(transform, words, database):
    with pytest.raises(LayerError, match=words):
        make_net(database, transform)


@pytest.mark.parametrize(
    ("orders", "header"),
    [
        (ORDERS, (4, 4)),
        (ORDERS, (-3, -4)),
        (ORDERS, (2**30, 2**30)),
        (ORDERS[:, :3], None),
        (ORDERS - 1, None),
        (ORDERS + 1, None),
        (np.zeros((0, 4)), None),
    ],
)
def test_files_that_are_no_orders(orders, header, database, tmp_path):
    text = write_orders(tmp_path / "orders.bin", orders, header)
    with pytest.raises(DataError, match=r'"d": hash_file .*no orders of 4 tiles'):
        make_net(database, f"crop_size: 8 siamese_size: 4 patch_size: 2 {text}")


def test_a_file_that_is_not_there(database, tmp_path):
    path = (tmp_path / "none.bin").as_posix()
    with pytest.raises(DataError, match=r"hash_file.*none\.bin"):
        make_net(database, f'crop_size: 8 siamese_size: 4 patch_size: 2 hash_file: "{path}"')


def test_only_images_in_colour():
    param = TransformationParameter(crop_size=8, siamese_size=4, patch_size=1)
    transformer = PuzzleTransformer(param, blobnet.proto.TEST)
    assert transformer.output_shape((3, 9, 9)) == (12, 1, 1)
    with pytest.raises(LayerError, match="images in colour"):
        transformer.output_shape((1, 9, 9))


@pytest.mark.parametrize(
    "setting", [{"siamese_size": 4}, {"jitter_size": 2}, {"hash_file": "x"}, {"patch_size": 2}]
)
def test_other_transformers_refuse_it(setting):
    with pytest.raises(LayerError, match=f"`{next(iter(setting))}` .*it is for Data alone"):
        DataTransformer(TransformationParameter(**setting), blobnet.proto.TEST)


def test_it_does_not_go_with_told_crops(database):
    text = f"""layer {{ name: "d" type: "Data" top: "data" top: "label"
        transform_param {{ crop_size: 8 siamese_size: 4 patch_size: 2 }} data_param {{
        source: "{database.as_posix()}" backend: LMDB batch_size: 1 get_mirror_crop: true }} }}"""
    with pytest.raises(LayerError, match="does not go with the tiles of a puzzle"):
        blobnet.Net(blobnet.parse_net(text))
