import blobnet
from blobnet.solver.test_pass import run_test

COUNTING = """
    name: "counting"
    layer { name: "count" type: "Python" top: "count"
      python_param { module: "tests.solver.test_test_pass" layer: "Count" } }
"""


class Count:
    """1, 2, 3...: one more with every forward."""

    def setup(self, bottom, top):
        self.count = 0

    def reshape(self, bottom, top):
        top[0].reshape(1)

    def forward(self, bottom, top):
        self.count += 1
        top[0].data[...] = self.count


def run(forwards, goes_on):
    net = blobnet.Net(blobnet.parse_net(COUNTING), blobnet.TEST)
    return run_test(net, 0, blobnet.parse_solver(f"test_iter: {forwards}"), goes_on)


def test_the_scores_are_means_over_all_forwards():
    assert run(4, lambda: True) == {"count": (1 + 2 + 3 + 4) / 4}


def test_before_each_forward_it_is_asked_whether_to_go_on():
    answers = [True, True, False]
    assert run(4, lambda: answers.pop(0)) is None
    assert not answers
