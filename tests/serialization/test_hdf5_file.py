"""HDF5 files that promise more than they hold, or other files' contents, in every role they have.

The reader of records, of weights and of states go through the same checks; so most of what is
tried here is tried with each of them.
"""

from __future__ import annotations

import os
import zlib
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from blobnet import BlobnetError, DataError, SnapshotError, WeightsError
from blobnet.serialization.hdf5_file import EXTERNAL
from blobnet.serialization.solver_state import read_solver_state
from blobnet.serialization.weights import read_weights
from blobnet.sources.hdf5_batches import Hdf5Batches
from blobnet.types import Array

h5py = pytest.importorskip("h5py", reason="the extra `hdf5` is not installed")

Read = Callable[[Path], Array]


def read_as_weights(path: Path) -> Array:
    blob = read_weights(path)["ip"][0]
    if blob.damage is not None:
        raise WeightsError(f"{path}: data/ip/0: {blob.damage}")
    return blob.load()


def read_as_state(path: Path) -> Array:
    return read_solver_state(path).history[0]


def read_as_data(path: Path) -> Array:
    names = ["data", "label"]
    reader = Hdf5Batches([path], names, np.random.default_rng(0), batch_size=4, dtype=np.float64)
    return reader.read()[0]


ROLES: list[Any] = [
    pytest.param(read_as_weights, "data/ip", "0", WeightsError, id="weights"),
    pytest.param(read_as_state, "history", "0", SnapshotError, id="state"),
    pytest.param(read_as_data, "/", "data", DataError, id="data"),
]
every_role = pytest.mark.parametrize(("read", "folder", "name", "error"), ROLES)

VALUES = np.arange(12.0).reshape(4, 3)


def write(path: Path, folder: str, name: str, put: Callable[[Any, str], None]) -> Path:
    """A file with everything that a role needs, and what `put` puts under a name of a group."""
    with h5py.File(path, "w") as file:
        if folder == "history":
            file["iter"], file["current_step"] = [1], [0]
        put(file.require_group(folder), name)
        if folder == "/":
            file["label"] = h5py.SoftLink("/data")  # as many rows
    return path


def refused(read: Read, path: Path, error: type[BlobnetError]) -> str:
    with pytest.raises(error) as caught:
        read(path)
    assert str(path) in str(caught.value)
    return str(caught.value)


# --- sound files ----------------------------------------------------------------------------------


@every_role
def test_what_was_never_written_is_the_fill_value(read, folder, name, error, tmp_path):
    def put(group, name):
        group.create_dataset(name, shape=(4, 3), dtype="f4", chunks=(2, 3), fillvalue=7)
        group[name][:2] = 1

    array = read(write(tmp_path / "x.h5", folder, name, put))
    assert array.tolist() == [[1] * 3] * 2 + [[7] * 3] * 2


@every_role
@pytest.mark.parametrize("link", ["/elsewhere/it", "/./elsewhere//it", "/second"])
def test_a_link_within_the_file_is_followed(read, folder, name, error, link, tmp_path):
    def put(group, name):
        group.file["elsewhere/it"] = VALUES
        group.file["second"] = h5py.SoftLink("elsewhere/it")
        group[name] = h5py.SoftLink(link)

    np.testing.assert_array_equal(read(write(tmp_path / "x.h5", folder, name, put)), VALUES)


@every_role
def test_packed_chunks_are_unpacked(read, folder, name, error, tmp_path):
    def put(group, name):
        group.create_dataset(
            name, data=VALUES, compression="gzip", shuffle=True, fletcher32=True, chunks=(1, 3)
        )

    np.testing.assert_array_equal(read(write(tmp_path / "x.h5", folder, name, put)), VALUES)


def test_one_group_under_two_names_gives_weights_to_both(tmp_path):
    with h5py.File(tmp_path / "w", "w") as file:
        file["data/a/0"] = VALUES
        file["data/b"] = file["data/a"]
        file["data/c"] = h5py.SoftLink("/data/a")
    stored = read_weights(tmp_path / "w")
    assert sorted(stored) == ["a", "b", "c"]
    for blobs in stored.values():
        np.testing.assert_array_equal(blobs[0].load(), VALUES)


