"""What event files say, read with nothing but tensorboardX's messages."""

from __future__ import annotations

import struct
from pathlib import Path


def events_in(folder: Path) -> list:
    """The events of all files in a folder, in the order of their making."""
    from tensorboardX.proto.event_pb2 import Event

    events = []
    for path in sorted(folder.glob("events.out.tfevents.*"), key=lambda path: int(path.suffix[1:])):
        data = path.read_bytes()
        while data:  # length, its check sum, the event, its check sum
            (length,) = struct.unpack("<Q", data[:8])
            events.append(Event.FromString(data[12 : 12 + length]))
            data = data[16 + length :]
    return events


def values_in(folder: Path) -> dict[str, list[tuple[int, object]]]:
    """Tag to (step, number or histogram) pairs."""
    found: dict[str, list[tuple[int, object]]] = {}
    for event in events_in(folder):
        for value in event.summary.value:
            content = value.histo if value.HasField("histo") else value.simple_value
            found.setdefault(value.tag, []).append((event.step, content))
    return found
