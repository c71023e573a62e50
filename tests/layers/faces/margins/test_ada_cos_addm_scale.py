import math

import numpy as np
import pytest

from blobnet import LayerError
from blobnet.testing import run_layer

TEXT = 'type: "AdaCosAddmScale" adacos_add_m_scale_param { m: 0.5 num_classes: 5 }'


def next_scale(scale, x, labels):
    angle = min(np.mean([math.acos(v) for v in x.flat]), math.pi / 4)
    total = 0
    for row, label in zip(x, labels, strict=True):
        total += sum(math.exp(0 if c == label else scale * v) for c, v in enumerate(row))
    return math.log(total / len(x)) / math.cos(angle)


def near(shape, rng):
    """Cosines of small angles, whose mean is below 45 degrees."""
    return rng.uniform(0.75, 0.99, shape)


@pytest.mark.parametrize("draw", [near, lambda shape, rng: rng.uniform(-0.9, 0.9, shape)])
def test_the_scale_follows_from_angles_and_from_itself(draw, rng):
    x, labels = draw((3, 4), rng), [1, -1, 3]
    run = run_layer(TEXT, x, labels)
    plain = run_layer('type: "CosinAddm" cosin_add_m_param { m: 0.5 }', x[[0, 2]], [1, 3])
    scale = math.sqrt(2) * math.log(4)
    for _ in range(3):
        scale = next_scale(scale, x, labels)
        np.testing.assert_allclose(run.top[0].data[[0, 2]], scale * plain.top[0].data, rtol=1e-6)
        np.testing.assert_allclose(run.top[0].data[1], scale * x[1], rtol=1e-6)
        for each in (run, plain):
            each.top[0].diff[...] = 1
            each.layer.backward(each.top, [True, False], each.bottom)
        np.testing.assert_allclose(
            run.bottom[0].diff[[0, 2]], scale * plain.bottom[0].diff, rtol=1e-6
        )
        np.testing.assert_allclose(run.bottom[0].diff[1], np.full(4, scale), rtol=1e-6)
        other = run_layer(TEXT, x, labels)
        other.layer.set_state(run.layer.get_state())
        for each in (run, other):
            each.forward()
        np.testing.assert_array_equal(other.top[0].data, run.top[0].data)


def test_there_are_more_than_two_classes():
    with pytest.raises(LayerError, match="more than 2"):
        run_layer(TEXT.replace("5 }", "2 }"), [[0.5, 0.5]], [0])
