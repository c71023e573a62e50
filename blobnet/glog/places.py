"""Where Caffe says the same: programs that read logs look for `solver.cpp:239]`.

A line that only blobnet has keeps its own place. The table is asked when a line is written, and
costs nothing where nobody listens. The numbers are those of Caffe's last version; before 1.0
some were others.
"""

from __future__ import annotations

import logging

_UPGRADES = (
    ("input file specified using deprecated V0LayerParameter", 28),
    ("file specified using deprecated V0LayerParameter", 36),
    ("input file specified using deprecated transformation parameters", 46),
    ("file specified using deprecated data transformation parameters.", 49),
    ("input file specified using deprecated V1LayerParameter", 55),
    ("file specified using deprecated V1LayerParameter", 63),
    ("input file specified using deprecated input fields", 69),
    ("file specified using deprecated input fields.", 72),
    ("batch norm layers using deprecated params", 79),
    ("batch norm layers using deprecated params.", 82),
)
_UPGRADE_PLACES = {text: f"upgrade_proto.cpp:{line}" for text, line in _UPGRADES}

Place = str | dict[str, str]
"""`solver.cpp:239`, or one for each value of the first thing that the message tells."""

PLACES: dict[str, dict[str, Place]] = {
    "state.py": {
        "Finetuning from %s": "solver.cpp:72",
    },
    "solver.py": {
        "Solving %s": "solver.cpp:289",
        "Learning Rate Policy: %s": "solver.cpp:290",
        "Restoring previous solver status from %s": "solver.cpp:296",
        "Optimization stopped early.": "solver.cpp:311",
        "Iteration %d, loss = %g": "solver.cpp:327",
        "Optimization Done.": "solver.cpp:332",
        "Iteration %d, Testing net (#%d)": "solver.cpp:347",
    },
    "test_pass.py": {
        "Test interrupted.": "solver.cpp:396",
        "Test loss: %g": "solver.cpp:401",
    },
    "log.py": {
        "Iteration %d (%g iter/s, %gs/%d iters), loss = %g": "solver.cpp:239",
        "    %s net output #%d: %s": {"Train": "solver.cpp:258", "Test": "solver.cpp:414"},
    },
    "sgd.py": {"Iteration %d, lr = %g": "sgd_solver.cpp:112"},
    "clipping.py": {
        "Gradient clipping: scaling down gradients (L2 norm %g > %g) by scale factor %g": (
            "sgd_solver.cpp:99"
        ),
    },
    "snapshot.py": {
        "Snapshotting to %s file %s": {"binary proto": "solver.cpp:464", "HDF5": "solver.cpp:474"},
        "Snapshotting solver state to %s file %s": {
            "binary proto": "sgd_solver.cpp:284",
            "HDF5": "sgd_solver.cpp:296",
        },
        "SGDSolver: restoring history": "sgd_solver.cpp:336",
    },
    "sharing.py": {"Ignoring source layer %s": "net.cpp:678"},
    "trained_layers.py": {"Ignoring source layer %s": "net.cpp:746"},
    "debug_info.py": {
        "    [Forward] Layer %s, top blob %s data: %g": "net.cpp:593",
        "    [Forward] Layer %s, param blob %s data: %g": "net.cpp:605",
        "    [Backward] Layer %s, bottom blob %s diff: %g": "net.cpp:621",
        "    [Backward] Layer %s, param blob %s diff: %g": "net.cpp:632",
        "    [Update] Layer %s, param %s data: %g; diff: %g": "net.cpp:649",
        "    [Update] Layer %s, param blob %s (owned by layer %s, param %s) diff: %g": (
            "net.cpp:657"
        ),
        "    [Backward] All net params (data, diff): L1 norm = (%g, %g); L2 norm = (%g, %g)": (
            "net.cpp:721"
        ),
    },
    "_inner_log.py": {
        "    [Forward] Layer %s_%s, top blob %s data: %g": "net.cpp:593",
        "    [Backward] Layer %s_%s, bottom blob %s diff: %g": "net.cpp:621",
    },
    "upgrade.py": {
        "Attempting to upgrade %s%s": _UPGRADE_PLACES,
        "Successfully upgraded %s": _UPGRADE_PLACES,
        "Attempting to upgrade input file specified using deprecated "
        "'solver_type' field (enum)%s": "upgrade_proto.cpp:1084",
        "Successfully upgraded file specified using deprecated 'solver_type' field (enum) to "
        "'type' field (string).": "upgrade_proto.cpp:1091",
    },
    "options.py": {"Use CPU.": "caffe.cpp:197"},
    "train_command.py": {
        "Resuming from %s": "caffe.cpp:235",
        "Starting Optimization": "caffe.cpp:239",
        "Optimization Done.": "caffe.cpp:250",
    },
    "test_command.py": {
        "Running for %d iterations.": "caffe.cpp:281",
        "Batch %d, %s = %g": "caffe.cpp:304",
        "Loss: %g": "caffe.cpp:309",
        "%s = %g%s": "caffe.cpp:321",
    },
    "time_command.py": {
        "Performing Forward": "caffe.cpp:351",
        "Initial loss: %g": "caffe.cpp:356",
        "Performing Backward": "caffe.cpp:357",
        "*** Benchmark begins ***": "caffe.cpp:365",
        "Testing for %d iterations.": "caffe.cpp:366",
        "Iteration: %d forward-backward time: %.6g ms.": "caffe.cpp:394",
        "Average time per layer: ": "caffe.cpp:397",
        "%10s\tforward: %.6g ms.": "caffe.cpp:400",
        "%10s\tbackward: %.6g ms.": "caffe.cpp:403",
        "Average Forward pass: %.6g ms.": "caffe.cpp:408",
        "Average Backward pass: %.6g ms.": "caffe.cpp:410",
        "Average Forward-Backward: %.6g ms.": "caffe.cpp:412",
        "Total Time: %.6g ms.": "caffe.cpp:414",
        "*** Benchmark ends ***": "caffe.cpp:415",
    },
    "image_set.py": {
        "Shuffling data": "convert_imageset.cpp:86",
        "A total of %d images.": "convert_imageset.cpp:89",
        "encode_type specified, assuming encoded=true.": "convert_imageset.cpp:92",
        "Processed %d files.": "convert_imageset.cpp:147",
    },
    "image_mean.py": {
        "Opened %s %s": {"lmdb": "db_lmdb.cpp:35", "leveldb": "db_leveldb.cpp:18"},
        "Decoding Datum": "compute_image_mean.cpp:57",
        "Starting iteration": "compute_image_mean.cpp:70",
        "Processed %d files.": "compute_image_mean.cpp:95",
    },
    "database_writer.py": {
        "Opened %s %s": {"lmdb": "db_lmdb.cpp:35", "leveldb": "db_leveldb.cpp:18"},
    },
    "mnist_databases.py": {
        "A total of %d items.": "convert_mnist_data.cpp:88",
        "Rows: %d Cols: %d": "convert_mnist_data.cpp:89",
        "Processed %d files.": "convert_mnist_data.cpp:108",
    },
    "cifar.py": {
        "Writing Training data": "convert_cifar_data.cpp:52",
        "Training Batch %d": "convert_cifar_data.cpp:55",
        "Writing Testing data": "convert_cifar_data.cpp:73",
    },
    "compute_image_mean.py": {
        "Write to %s": "compute_image_mean.cpp:108",
        "Number of channels: %d": "compute_image_mean.cpp:114",
        "mean_value channel [%d]: %g": "compute_image_mean.cpp:119",
    },
    "extract_features.py": {
        "Extracting Features": "extract_features.cpp:133",
        "Successfully extracted the features!": "extract_features.cpp:181",
    },
    "features.py": {
        "Extracted features of %d query images for feature blob %s": "extract_features.cpp:165",
    },
    "logs.py": {"%s": "_caffe.cpp:68"},
    "net_arguments.py": {
        "DEPRECATION WARNING - deprecated use of Python interface": "_caffe.cpp:139",
        'Use this instead (with the named "weights" parameter):': "_caffe.cpp:140",
        "Net('%s', %s, weights='%s')": "_caffe.cpp:142",
    },
}
"""From the file that logs a message, and the message before its values are put in."""


def place(record: logging.LogRecord) -> str:
    """`file:line` of a log line: Caffe's, where Caffe has that line, else ours."""
    if record.name.partition(".")[0] == "blobnet":
        found = PLACES.get(record.filename, {}).get(str(record.msg))
        if isinstance(found, dict) and isinstance(record.args, tuple) and record.args:
            found = found.get(str(record.args[0]))
        if isinstance(found, str):
            return found
    return f"{record.filename}:{record.lineno}"
