"""Layers of SSH, the single stage headless face detector (mahyarnajibi/SSH)."""
