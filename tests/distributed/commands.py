"""Commands that several ranks may share, each by all ranks of an MPI or by one process.

As a program, under mpiexec: `commands.py FOLDER`, which holds what `prepare` has written.
"""

from __future__ import annotations

import json
import os
import sys
from contextlib import redirect_stderr, redirect_stdout
from io import StringIO
from pathlib import Path
from typing import NamedTuple

import blobnet
from blobnet.cli import main
from blobnet.distributed.world import find_ranks
from tests.distributed import trainings

BATCHES = "7"
CLASSES = """
    layer { name: "acc" type: "Accuracy" bottom: "ip" bottom: "label" top: "acc" }
"""
COUNTS_ALL = """
    layer { name: "map" type: "Reshape" bottom: "ip" top: "map"
      reshape_param { shape { dim: 0 dim: 17 dim: 1 dim: 1 } } }
    layer { name: "true" type: "Reshape" bottom: "label" top: "true"
      reshape_param { shape { dim: 0 dim: 1 dim: 1 dim: 1 } } }
    layer { name: "seg" type: "SegAccuracy" bottom: "map" bottom: "true" top: "seg"
      seg_accuracy_param { reset: false } }
"""
DEPLOY = """
    layer { name: "data" type: "Input" top: "data"
      input_param { shape { dim: 1 dim: 3 dim: 3 dim: 3 } } }
"""
SCORES = 'layer { name: "prob" type: "Softmax" bottom: "ip" top: "prob" }'
COMMANDS = {
    "test": "test --model ../net.prototxt --weights ../net.caffemodel --iterations "
    f"{BATCHES} --by-class --csv classes.csv --confusion classes.png",
    "test of all": "test --model ../counts.prototxt --weights ../net.caffemodel --iterations "
    f"{BATCHES}",
    "features": "extract_features ../net.caffemodel ../net.prototxt ip,conv ip,conv "
    f"{BATCHES} lmdb",
    "predict": "predict ../deploy.prototxt ../net.caffemodel ../set --scale 0.01 --top 2 "
    "--out pictures --csv found.csv --json found.json",
    "lmdb": "convert_imageset -shuffle -random_seed 3 ../set/ ../mixed.txt lmdb",
    "leveldb": "convert_imageset -backend leveldb -encoded ../set/ ../mixed.txt leveldb",
}
"""Name to words; all have 14 items or more, of which one is an image that cannot be read."""


class Told(NamedTuple):
    code: int
    out: str
    err: str


def prepare(folder: Path) -> None:
    trainings.write_data(folder)
    (folder / "set").mkdir()
    for picture in folder.glob("*.png"):
        picture.rename(folder / "set" / picture.name)
    (folder / "set" / "5.png").write_text("no image")
    names = sorted(path.name for path in (folder / "set").iterdir())
    (folder / "mixed.txt").write_text("".join(f"{name} {i}\n" for i, name in enumerate(names)))
    net = trainings.plain_lmdb(folder).replace("mirror: true", "")  # nothing is drawn
    hidden = trainings.CONVOLUTION.partition('layer { name: "loss"')[0]
    (folder / "net.prototxt").write_text(net + CLASSES)
    (folder / "counts.prototxt").write_text(net + COUNTS_ALL)
    (folder / "deploy.prototxt").write_text(DEPLOY + hidden + SCORES)
    blobnet.Net(blobnet.parse_net(net), "TEST", seed=1).save(folder / "net.caffemodel")


def run_all(folder: Path) -> dict[str, Told]:
    """What each command tells; what it writes goes into the folder."""
    folder.mkdir(exist_ok=True)
    os.chdir(folder)
    found = {}
    for name, words in COMMANDS.items():
        with redirect_stdout(StringIO()) as out, redirect_stderr(StringIO()) as err:
            code = main(words.split())
        found[name] = Told(code, out.getvalue(), err.getvalue())
    return found


if __name__ == "__main__":
    here = Path(sys.argv[1])
    of_all = find_ranks().comm.gather(run_all(here / "ranks"))
    if of_all:
        (here / "told.json").write_text(json.dumps(of_all))
