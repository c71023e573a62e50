"""Layers of CTPN (tianzhi0549/CTPN)."""