@pytest.mark.parametrize("name", ["卷积/1", "😀", "\uf8ff", "é" * 100])
def test_names_of_any_script_are_read(name, tmp_path):
    with h5py.File(tmp_path / "w", "w") as file:
        file[f"data/{name}/0"] = VALUES
    np.testing.assert_array_equal(read_weights(tmp_path / "w")[name][0].load(), VALUES)


# --- other files ----------------------------------------------------------------------------------


def external_storage(group, name, other):
    group.create_dataset(name, shape=(4, 3), dtype="f8", external=[(str(other), 0, 96)])


def external_link(group, name, other):
    group[name] = h5py.ExternalLink(str(other), "/it")


def link_through_another_file(group, name, other):
    group.file["far"] = h5py.ExternalLink(str(other), "/")
    group[name] = h5py.SoftLink("/far/it")


def virtual(group, name, other):
    layout = h5py.VirtualLayout((4, 3), "f8")
    layout[...] = h5py.VirtualSource(str(other), "it", (4, 3))
    group.create_virtual_dataset(name, layout)


@every_role
@pytest.mark.parametrize(
    "put", [external_storage, external_link, link_through_another_file, virtual]
)
def test_another_file_is_read_only_where_the_user_allows_it(
    read, folder, name, error, put, tmp_path, monkeypatch
):
    other = tmp_path / "other"
    if put is external_storage:
        other.write_bytes(VALUES.tobytes())
    else:
        with h5py.File(other, "w") as file:
            file["it"] = VALUES
    path = write(tmp_path / "x.h5", folder, name, lambda group, name: put(group, name, other))
    for value in (None, "", "0"):
        if value is not None:
            monkeypatch.setenv(EXTERNAL, value)
        assert f"{EXTERNAL}=1" in refused(read, path, error)
    monkeypatch.setenv(EXTERNAL, "1")
    np.testing.assert_array_equal(read(path), VALUES)


# --- promises -------------------------------------------------------------------------------------


def claim(shape, **options):
    def put(group, name):
        first = tuple(1 for _ in shape)
        dataset = group.create_dataset(name, first, "f4", maxshape=(None,) * len(shape), **options)
        dataset.resize(shape)

    return put


@every_role
@pytest.mark.parametrize(
    ("shape", "chunks"),
    [((2**40,), (2**20,)), ((2**20, 2**20), (2**20, 2**9)), ((2**62, 4), (2**20, 4))],
)
def test_a_few_bytes_that_claim_to_be_terabytes(read, folder, name, error, shape, chunks, tmp_path):
    path = write(tmp_path / "x.h5", folder, name, claim(shape, chunks=chunks))
    assert "memory" in (text := refused(read, path, error)) or "a blob can have" in text


@every_role
def test_a_million_chunks_of_nothing(read, folder, name, error, tmp_path):
    path = write(tmp_path / "x.h5", folder, name, claim((2**20,), chunks=(1,)))
    assert "of 1048576 chunks" in refused(read, path, error)


@every_role
def test_a_chunk_that_is_larger_than_its_dataset(read, folder, name, error, tmp_path):
    put = claim((4, 1), chunks=(2**15, 2**14))  # 2 GiB
    assert "in every chunk" in refused(read, write(tmp_path / "x.h5", folder, name, put), error)


@every_role
def test_the_user_may_allow_more(read, folder, name, error, tmp_path, monkeypatch):
    monkeypatch.setenv("BLOBNET_MAX_BYTES", "1000")
    path = write(tmp_path / "x.h5", folder, name, claim((4, 2**14), chunks=(4, 2**14)))
    assert "BLOBNET_MAX_BYTES" in refused(read, path, error)
    monkeypatch.setenv("BLOBNET_MAX_BYTES", "10M")
    assert not read(path).any()


