"""Snapshots of a training: written, found to be writable, and gone on from."""
