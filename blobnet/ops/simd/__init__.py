"""The vector dialect that kernels are written in, and how they are compiled and kept."""
