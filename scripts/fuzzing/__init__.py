"""Broken files by the thousand: one module per format, each with `faults(seed, count)`."""
