"""The command line of blobnet.

train test time                         work with a net, as Caffe's own commands do
summary draw trace watch plot show      look inside a net
gradients find_lr                       and its training
export import                           take a net elsewhere, or bring one: ONNX
demo dataset                            complete examples, and data to learn from
convert_imageset classify ...           Caffe's tools and scripts, each under its own name

One small module per command, imported when it is asked for: those of ours here, Caffe's tools in
`tools/`. Exit codes: 0 done, 1 an error that
is explained on stderr, 2 wrong usage, 130 stopped by an interrupt, 143 by SIGTERM, 129 by SIGHUP.

`caffe` is the same program. Where Caffe's own differs: its `caffe help` is an unknown action and
aborts, `--help` ends with 1, flags that it does not know with 1, words too many with its usage and
0, an interrupted training with 0.
"""

from __future__ import annotations

import importlib
import io
import signal
import sys
import warnings
from functools import partial

import click

from blobnet.cli.ending import EndingSignals
from blobnet.cli.glog import take_flags
from blobnet.cli.groups import NamingGroup
from blobnet.cli.options import settle_switches
from blobnet.cli.program import BLOBNET, CAFFE, called_as_caffe
from blobnet.cli.streams import Streams, reader_left
from blobnet.errors import BlobnetError, printable, printable_lines
from blobnet.version import __version__

CAFFES_VERSION = "1.0.0"
EXIT_ERROR = 1
EXIT_INTERRUPTED = 130
EXIT_SIGNAL = 128  # and the signal's number: what shells say of a program that it has ended
EXIT_TERMINATED = 143  # SIGTERM's

_COMMANDS = {
    "train": "Train a net as a solver prototxt says, from the start or a snapshot.",
    "test": "Score trained weights on a net's test data.",
    "time": "Measure each layer's forward and backward.",
    "device_query": "Tell what computes: processor, threads, BLAS, kernels.",
    "summary": "List a net's layers: shapes, parameters, multiply-adds, memory.",
    "draw": "Draw a net: blobnet draw NET OUT.svg.",
    "predict": "Tell what a net says of images: classes, boxes, masks, points.",
    "doctor": "Tell what is wrong with a net, its weights, images or training.",
    "trace": "Tell a training step: forward, backward, and how weights change.",
    "watch": "Watch a training in the browser: step, go back, change numbers.",
    "report": "Write a page about a training: blobnet report SOLVER|LOG OUT.html.",
    "plot": "Draw loss, accuracy and rate from logs: blobnet plot LOG OUT.png.",
    "show": "Draw filters, or the feature maps of an image.",
    "gradients": "Watch gradients flow through a training, layer by layer.",
    "find_lr": "Find a learning rate: blobnet find_lr SOLVER OUT.png.",
    "compare": "Compare a net, blob by blob, with ONNX Runtime, OpenCV, another net, a recording.",
    "merge": "Fold BatchNorm and Scale into weights: blobnet merge NET WEIGHTS OUT.",
    "upgrade": "Write nets, weights and solvers of 2013 or 2014 in today's form.",
    "export": "Write a net and its weights as an ONNX model, checked by running it.",
    "import": "Read an ONNX model as a prototxt and a caffemodel, checked by running it.",
    "demo": "Train a complete example: blobnet demo lenet5.",
    "dataset": "Prepare data: blobnet dataset mnist OUT.",
}

_TOOLS = {
    "convert_imageset": "Write the images of a list into an LMDB or LevelDB.",
    "convert_annoset": "Write images and the boxes in them into an LMDB or LevelDB, for SSD.",
    "create_annoset": "The same with the arguments of SSD's create_annoset.py.",
    "get_image_size": "The sizes of the images of a list, for SSD.",
    "convert_box_data": "Write images and the boxes in them, for BoxData.",
    "compute_image_mean": "The mean image of a database, as a .binaryproto.",
    "extract_features": "Write what blobs hold, image by image, into databases.",
    "upgrade_net_proto_text": "An old net's prototxt in today's form.",
    "upgrade_net_proto_binary": "Old weights in today's form.",
    "upgrade_solver_proto_text": "An old solver's prototxt in today's form.",
    "convert_mnist_data": "MNIST's files as a database.",
    "convert_mnist_siamese_data": "Pairs of MNIST's digits as a LevelDB.",
    "convert_cifar_data": "CIFAR-10's files as databases.",
    "classify": "Scores of images, into a .npy file.",
    "detect": "Scores of windows in images, into a table.",
    "draw_net": "Draw a net, with draw_net.py's arguments.",
    "parse_log": "A log as two tables, training and testing.",
    "parse_log.sh": "A log as aligned columns, in the current folder.",
    "plot_training_log": "Draw one of eight charts from logs.",
    "extract_seconds": "The seconds at which a log's iterations were.",
    "resize_and_crop_images": "Resize the images of a list, for ImageNet.",
    "summarize": "List a net's layers, with summarize.py's arguments.",
    "caffe_tools": "Write launchers of Caffe's names: build/tools/caffe, python/classify.py, ...",
}
"""Those of Caffe's, with its arguments; its scripts are known by `classify.py`, too."""


