"""Layers that NVCaffe brings along as modules of its package `caffe` (NVIDIA/caffe)."""
