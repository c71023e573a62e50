"""Nets with fewer layers, or smaller weights, that compute the same: for use, here or elsewhere."""
