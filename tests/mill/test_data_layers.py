"""The mill for layers without bottoms: what they put out comes from files, arrays or fillers."""

from __future__ import annotations

import numpy as np
import pytest

import blobnet
from tests.mill.catalogue import WITHOUT_CASES
from tests.sources.lmdb_files import write_images

h5py = pytest.importorskip("h5py")
pytest.importorskip("PIL")

from tests.sources.image_files import write_list, write_png  # noqa: E402

TOPS = 'name: "it" top: "data" top: "label"'
RECORDS = 7


def records() -> np.ndarray:
    return np.random.default_rng(8).integers(256, size=(RECORDS, 3, 5, 6), dtype=np.uint8)


def data(folder, batch):
    if not (folder / "db").exists():
        write_images(folder / "db", records())
    param = f'source: "{folder.as_posix()}/db" backend: LMDB batch_size: {batch}'
    return f'{TOPS} type: "Data" data_param {{ {param} }} transform_param {{ mirror: true }}'


def dummy_data(folder, batch):
    param = f'shape {{ dim: {batch} dim: 3 }} data_filler {{ type: "gaussian" }}'
    return f'{TOPS} type: "DummyData" dummy_data_param {{ {param} }}'


def hdf5_data(folder, batch):
    with h5py.File(folder / "x.h5", "w") as file:
        file["data"], file["label"] = records(), np.arange(RECORDS)
    source = write_list(folder / "files.txt", [folder / "x.h5"])
    param = f'source: "{source.as_posix()}" batch_size: {batch}'
    return f'{TOPS} type: "HDF5Data" hdf5_data_param {{ {param} }}'


def image_data(folder, batch):
    files = [write_png(folder / f"{i}.png", image) for i, image in enumerate(records())]
    source = write_list(folder / "list.txt", [f"{file} {i}" for i, file in enumerate(files)])
    param = f'source: "{source.as_posix()}" batch_size: {batch} shuffle: true'
    return f'{TOPS} type: "ImageData" image_data_param {{ {param} }}'


def input_(folder, batch):
    return f'{TOPS} type: "Input" input_param {{ shape {{ dim: {batch} dim: 3 }} }}'


def memory_data(folder, batch):
    param = f"batch_size: {batch} channels: 3 height: 5 width: 6"
    return f'{TOPS} type: "MemoryData" memory_data_param {{ {param} }}'


def window_data(folder, batch):
    text = ""
    for i, image in enumerate(records()):
        write_png(folder / f"{i}.png", image)
        text += (
            f"# {i}\n{folder.as_posix()}/{i}.png\n3\n5\n6\n2\n{i + 1} 1 0 0 3 3\n0 0.1 2 2 4 4\n"
        )
    (folder / "windows.txt").write_text(text)
    param = f'source: "{folder.as_posix()}/windows.txt" batch_size: {batch}'
    return f'{TOPS} type: "WindowData" window_data_param {{ {param} }} transform_param {{ {CROP} }}'


CROP = "crop_size: 3 mirror: true"
DEFINITIONS = {
    "Data": data,
    "DummyData": dummy_data,
    "HDF5Data": hdf5_data,
    "ImageData": image_data,
    "Input": input_,
    "MemoryData": memory_data,
    "WindowData": window_data,
}
READING = sorted(set(DEFINITIONS) - {"Input"})


def make_net(type_name, folder, batch):
    net = blobnet.Net(
        blobnet.parse_net(f"layer {{ {DEFINITIONS[type_name](folder, batch)} }}"), seed=6
    )
    if type_name == "MemoryData":
        net.layers[0].set_iterable(list(zip(records(), range(RECORDS), strict=True)))
    return net


def bits(net, passes):
    """What so many passes put out."""
    return [[values.tobytes() for values in net.forward().values()] for _ in range(passes)]


def test_every_layer_without_cases_is_here():
    assert {*DEFINITIONS, "HDF5Output"} == set(WITHOUT_CASES)


@pytest.mark.parametrize("batch", [1, 3, 9])
@pytest.mark.parametrize("type_name", DEFINITIONS)
def test_a_batch_has_as_many_items_as_stated(type_name, batch, tmp_path):
    net = make_net(type_name, tmp_path, batch)
    assert [len(values) for values in net.forward().values()] == [batch, batch]


@pytest.mark.parametrize("type_name", DEFINITIONS)
def test_reshape_and_backward_change_nothing(type_name, tmp_path):
    net = make_net(type_name, tmp_path, 3)
    net.forward()
    layer, tops = net.layers[0], list(net.blobs.values())
    before = [(blob.shape, blob.data.tobytes()) for blob in tops]
    layer.reshape([], tops)
    layer.backward(tops, [], [])
    assert [(blob.shape, blob.data.tobytes()) for blob in tops] == before


@pytest.mark.parametrize("type_name", READING)
def test_a_seed_gives_the_same_batches_again(type_name, tmp_path):
    one, two = (make_net(type_name, tmp_path, 3) for _ in range(2))
    batches = bits(one, 5)
    assert batches == bits(two, 5)
    assert batches[0] != batches[1]


@pytest.mark.parametrize("type_name", READING)
def test_a_state_goes_on_with_the_next_batch(type_name, tmp_path):
    net, resumed = (make_net(type_name, tmp_path, 3) for _ in range(2))
    bits(net, 2)
    resumed.set_state(net.get_state())
    assert bits(net, 4) == bits(resumed, 4)


@pytest.mark.parametrize("batch", [1, 3])
def test_a_layer_that_only_writes_has_gradients_of_zero(batch, tmp_path):
    path = (tmp_path / "out.h5").as_posix()
    run = blobnet.testing.run_layer(
        f'type: "HDF5Output" hdf5_output_param {{ file_name: "{path}" }}',
        records()[:batch],
        np.arange(batch),
        num_top=0,
    )
    np.testing.assert_array_equal(run.bottom[0].data, records()[:batch])
    for wanted in ([True, False], [False, True]):
        for blob in run.bottom:
            blob.diff[...] = 77
        run.backward(wanted)
        for blob, is_wanted in zip(run.bottom, wanted, strict=True):
            np.testing.assert_array_equal(blob.diff, 0 if is_wanted else 77)
