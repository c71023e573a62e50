"""SSD's nets have their published shapes, and as much work as they are told."""

import numpy as np
import pytest

from benchmarks.ssd import CLASSES, give_work, mobilenet_ssd, ssd300
from blobnet.net import Net


@pytest.mark.parametrize(("build", "priors"), [(ssd300, 8732), (mobilenet_ssd, 1917)])
def test_the_number_of_prior_boxes(build, priors):
    net = Net(build(), "TEST", seed=1)
    assert net.blobs["mbox_priorbox"].shape == (1, 2, priors * 4)
    assert net.blobs["mbox_conf"].shape == (1, priors * CLASSES)


def test_so_many_scores_pass():
    net = Net(mobilenet_ssd(), "TEST", seed=1)
    net.forward(data=give_work(net, passing=300))
    scores = np.array(net.blobs["mbox_conf_flatten"].data).reshape(-1, CLASSES)
    assert abs((scores[:, 1:] > 0.25).sum() - 300) <= 2
