"""The layers without bottoms: what they put out comes from files, arrays or fillers."""

from __future__ import annotations

import numpy as np

from tests.conformance.case import spec
from tests.sources.lmdb_files import write_images

TOPS = 'name: "it" top: "data" top: "label"'
RECORDS = 7
CROP = "crop_size: 3 mirror: true"


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
    import h5py

    from tests.sources.image_files import write_list

    with h5py.File(folder / "x.h5", "w") as file:
        file["data"], file["label"] = records(), np.arange(RECORDS)
    source = write_list(folder / "files.txt", [folder / "x.h5"])
    param = f'source: "{source.as_posix()}" batch_size: {batch}'
    return f'{TOPS} type: "HDF5Data" hdf5_data_param {{ {param} }}'


def image_data(folder, batch):
    from tests.sources.image_files import write_list, write_png

    files = [write_png(folder / f"{i}.png", image) for i, image in enumerate(records())]
    source = write_list(folder / "list.txt", [f"{file} {i}" for i, file in enumerate(files)])
    param = f'source: "{source.as_posix()}" batch_size: {batch} shuffle: true'
    return f'{TOPS} type: "ImageData" image_data_param {{ {param} }}'


def multi_label_image_data(folder, batch):
    return image_data(folder, batch).replace("ImageData", "MultiLabelImageData", 1)


def human_att_data(folder, batch):
    text = image_data(folder, batch).replace("ImageData", "HumanAttData", 1)
    return text.replace("image_data_param {", "human_att_data_param { att_num: 1", 1)


def input_(folder, batch):
    return f'{TOPS} type: "Input" input_param {{ shape {{ dim: {batch} dim: 3 }} }}'


def memory_data(folder, batch):
    param = f"batch_size: {batch} channels: 3 height: 5 width: 6"
    return f'{TOPS} type: "MemoryData" memory_data_param {{ {param} }}'


def co_s_data(folder, batch):
    tops = "top { channels: 3 height: 5 width: 6 } top { channels: 1 sample_num_axes: 0 }"
    return f'{TOPS} type: "CoSData" cos_data_param {{ batch_size: {batch} {tops} }}'


def window_data(folder, batch):
    from tests.sources.image_files import write_png

    text = ""
    for i, image in enumerate(records()):
        write_png(folder / f"{i}.png", image)
        text += (
            f"# {i}\n{folder.as_posix()}/{i}.png\n3\n5\n6\n2\n{i + 1} 1 0 0 3 3\n0 0.1 2 2 4 4\n"
        )
    (folder / "windows.txt").write_text(text)
    param = f'source: "{folder.as_posix()}/windows.txt" batch_size: {batch}'
    return f'{TOPS} type: "WindowData" window_data_param {{ {param} }} transform_param {{ {CROP} }}'


def windows_of_viewpoints(folder, batch, header, end):
    """WindowData's, with more in the file."""
    text = window_data(folder, batch)
    path = folder / "windows.txt"
    lines = path.read_text().split("\n")
    for i, line in enumerate(lines):
        if line == "6":
            lines[i] += header
        elif line.count(" ") == 5:
            lines[i] += end
    path.write_text("\n".join(lines))
    return text


def window_pose_data(folder, batch):
    text = windows_of_viewpoints(folder, batch, "", " 1 2 3 4 5 6 7 8 9 10 11 12")
    tops = "".join(f' top: "e{i}"' for i in range(6))
    return text.replace('"WindowData"', f'"WindowPoseData"{tops}')


def window_multiclass_keypoint_data(folder, batch):
    text = windows_of_viewpoints(folder, batch, "\n7", " 2 1 3 1 2 0.5 3 1 1")
    return text.replace('"WindowData"', '"WindowMulticlassKeypointData" top: "filter"')


def give_records(net):
    net.layers[0].set_iterable(list(zip(records(), range(RECORDS), strict=True)))


def give_a_batch(net):
    shapes = [blob.shape for blob in net.blobs.values()]
    net.layers[0].reset([np.full(shape, 3, np.float32) for shape in shapes])


CASES = {
    "CoSData": spec(
        bottoms=0,
        tops=(1, None),
        prototxt=co_s_data,
        feed=give_a_batch,
        is_constant=True,
    ),
    "Data": spec(bottoms=0, tops=(1, 2), prototxt=data),
    "DummyData": spec(bottoms=0, tops=(1, None), prototxt=dummy_data),
    "HDF5Data": spec(bottoms=0, tops=(1, None), prototxt=hdf5_data),
    "HDF5Output": spec(
        bottoms=2,
        tops=0,
        without_cases="it writes a file, for one forward only",
    ),
    "HumanAttData": spec(bottoms=0, tops=2, prototxt=human_att_data),
    "ImageData": spec(bottoms=0, tops=(2, 3), prototxt=image_data),
    "Input": spec(bottoms=0, tops=(1, None), prototxt=input_, is_constant=True),
    "MemoryData": spec(bottoms=0, tops=2, prototxt=memory_data, feed=give_records),
    "MultiLabelImageData": spec(bottoms=0, tops=2, prototxt=multi_label_image_data),
    "WindowData": spec(bottoms=0, tops=2, prototxt=window_data),
    "WindowMulticlassKeypointData": spec(
        bottoms=0, tops=3, prototxt=window_multiclass_keypoint_data
    ),
    "WindowPoseData": spec(bottoms=0, tops=8, prototxt=window_pose_data),
}
