"""The words of memory through which threads share work: what each of them is, and where it stands.

Words that different threads write stand in cache lines of their own.
"""

from __future__ import annotations

AWAKE, ASLEEP = 2**18, 2**22
"""Multiplications that are worth sharing with workers that look for work, and that are worth
waking them: some 5 and 80 microseconds of one thread's time."""

LINE = 16
"""Words that stay together in a cache: 64 bytes, and the next 64, which processors fetch too."""

JOB = 0
"""Bits 0 to 15: how many workers are at it. Bit 16: whether more may join. Above: its number."""
JOINED, OPEN, NUMBER = 2**16 - 1, 2**16, 2**17

NEXT = 1 * LINE
"""The first item that nobody has taken."""

IN_USE = 2 * LINE
"""Whether a thread has work done: others that come meanwhile do theirs alone."""

CALLER_SLEEPS, CALLER_LOCK = 3 * LINE, 3 * LINE + 1

ENTRY = 4 * LINE
"""The job: the entry of the kernel, ..."""
ROWS = ENTRY + 1  # the address of its arguments,
ROW = ENTRY + 2  # the bytes from one thread's to the next's,
COUNT = ENTRY + 3  # how many items,
LEAST = ENTRY + 4  # of how many, or a multiple, a piece is made
FAILED = ENTRY + 5  # and whether a kernel has raised
TIME = ENTRY + 6  # where the clock writes: two numbers

SPIN = 5 * LINE
"""Settings: how often a worker looks for work before it sleeps, ..."""
PATIENCE = SPIN + 1  # how often the caller looks for the end of it before it sleeps,
LATE = SPIN + 2  # and how many nanoseconds may be lost;
WORKERS = SPIN + 3  # how many there are
ACQUIRE, RELEASE = SPIN + 4, SPIN + 5  # C functions of a lock
STOP = SPIN + 6  # whether workers are to end
CLOCK = SPIN + 7  # a C function, and what it takes: where to write may be among it
CLOCK_TAKES = SPIN + 8, SPIN + 9
TICK = SPIN + 10  # nanoseconds: the unit of the first number; that of the second is one

ALONE = 6 * LINE
"""Multiplications that the caller does alone, since a worker came late; ..."""
PENALTY = ALONE + 1  # as many as after the last time
WELL_DONE = ALONE + 2  # and shared without delay since then

FIRST_WORKER = 7 * LINE
"""Of each worker: whether it sleeps, and the lock that wakes it."""
SLEEPS, LOCK = 0, 1