def test_datasets_count_together(tmp_path, monkeypatch):
    monkeypatch.setenv("BLOBNET_MAX_BYTES", "1M")
    with h5py.File(tmp_path / "x.h5", "w") as file:
        for name in ("a", "b", "c"):
            file.create_dataset(name, (4, 40_000), "u1", chunks=(4, 40_000))
    for names in (["a"], ["a", "b"], ["a", "b", "c"]):  # 640,000 bytes each, as float32
        reader = Hdf5Batches([tmp_path / "x.h5"], names, np.random.default_rng(0), batch_size=1)
        if len(names) == 1:
            reader.read()
        else:
            with pytest.raises(DataError, match=r"x\.h5 asks for too much memory"):
                reader.read()


def test_the_history_of_a_state_counts_together(tmp_path, monkeypatch):
    monkeypatch.setenv("BLOBNET_MAX_BYTES", "1M")
    with h5py.File(tmp_path / "s.h5", "w") as file:
        file["iter"], file["current_step"] = [1], [0]
        for index in range(3):
            file.create_dataset(f"history/{index}", (160_000,), "f4", chunks=(160_000,))
    assert "asks for too much memory" in refused(read_as_state, tmp_path / "s.h5", SnapshotError)


@every_role
def test_a_chunk_that_unpacks_to_more_than_it_should(
    read, folder, name, error, tmp_path, monkeypatch
):
    monkeypatch.setenv("BLOBNET_MAX_BYTES", "1M")

    def put(group, name):
        dataset = group.create_dataset(
            name, (4, 4096), "u1", chunks=(4, 4096), compression="gzip", shuffle=False
        )
        dataset.id.write_direct_chunk((0, 0), zlib.compress(bytes(2**24)))  # 16 MiB

    path = write(tmp_path / "x.h5", folder, name, put)
    assert "a packed chunk or a plain one is broken" in refused(read, path, error)


SZIP: dict[str, Any] = {"compression": "szip", "compression_opts": ("nn", 4)}
GZIP: dict[str, Any] = {"compression": "gzip"}
SHORT = {  # how a chunk is packed, and what is stored for it
    "deflated": (GZIP, zlib.compress(b"ab"), 0),
    "deflated and shuffled": ({**GZIP, "shuffle": True}, zlib.compress(b"ab"), 0),
    "not deflated": (GZIP, b"ab", 1),
    "deflated to nothing": (GZIP, zlib.compress(b""), 0),
    "cut short": (GZIP, zlib.compress(bytes(96))[:-6], 0),
    "shuffled": ({"shuffle": True}, b"ab", 0),
    "summed up": ({"fletcher32": True}, b"ab", 0),
    "nothing, summed up": ({"fletcher32": True}, b"\0\0\0\0", 0),
    "plain": ({}, b"ab", 0),
    "scaled": ({"scaleoffset": 3}, b"\x20\0\0\0\x08" + bytes(20), 0),
    "packed by szip": (SZIP, b"\x08\0\0\0" + bytes(20), 0),
}


def skip_without_szip(options: dict[str, Any]) -> None:
    if options.get("compression") == "szip" and "szip" not in h5py.filters.encode:
        pytest.skip("this HDF5 does not write szip")


@every_role
@pytest.mark.parametrize("how", SHORT)
def test_a_chunk_that_is_shorter_than_it_should_be(read, folder, name, error, how, tmp_path):
    """HDF5 reads on in memory behind it: others' data, or the end of the process."""
    options, content, mask = SHORT[how]
    skip_without_szip(options)

    def put(group, name):
        dataset = group.create_dataset(name, (4, 3), "f8", chunks=(4, 3), **options)
        dataset.id.write_direct_chunk((0, 0), content, mask)

    path = write(tmp_path / "x.h5", folder, name, put)
    assert "is broken" in refused(read, path, error)


@every_role
@pytest.mark.parametrize(
    "options", [{}, GZIP, {"compression": "lzf"}, {"shuffle": True}, {"fletcher32": True},
                {"compression": "lzf", "shuffle": True, "fletcher32": True}, {"scaleoffset": 0},
                SZIP],
)  # fmt: skip
def test_chunks_of_every_kind_that_are_sound(read, folder, name, error, options, tmp_path):
    skip_without_szip(options)

    def put(group, name):
        group.create_dataset(name, data=VALUES.astype("i4"), chunks=(3, 2), **options)

    np.testing.assert_array_equal(read(write(tmp_path / "x.h5", folder, name, put)), VALUES)


