"""What reaches a kernel that is launched, and how its work is cut."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pytest

from blobnet.errors import BlobnetError
from blobnet.ops import launch as launching
from blobnet.ops import parallel, pool, pool_words
from blobnet.ops.launch import Fixed, Launch, Scratch, launch, launch_over_values
from blobnet.ops.pool import Pool
from blobnet.ops.recording import computes_otherwise, record
from tests import sharing
from tests.ops.pool_kernels import count_up, fail_at, made_here, note_pieces, zeros


@pytest.fixture(autouse=True)
def _two_threads(monkeypatch):
    sharing.be_patient(monkeypatch)
    parallel.set_num_threads(2)
    yield
    parallel.set_num_threads(None)


class Inner(NamedTuple):
    table: np.ndarray
    height: int


class Plan(NamedTuple):
    first: Inner
    count: int
    second: Inner
    empty: tuple[()]


@made_here
def copy_row(begin, end, x, row, out):
    for i in range(begin, end):
        out[i] = x[row, i] + 1000 * x.shape[0] + 100 * x.shape[1]


@made_here
def copy_number(begin, end, number, out):
    for i in range(begin, end):
        out[i] = number


@made_here
def tell_none(begin, end, before, nothing, behind, out):
    for i in range(begin, end):
        out[i] = before + 10 * behind + (100 if nothing is None else 0)


@made_here
def sum_plan(begin, end, plan, out):
    for i in range(begin, end):
        for inner in (plan.first, plan.second):
            out[i] += inner.table[1, i] * inner.height
        out[i] += 1000 * plan.count + 10_000 * len(plan.second.table)


@made_here
def use_scratch(begin, end, whole, single, lengths, out):
    for i in range(begin, end):
        whole[:] = i
        single[:] = i
        lengths[0], lengths[1] = len(whole), len(single)
        out[i] = whole.sum() + single.sum()


@made_here
def write(begin, end, x, y):
    for i in range(begin, end):
        y[i] = x[i]


# --- arguments ------------------------------------------------------------------------------------


@pytest.mark.parametrize("dtype", ["f4", "f8", "i8", "i4", "u1"])
def test_arrays(dtype):
    x, out = np.arange(12).reshape(3, 4).astype(dtype), np.empty(4)
    launch(copy_row, 4, (x, 1, out), 1)
    np.testing.assert_array_equal(out, x[1] + 3400.0)


def test_views_that_lie_in_one_piece():
    x, out = np.arange(24.0).reshape(6, 4), np.empty(8)
    launch(copy_row, 4, (x[2:5], 1, out[4:]), 1)
    np.testing.assert_array_equal(out[4:], x[3] + 3400)


def test_a_file_in_memory(tmp_path):
    path = tmp_path / "x"
    np.arange(12.0).tofile(path)
    x, out = np.memmap(path, np.float64, "r", shape=(3, 4)), np.empty(4)
    launch(copy_row, 4, (x, 1, out), 1)
    np.testing.assert_array_equal(out, x[1] + 3400)


@pytest.mark.parametrize("empty", [np.empty(0), np.empty((0, 5)), np.empty((5, 0))])
def test_empty_arrays(empty):
    out = zeros(3)
    launch(copy_number, 0, (5, empty.reshape(-1)), 1)
    launch(tell_none, 3, (1, empty, 2, out), 1)
    np.testing.assert_array_equal(out, 21)


@pytest.mark.parametrize(
    "number",
    [0, 5, -7, 2**62, -(2**63), np.int64(-3), np.int32(-3), np.uint8(200), True, False,
     np.bool_(True), 0.1, -2.5e300, np.inf, np.float64(1 / 3), np.float32(1 / 3), np.float32(-0.0)],
    ids=repr,
)  # fmt: skip
def test_numbers(number):
    out = np.full(3, 9, np.asarray(number).dtype)
    launch(copy_number, 3, (number, out), 1)
    assert out.tobytes() == np.full(3, number, out.dtype).tobytes()


def test_nan_is_a_number_too():
    out = np.zeros(3, "f4")
    launch(copy_number, 3, (np.float32(np.nan), out), 1)
    assert np.isnan(out).all()


def test_none_or_an_array():
    out = zeros(2)
    launch(tell_none, 2, (1, None, 2, out), 1)
    np.testing.assert_array_equal(out, 121)
    launch(tell_none, 2, (1, np.ones(3), 2, out), 1)
    np.testing.assert_array_equal(out, 21)


def plan_of(number):
    tables = [np.arange(6).reshape(2, 3) * factor for factor in (number, number + 1)]
    return Plan(Inner(tables[0], 5), number, Inner(tables[1], 7), ())


@pytest.mark.parametrize("wrapping", [lambda plan: plan, Fixed], ids=["a tuple", "fixed"])
def test_plans(wrapping):
    for number in (1, 2):
        plan, out = plan_of(number), zeros(3)
        launch(sum_plan, 3, (wrapping(plan), out), 1)
        expected = plan.first.table[1] * 5 + plan.second.table[1] * 7 + 1000 * number + 20_000
        np.testing.assert_array_equal(out, expected)


def test_a_plain_tuple():
    @made_here
    def add(begin, end, numbers, out):
        for i in range(begin, end):
            out[i] = numbers[0] + numbers[1] * numbers[2][0]

    out = np.zeros(2)
    launch(add, 2, ((1, 0.5, (np.float32(3),)), out), 1)
    np.testing.assert_array_equal(out, 2.5)


def test_each_thread_has_scratch_memory_of_its_own():
    parallel.set_num_threads(5)
    for count in (3, 5):
        out, lengths = np.zeros(10_000), zeros(2)
        arguments = (
            Scratch("whole", count, np.dtype(np.int64)),
            Scratch("single", 7, np.dtype(np.float32)),
            lengths,
            out,
        )
        its = Launch(use_scratch, 10_000, arguments, pool_words.ASLEEP)
        assert len(its.rows) == 5
        its.run()
        np.testing.assert_array_equal(lengths, [count, 7])
        np.testing.assert_array_equal(out, np.arange(10_000.0) * (count + 7))


def test_little_work_has_scratch_memory_of_one_thread():
    arguments = Scratch("some", 3, np.dtype(np.int64)), np.zeros(4)
    for count, products in ((4, pool_words.AWAKE - 1), (1, pool_words.ASLEEP)):
        assert len(Launch(write, count, arguments, products).rows) == 1


@pytest.mark.parametrize(
    "wrapping",
    [lambda gaps: gaps, lambda gaps: (gaps,), lambda gaps: Fixed(Inner(gaps, 1))],
    ids=["alone", "in a tuple", "in a plan"],
)
def test_an_array_with_gaps_is_refused(wrapping):
    gaps = np.arange(6)[::2]
    with pytest.raises(ValueError, match="in one piece"):
        launch(write, 3, (wrapping(gaps), zeros(3)), 1)


def test_what_is_read_only_is_read_and_not_written(monkeypatch):
    monkeypatch.setattr("blobnet.ops.jit._failures", [])
    x, y = np.arange(3), zeros(3)
    launch(write, 3, (x, y), 1)
    x.flags.writeable = False
    launch(write, 3, (x, y), 1)
    np.testing.assert_array_equal(y, [0, 1, 2])
    y.flags.writeable = False
    with pytest.raises(BlobnetError, match="cannot compile"):
        launch(write, 3, (x, y), 1)


def test_it_holds_all_that_it_points_to():
    x, alone, plan = np.ones(2), np.ones(3), Fixed(plan_of(1))
    its = Launch(tell_none, 2, (1, (x, (alone,)), 2, zeros(2)), 1)
    assert any(array is alone for array in its.arrays)
    assert any(array is x for array in its.arrays)
    its = Launch(sum_plan, 3, (plan, Scratch("s", 3, np.dtype(np.int64))), pool_words.ASLEEP)
    assert its.fixed == [plan]
    (memory,) = its.arrays
    assert memory.shape == (2, 3)


def test_a_kernel_is_prepared_once_for_each_kind_of_argument(monkeypatch):
    prepared, prepare = [], launching._entry
    monkeypatch.setattr(launching, "_entries", {})
    monkeypatch.setattr(
        launching, "_entry", lambda *asked: prepared.append(asked) or prepare(*asked)
    )
    for _ in range(3):
        for x in (np.ones(3), np.ones(7), np.ones(3, "f4"), np.ones(3, "i4")):
            launch(write, 3, (x, np.empty(3)), 1)
    assert len(prepared) == 3


def test_what_a_kernel_raises_comes_out():
    with pytest.raises(MemoryError, match="on the way"):
        launch(fail_at, 3, (1, zeros(3)), 1)


def test_a_launch_may_be_run_again():
    counts = zeros(1000)
    its = Launch(count_up, 1000, (counts,), pool_words.ASLEEP)
    for _ in range(3):
        its.run()
    np.testing.assert_array_equal(counts, 3)


# --- work on values -------------------------------------------------------------------------------


@pytest.fixture
def runs(monkeypatch):
    """(count, together, products) of each launch."""
    found, run = [], Pool.run

    def watched(self, *numbers):
        found.append(numbers[-3:])
        return run(self, *numbers)

    monkeypatch.setattr(pool.Pool, "run", watched)
    return found


FEW = pool_words.AWAKE // parallel.PRODUCTS_PER_VALUE


def test_work_on_few_values_is_a_call(runs):
    counts = zeros(FEW)
    launch_over_values(count_up, FEW - 1, (counts,))
    launch_over_values(count_up, FEW // 2 - 1, (counts,), 2)
    launch_over_values(count_up, 0, (counts,))
    assert not runs
    assert counts.sum() == FEW - 1 + FEW // 2 - 1


def test_a_call_has_scratch_memory_too():
    out, lengths = np.zeros(5), zeros(2)
    some = [Scratch(name, 4, np.dtype(np.float32)) for name in ("one", "other")]
    launch_over_values(use_scratch, 5, (*some, lengths, out))
    np.testing.assert_array_equal(out, np.arange(5) * 8)


@pytest.mark.parametrize(("width", "together"), [(1, 64), (3, 22), (64, 1), (1000, 1)])
def test_work_on_many_values_is_shared_between_lines_of_a_cache(width, together, runs):
    count = 16 * FEW // width + 1
    pieces, number = np.zeros((1000, 2), np.int64), zeros(1)
    launch_over_values(note_pieces, count, (pieces, number), width)
    assert runs == [(count, together, count * width * parallel.PRODUCTS_PER_VALUE)]
    pieces = pieces[: number[0]]
    assert len(pieces) > 1
    assert (pieces[:, 0] % together == 0).all()
    assert (pieces[:, 1] - pieces[:, 0]).sum() == count


# --- recording ------------------------------------------------------------------------------------


def test_launches_are_recorded_in_their_order():
    counts = zeros(3)
    with record() as found:
        launch(count_up, 3, (counts,), 1)
        launch_over_values(count_up, 2, (counts,))
        launch_over_values(count_up, 2, (counts,), width=0)
        launch(count_up, 0, (counts,), 1)
    launch(count_up, 3, (counts,), 1)
    assert found.is_complete
    assert [its.count for its in found.launches] == [3, 2, 2, 0]
    np.testing.assert_array_equal(counts, [4, 4, 2])
    for its in found.launches:
        its.run()
    np.testing.assert_array_equal(counts, [7, 7, 3])


def test_what_computes_otherwise_is_told_of():
    computes_otherwise()
    with record() as found:
        launch(count_up, 3, (zeros(3),), 1)
    assert found.is_complete
    with record() as found:
        computes_otherwise()
    assert not found.is_complete
    with record() as found:
        parallel.for_each(abs, [1])
    assert not found.is_complete