_SHARED = {"train", "test", "predict", "convert_imageset", "extract_features"}
"""Those that several processes share, where MPI starts them."""


class _LazyGroup(NamingGroup):
    """Knows the commands by name; imports a command's module when it runs."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return [*_COMMANDS, *_TOOLS]

    def is_known(self, ctx: click.Context, name: str) -> bool:
        return super().is_known(ctx, name.removesuffix(".py"))

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        name = cmd_name.removesuffix(".py")
        if cmd_name in _COMMANDS:
            module = importlib.import_module(f"blobnet.cli.{cmd_name}_command")
        elif name in _TOOLS:
            module = importlib.import_module(f"blobnet.cli.tools.{name.replace('.', '_')}")
        else:
            return None
        command: click.Command = module.command
        command.name = name  # its function is called as all others are
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        name, command, words = super().resolve_command(ctx, args)
        return name, command, settle_switches(command, words) if command is not None else words

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(_COMMANDS.items()))
        with formatter.section("Caffe's tools"):
            formatter.write_dl(list(_TOOLS.items()))


def _show_version(ctx: click.Context, param: click.Parameter, wanted: bool) -> None:
    """Called as caffe: of which Caffe this is the like, where its scripts look for it."""
    if not wanted or ctx.resilient_parsing:
        return
    if called_as_caffe():
        click.echo(f"caffe version {CAFFES_VERSION} (blobnet {__version__})")
    else:
        click.echo(f"blobnet, version {__version__}")
    ctx.exit()


@click.group(
    help="Caffe without the build: reads, runs and trains Caffe's models.",
    cls=_LazyGroup,
    context_settings={"help_option_names": ["-h", "--help", "-help"]},
    epilog="Example: blobnet train --solver models/lenet5/solver.prototxt",
)
@click.option(
    *("--version", "-version"),
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_show_version,
    help="Tell the version.",
)
def cli() -> None:
    # Pillow's, in Python's form between our lines; images that are too large we refuse ourselves
    warnings.filterwarnings("ignore", message=r"Image size .* decompression bomb")


def caffe() -> int:
    """The same program by the name of `caffe`."""
    return main(name=CAFFE)


def main(args: list[str] | None = None, name: str = BLOBNET) -> int:
    """Run one command; errors are explained on stderr, without a traceback.

    Where stdout cannot be written, the work is done all the same, and the exit code says it.

    name  by which the program was called, for its messages; `caffe` has Caffe's manners
    """
    args = sys.argv[1:] if args is None else args
    with Streams() as streams, EndingSignals() as signals:
        code = _run(args, name, signals)
        if code and not _SHARED.isdisjoint(args):
            from blobnet.cli.ranks import end_those_who_wait

            end_those_who_wait()
        streams.flush()
        for stream in ("stdout", "stderr"):
            failure = streams.failure(stream)
            if failure is not None and not reader_left(failure):
                _tell(name, f"{stream}: {failure.strerror or failure}")
            if failure is not None and (stream == "stdout" or not reader_left(failure)):
                code = code or EXIT_ERROR
        return code


def _run(args: list[str], name: str, signals: EndingSignals) -> int:
    tell = partial(_tell, name)
    if name == CAFFE and args in ([], ["help"]):
        args = ["--help"]  # exit code 0, as Caffe's usage has
    try:
        flags, words = take_flags(args)
        result = cli.main(args=words, prog_name=name, standalone_mode=False, obj=flags)
        return result if isinstance(result, int) else 0
    except click.ClickException as error:
        text = io.StringIO()
        error.show(text)
        print(printable(text.getvalue(), keep="\n"), end="", file=sys.stderr)
        return error.exit_code
    except (click.Abort, KeyboardInterrupt):
        if signals.received:
            tell(f"ended by {signal.Signals(signals.received).name}")
            return EXIT_SIGNAL + signals.received
        tell("interrupted")
        return EXIT_INTERRUPTED
    except BlobnetError as error:
        tell(str(error))
        return EXIT_ERROR
    except MemoryError:
        tell("out of memory; try a smaller batch_size")
        return EXIT_ERROR
    except OSError as error:
        where = f"{error.filename}: " if error.filename else ""
        tell(f"{where}{error.strerror or error}")
        return EXIT_ERROR


def _tell(name: str, text: str) -> None:
    print(f"{name}: {printable_lines(text)}", file=sys.stderr)
