"""Nets: layers wired by the names of blobs, run forward and backward, with their weights."""

from blobnet.net.net import Net as Net
