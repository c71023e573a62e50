"""Layers of DetectNet (NVIDIA/caffe)."""