@every_role
def test_a_chunk_that_was_too_small_to_be_packed(read, folder, name, error, tmp_path):
    def put(group, name):
        dataset = group.create_dataset(name, (4, 3), "f8", chunks=(4, 3), compression="gzip")
        dataset.id.write_direct_chunk((0, 0), VALUES.tobytes(), 1)  # the mask says: not packed

    np.testing.assert_array_equal(read(write(tmp_path / "x.h5", folder, name, put)), VALUES)


@every_role
@pytest.mark.parametrize("bits", [20, 32])
def test_numbers_of_few_bits(read, folder, name, error, bits, tmp_path):
    """The filter nbit, which h5py can only be asked for at a low level."""

    def put(group, name):
        kind = h5py.h5t.STD_I32LE.copy()
        kind.set_precision(bits)
        plan = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
        plan.set_chunk((4, 3))
        plan.set_filter(h5py.h5z.FILTER_NBIT, 0, ())
        space = h5py.h5s.create_simple((4, 3))
        try:
            made = h5py.h5d.create(group.id, name.encode(), kind, space, plan)
        except (OSError, ValueError, RuntimeError) as reason:
            pytest.skip(f"this h5py cannot: {reason}")
        h5py.Dataset(made)[...] = VALUES.astype("i4") % 4

    array = read(write(tmp_path / "x.h5", folder, name, put))
    np.testing.assert_array_equal(array, VALUES % 4)


@every_role
def test_a_chunk_that_is_shuffled_after_packing(read, folder, name, error, tmp_path):
    def put(group, name):
        plan = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
        plan.set_chunk((4, 3))
        plan.set_deflate(9)
        plan.set_shuffle()
        space = h5py.h5s.create_simple((4, 3))
        made = h5py.h5d.create(group.id, name.encode(), h5py.h5t.NATIVE_DOUBLE, space, plan)
        made.write_direct_chunk((0, 0), bytes(96), 0)

    assert "is broken" in refused(read, write(tmp_path / "x.h5", folder, name, put), error)


@every_role
def test_a_chunk_that_is_packed_twice(read, folder, name, error, tmp_path):
    def put(group, name):
        plan = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
        plan.set_chunk((4, 3))
        plan.set_deflate(9)
        plan.set_deflate(9)
        space = h5py.h5s.create_simple((4, 3))
        h5py.h5d.create(group.id, name.encode(), h5py.h5t.NATIVE_FLOAT, space, plan)

    assert "packed more than once" in refused(
        read, write(tmp_path / "x.h5", folder, name, put), error
    )


# --- groups ---------------------------------------------------------------------------------------


def test_groups_that_hold_each_other(tmp_path):
    with h5py.File(tmp_path / "w", "w") as file:
        file["data/ip/0"] = VALUES
        file["data/ip/more"] = file["data"]
    text = refused(read_as_weights, tmp_path / "w", WeightsError)
    assert '"ip/more" cannot be read' in text
    assert "holds itself" in text


def test_groups_that_double_from_level_to_level(tmp_path):
    with h5py.File(tmp_path / "w", "w") as file:
        group = file.create_group("data")
        for _ in range(40):  # 2**40 ways down
            inner = group.create_group("a")
            group["b"] = inner
            group = inner
    text = refused(read_as_weights, tmp_path / "w", WeightsError)
    assert "entered under very many names" in text


def test_very_many_groups_one_within_the_other(tmp_path):
    with h5py.File(tmp_path / "w", "w") as file:
        group = file.create_group("data")
        for _ in range(300):
            group = group.create_group("a")
    assert "over 256 groups" in refused(read_as_weights, tmp_path / "w", WeightsError)


def test_very_many_members(tmp_path, monkeypatch):
    monkeypatch.setenv("BLOBNET_MAX_BYTES", "1M")
    with h5py.File(tmp_path / "w", "w") as file:
        file.create_group("data")
        for index in range(5000):
            file["data"][str(index)] = h5py.SoftLink("/data")
    assert "over 5000 groups" in refused(read_as_weights, tmp_path / "w", WeightsError)


