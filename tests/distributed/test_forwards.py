"""Commands by three ranks: they tell and write what one process does, byte for byte."""

from __future__ import annotations

import json
import re

import pytest

from tests.distributed import commands
from tests.distributed.engines import each_engine

for module in ("h5py", "PIL", "lmdb", "matplotlib"):
    pytest.importorskip(module)

STAMP = re.compile(r"^([IWE])\d{4} [^\]]*\] ", re.MULTILINE)
COMPILING = re.compile(r"^I Compiling kernels.*\n", re.MULTILINE)
NEEDS_ALL = re.compile(r"W the first rank makes all forwards(.|\n)*?\n(?=\w)")


def told(text):
    """A log without its times, and without what is only said once."""
    return COMPILING.sub("", STAMP.sub(r"\1 ", text))


def files(folder):
    """Path to bytes; but for locks, which name a process."""
    paths = [path for path in folder.rglob("*") if path.is_file()]
    kept = [path for path in paths if path.name not in ("lock.mdb", "LOCK")]
    return {str(path.relative_to(folder)): path.read_bytes() for path in kept}


@pytest.fixture(scope="module")
def by_one(tmp_path_factory):
    """A folder with data and, in `one`, what one process writes; and what it tells."""
    folder = tmp_path_factory.mktemp("commands")
    commands.prepare(folder)
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        return folder, commands.run_all(folder / "one")


@each_engine
def test_three_ranks_tell_and_write_the_same(engine, by_one, tmp_path):
    data, ours = by_one
    for path in data.iterdir():
        if path.name != "one":
            (tmp_path / path.name).symlink_to(path)
    engine.run(tmp_path, 3, "-m", "tests.distributed.commands", str(tmp_path))
    first, *others = json.loads((tmp_path / "told.json").read_text())
    for name, (code, out, err) in ours.items():
        theirs = commands.Told(*first[name])
        assert (theirs.code, theirs.out) == (code, out), name
        if name == "test of all":
            assert 'SegAccuracy layer "seg"' in NEEDS_ALL.search(told(theirs.err)).group()
            theirs = theirs._replace(err=NEEDS_ALL.sub("", told(theirs.err)))
        assert told(theirs.err) == told(err), name
    assert all(each[1] == "" for other in others for each in other.values())
    assert files(tmp_path / "ranks") == files(data / "one")


def test_what_is_compared_is_there(by_one):
    data, ours = by_one
    assert ours["test"].err.count(", acc = ") == 7
    assert "accuracy 0." in ours["test"].out
    assert [name for name, its in ours.items() if its.code] == ["predict"]
    assert "1 of 17 images could not be read" in ours["predict"].err
    assert ours["lmdb"].err.count("Could not open or find file") == 1
    found = files(data / "one")
    assert {"classes.csv", "classes.png", "found.csv", "found.json", "ip/data.mdb"} <= set(found)
    assert len([name for name in found if name.startswith("pictures/")]) == 16
