"""Layers of multi-task network cascades (daijifeng001/MNC)."""
