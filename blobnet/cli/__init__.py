"""The command line of blobnet.

train test time                          work with a net, as Caffe's own commands do
summary draw trace plot show gradients   look inside a net and its training
demo dataset                             complete examples, and data to learn from

One small module per command, imported when it is asked for. Exit codes: 0 done, 1 an error that
is explained on stderr, 2 wrong usage, 130 stopped by an interrupt, 143 by SIGTERM, 129 by SIGHUP.
"""

from __future__ import annotations

import importlib
import io
import signal
import sys

import click

from blobnet.cli.ending import EndingSignals
from blobnet.cli.glog import take_flags
from blobnet.cli.streams import Streams, reader_left
from blobnet.errors import BlobnetError, did_you_mean, printable, printable_lines
from blobnet.version import __version__

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
    "trace": "Tell a training step: forward, backward, and how weights change.",
    "plot": "Draw loss, accuracy and rate from logs: blobnet plot LOG OUT.png.",
    "show": "Draw filters, or the feature maps of an image.",
    "gradients": "Watch gradients flow through a training, layer by layer.",
    "demo": "Train a complete example: blobnet demo lenet5.",
    "dataset": "Prepare data: blobnet dataset mnist OUT.",
}


class _LazyGroup(click.Group):
    """Knows the commands by name; imports a command's module when it runs."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in _COMMANDS:
            return None
        module = importlib.import_module(f"blobnet.cli.{cmd_name}_command")
        command: click.Command = module.command
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args and args[0] not in _COMMANDS and not args[0].startswith("-"):
            hint = did_you_mean(args[0], _COMMANDS) or "see blobnet --help"
            raise click.UsageError(f"no command '{args[0]}'; {hint}", ctx)
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(_COMMANDS.items()))


@click.group(
    help="Caffe without the build: reads, runs and trains Caffe's models.",
    cls=_LazyGroup,
    context_settings={"help_option_names": ["-h", "--help", "-help"]},
    epilog="Example: blobnet train --solver models/lenet5/solver.prototxt",
)
@click.version_option(__version__, "--version", "-version")
def cli() -> None:
    pass


def main(args: list[str] | None = None) -> int:
    """Run one command; errors are explained on stderr, without a traceback.

    Where stdout cannot be written, the work is done all the same, and the exit code says it.
    """
    with Streams() as streams, EndingSignals() as signals:
        code = _run(args, signals)
        streams.flush()
        for name in ("stdout", "stderr"):
            failure = streams.failure(name)
            if failure is not None and not reader_left(failure):
                _tell(f"{name}: {failure.strerror or failure}")
            if failure is not None and (name == "stdout" or not reader_left(failure)):
                code = code or EXIT_ERROR
        return code


def _run(args: list[str] | None, signals: EndingSignals) -> int:
    try:
        flags, words = take_flags(sys.argv[1:] if args is None else args)
        result = cli.main(args=words, prog_name="blobnet", standalone_mode=False, obj=flags)
        return result if isinstance(result, int) else 0
    except click.ClickException as error:
        text = io.StringIO()
        error.show(text)
        print(printable(text.getvalue(), keep="\n"), end="", file=sys.stderr)
        return error.exit_code
    except (click.Abort, KeyboardInterrupt):
        if signals.received:
            _tell(f"ended by {signal.Signals(signals.received).name}")
            return EXIT_SIGNAL + signals.received
        _tell("interrupted")
        return EXIT_INTERRUPTED
    except BlobnetError as error:
        _tell(str(error))
        return EXIT_ERROR
    except MemoryError:
        _tell("out of memory; try a smaller batch_size")
        return EXIT_ERROR
    except OSError as error:
        where = f"{error.filename}: " if error.filename else ""
        _tell(f"{where}{error.strerror or error}")
        return EXIT_ERROR


def _tell(text: str) -> None:
    print(f"blobnet: {printable_lines(text)}", file=sys.stderr)
