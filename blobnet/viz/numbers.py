"""Numbers as people write them: 724.4 M, 2.5 MiB."""

from __future__ import annotations

_THOUSANDS = ("", " k", " M", " G", " T", " P")
_BYTES = ("B", "KiB", "MiB", "GiB", "TiB")


def si(number: float) -> str:
    """Four digits and a letter for the thousands: 724406816 is 724.4 M."""
    value, power = float(number), 0
    while abs(value) >= 999.95 and power < len(_THOUSANDS) - 1:
        value, power = value / 1000, power + 1
    return f"{value:.4g}{_THOUSANDS[power]}"


def in_bytes(number: float) -> str:
    """Three digits and a unit: 1724320 is 1.64 MiB."""
    value, power = float(number), 0
    while value >= 999.5 and power < len(_BYTES) - 1:
        value, power = value / 1024, power + 1
    return f"{value:.3g} {_BYTES[power]}"
