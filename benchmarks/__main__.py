"""How fast blobnet is, beside PyTorch and beside bare arithmetic, on this machine.

    python -m benchmarks                                  # all rows: half an hour
    python -m benchmarks --only lenet-step one-sample     # some of them
    python -m benchmarks --threads 1 --rounds 5 --json out.json

A row's value is the ratio of the medians of both sides, which take turns. PyTorch, ONNX Runtime,
OpenVINO and OpenCV run in processes of their own, by the Pythons that the environment variables
BLOBNET_TORCH_PYTHON, BLOBNET_ONNXRUNTIME_PYTHON, BLOBNET_OPENVINO_PYTHON and BLOBNET_OPENCV_PYTHON
name, or by this one; rows of those that are not there are left out, and that is said. On a machine
that does something else at the same time, the numbers mean little.
"""

from __future__ import annotations

import argparse
import gc
import sys
from collections.abc import Sequence
from pathlib import Path

import blobnet  # first: it chooses kernels before numpy is imported
from benchmarks.report import Result, print_table, write_json
from benchmarks.rows import ROWS, Row, rows_named
from blobnet.errors import BlobnetError
from blobnet.ops.parallel import use_one_blas_thread


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, print the table; exit code 0 whether targets are met or not."""
    options = parse(arguments)
    if options.list:
        print("\n".join(f"{row.name:<28} {row.what}" for row in ROWS))
        return 0
    try:
        rows = rows_named(options.only)
        if options.threads is not None:
            blobnet.set_num_threads(options.threads)
        use_one_blas_thread()
        measure_all(rows, options.rounds, options.json)
    except BlobnetError as error:
        print(f"benchmarks: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


def parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    text = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser("benchmarks", description=__doc__, formatter_class=text)
    add = parser.add_argument
    add("--list", action="store_true", help="tell the names of the rows")
    add("--only", nargs="+", default=[], metavar="NAME", help="measure these rows")
    add("--threads", type=int, metavar="N", help="for both sides (default: all processors)")
    add("--rounds", type=int, default=10, metavar="N", help="turns of each side (default: 10)")
    add("--json", type=Path, metavar="OUT", help="write every sample there")
    options = parser.parse_args(arguments)
    if options.rounds < 1:
        parser.error("--rounds must be at least 1")
    return options


def measure_all(rows: Sequence[Row], rounds: int, json: Path | None) -> None:
    """Measure, and tell what was measured even if something goes wrong on the way."""
    results: list[Result] = []
    try:
        for row in rows:
            print(f"measuring {row.name} ...", file=sys.stderr, flush=True)
            gc.collect()  # the nets of the row before
            try:
                results.append(Result(row, row.measure(rounds)))
            except BlobnetError as error:
                if not row.is_optional:
                    raise
                print(f"{row.name} could not be measured: {error}", file=sys.stderr)
    finally:
        if results:
            print_table(results)
            if json is not None:
                write_json(json, results, rounds)


if __name__ == "__main__":
    sys.exit(main())