@every_role
def test_links_in_circles(read, folder, name, error, tmp_path):
    def put(group, name):
        group[name] = h5py.SoftLink("/first")
        group.file["first"] = h5py.SoftLink("/second")
        group.file["second"] = h5py.SoftLink("/first")

    assert "links that lead" in refused(read, write(tmp_path / "x.h5", folder, name, put), error)


@every_role
def test_links_whose_paths_are_full_of_links(read, folder, name, error, tmp_path, monkeypatch):
    monkeypatch.setattr("blobnet.serialization.hdf5_file._MOST_STEPS", 1000)

    def put(group, name):
        file = group.file
        file["l0"] = file.create_group("end")
        for level in range(1, 20):  # 100**19 steps
            file["end"][f"l{level}"] = h5py.SoftLink("/".join([f"l{level - 1}"] * 100))
            file[f"l{level}"] = h5py.SoftLink("/".join([f"end/l{level - 1}"] * 100))
        file["end/l0"] = file["end"]
        file["end/end"] = file["end"]
        group[name] = h5py.SoftLink("/l19/none")

    assert "links that lead" in refused(read, write(tmp_path / "x.h5", folder, name, put), error)


@every_role
def test_a_link_that_leads_nowhere(read, folder, name, error, tmp_path):
    def put(group, name):
        group[name] = h5py.SoftLink("/none")

    refused(read, write(tmp_path / "x.h5", folder, name, put), error)


# --- what is no number ----------------------------------------------------------------------------

ODD: dict[str, Callable[[Any, str], None]] = {
    "a type": lambda group, name: group.__setitem__(name, np.dtype("f4")),
    "a group": lambda group, name: group.create_group(name),
    "text": lambda group, name: group.__setitem__(name, ["a"] * 4),
    "fixed text": lambda group, name: group.__setitem__(name, np.array([b"a"] * 4)),
    "rows": lambda group, name: group.__setitem__(name, np.zeros(4, [("a", "f4")])),
    "lists": lambda group, name: group.create_dataset(name, (4,), h5py.vlen_dtype("f4")),
    "an enum": lambda group, name: group.create_dataset(name, (4,), h5py.enum_dtype({"a": 1})),
    "booleans": lambda group, name: group.__setitem__(name, np.zeros(4, bool)),
    "complex": lambda group, name: group.__setitem__(name, np.zeros(4, "c8")),
    "references": lambda group, name: group.create_dataset(name, (4,), h5py.ref_dtype),
    "regions": lambda group, name: group.create_dataset(name, (4,), h5py.regionref_dtype),
    "arrays": lambda group, name: group.create_dataset(name, (4,), np.dtype(("f4", (2,)))),
    "bytes": lambda group, name: group.__setitem__(name, np.zeros(4, "V3")),
    "nothing": lambda group, name: group.__setitem__(name, h5py.Empty("f4")),
}


@every_role
@pytest.mark.parametrize("what", ODD)
def test_what_is_no_number_is_refused(read, folder, name, error, what, tmp_path):
    path = write(tmp_path / "x.h5", folder, name, ODD[what])
    if what == "a group" and read is read_as_weights:
        assert read_weights(path) == {"ip/0": {}}  # a layer of that name, without weights
    else:
        refused(read, path, error)


@every_role
def test_huge_axes_of_no_values(read, folder, name, error, tmp_path):
    path = write(tmp_path / "x.h5", folder, name, claim((0, 2**62, 2**62), chunks=(1, 1, 1)))
    refused(read, path, error)


# --- files ----------------------------------------------------------------------------------------


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no pipes in folders")
@every_role
def test_a_pipe_is_not_opened(read, folder, name, error, tmp_path):
    os.mkfifo(tmp_path / "x.h5")
    assert "a pipe" in refused(read, tmp_path / "x.h5", error)


@every_role
def test_a_machine_without_memory(read, folder, name, error, tmp_path, monkeypatch):
    path = write(
        tmp_path / "x.h5", folder, name, lambda group, name: group.__setitem__(name, VALUES)
    )

    def full(*args: object) -> Array:
        raise MemoryError

    monkeypatch.setattr("blobnet.serialization.hdf5_file.np", SimpleNamespace(empty=full))
    assert "not enough memory" in refused(read, path, error)
