"""Layers of NVCaffe (NVIDIA/caffe)."""
