from __future__ import annotations

from blobnet.cli import product_speed as module
from blobnet.cli.product_speed import LEAST, product_speed


def ticking(*readings):
    """A clock with these readings, then the last one for ever."""
    left = list(readings)
    return lambda: left.pop(0) if len(left) > 1 else left[0]


def test_the_fastest_product_counts(monkeypatch):
    products = []
    monkeypatch.setattr(module, "matmul", lambda a, b, out: products.append(a.shape))
    # first looked at for the end; then before and after each product, and between
    clock = ticking(0.0, *(0.0, 0.5), *(1.0, 1.25), *(2.0, 3.0), *(4.0, 5.0), *(6.0, 7.0), 8.0)
    assert product_speed(size=10, seconds=1.0, clock=clock) == 2 * 10**3 / 0.25
    assert products == [(10, 10)] * (1 + LEAST)


def test_products_go_on_until_the_time_is_over(monkeypatch):
    products = []
    monkeypatch.setattr(module, "matmul", lambda a, b, out: products.append(a.shape))
    times = iter(range(10**6))
    product_speed(size=4, seconds=100.0, clock=lambda: float(next(times)))
    assert len(products) > 20


def test_it_is_a_real_product():
    assert product_speed(size=32, seconds=0.0) > 0
