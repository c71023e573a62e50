import math

import numpy as np
import pytest

from blobnet import LayerError
from blobnet.testing import check_gradients, run_layer

FIXED = (6, 9, 30, 43)


@pytest.fixture
def files(tmp_path, monkeypatch, rng):
    """The files of a hand where the program runs; returns its bones and first values."""
    folder = tmp_path / "configuration"
    folder.mkdir()
    bones, start = rng.uniform(0.1, 0.5, 30), rng.uniform(-1, 1, 47)
    (folder / "BoneLength.txt").write_text("\n".join(map(repr, bones.tolist())))
    (folder / "InitialParameters.txt").write_text(" ".join(map(repr, start.tolist())) + " 9 9\n")
    (folder / "DofFixedId.txt").write_text(f"{len(FIXED)}\n" + " ".join(map(str, FIXED)) + "\n7")
    monkeypatch.chdir(tmp_path)
    return bones, start


def hand(x, options="", **more):
    return run_layer(f'name: "hand" type: "DeepHandModel" {options}', x, **more)


def turned(axis, angle, point):
    """A point, turned around x, y or z: the sine of y has the sign of the others, by the fork."""
    a, b = {"x": (1, 2), "y": (0, 2), "z": (0, 1)}[axis]
    result = list(point)
    result[a] = math.cos(angle) * point[a] - math.sin(angle) * point[b]
    result[b] = math.sin(angle) * point[a] + math.cos(angle) * point[b]
    return result


def along(axis, length, point):
    return [value + length * (index == "xyz".index(axis)) for index, value in enumerate(point)]


def place(f, bones, joint):
    """Where a joint is, from its end of the chain to the palm: step by step on one point."""
    point = [0.0, 0.0, 0.0]

    def back(*turns):
        nonlocal point
        for axis, index in reversed(turns):
            point = turned(axis, f[index], point)

    if joint in (25, 26, 27) or joint > 27:
        for tip, axis, turns in ((30, "x", [("z", 18)]), (29, "x", [("z", 17)]),
                                 (28, "x", [("z", 16), ("y", 15)])):  # fmt: skip
            if joint >= tip:
                point = along(axis, bones[tip - 1], point)
                back(*turns)
        root = min(joint, 27)
        point = along("y", -bones[root - 1], point)
        first = 6 + 3 * (root - 25)
        back(("z", first + 2), ("x", first), ("y", first + 1))
    elif joint != 24:
        k = joint - 20 if joint >= 20 else joint // 5
        bends = {0: [], 1: [("x", 34 + 4 * k)], 2: [], 3: [("x", 33 + 4 * k)],
                 4: [("z", 32 + 4 * k), ("x", 31 + 4 * k)]}  # fmt: skip
        for step in range(joint % 5 if joint < 20 else 5, 5):
            point = along("y", bones[5 * k + step], point)
            back(*bends[step])
        point = along("y", bones[20 + k], point)
        back(("z", 21 + 3 * k), ("x", 19 + 3 * k), ("y", 20 + 3 * k))
    if joint != 24:
        back(("z", 5), ("x", 3), ("y", 4))
    return [value + f[index] for index, value in enumerate(point)]


def test_joints_are_where_turns_and_bones_lead(files, rng):
    bones, start = files
    x = rng.normal(size=(3, 47))
    run = hand(x)
    assert run.top[0].shape == (3, 93)
    for n in range(3):
        freedoms = [start[j] + x[n, j] * (j not in FIXED) for j in range(47)]
        for joint in range(31):
            expected = place(freedoms, bones, joint)
            got = run.top[0].data[n, 3 * joint : 3 * joint + 3]
            np.testing.assert_allclose(got, expected, atol=1e-12, err_msg=str(joint))


def test_gradients(files, rng):
    run = hand(rng.normal(size=(2, 47, 1, 1)))
    check_gradients(run)
    assert not run.bottom[0].diff[:, list(FIXED)].any()
    idle = (7, 10)  # the two joints of the wrist, turned around their own bones
    assert run.bottom[0].diff.any(axis=0).sum() == 47 - len(FIXED) - len(idle)


def test_no_items(files):
    assert hand(np.zeros((0, 47))).top[0].shape == (0, 93)


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        (
            "BoneLength",
            "1 2 3",
            "does not have the numbers of a hand.*\n.*30 finite.*\n.*3 numbers",
        ),
        ("BoneLength", "1 " * 29 + "nan", "not finite"),
        ("BoneLength", "one", "no file of numbers"),
        ("InitialParameters", "", "47 finite numbers"),
        ("DofFixedId", "48", "how many freedoms"),
        ("DofFixedId", "1.5 2", "how many freedoms"),
        ("DofFixedId", "2 3", "expected: 3 finite numbers"),
        ("DofFixedId", "1 47", "does not have.*\n.*from 0 to 46"),
        ("DofFixedId", "1 0.5", "does not have"),
    ],
)
def test_files_that_measure_no_hand(files, tmp_path, name, text, words):
    (tmp_path / "configuration" / f"{name}.txt").write_text(text)
    with pytest.raises(LayerError, match=words):
        hand(np.zeros((1, 47)))


def test_without_files(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(LayerError, match=r"configuration/BoneLength\.txt"):
        hand(np.zeros((1, 47)))


def test_what_does_not_fit(files):
    with pytest.raises(LayerError, match="freedoms of a hand"):
        hand(np.zeros((1, 46)))
    with pytest.raises(LayerError, match="from axis 1 on"):
        hand(np.zeros((1, 1, 47)), "inner_product_param { axis: 2 }")
