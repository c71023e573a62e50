"""Caffe's tools and scripts, each with its own arguments: one module per command."""
