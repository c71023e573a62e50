"""A layer of your own: write it, check its gradients, train a net with it.

Run it with `python examples/my_layer.py`.
"""

import numpy as np

import blobnet
from blobnet.testing import check_gradients


@blobnet.register_layer("Square", param={"scale": 1.0})
class Square(blobnet.Layer):
    formula = "y = scale * x ** 2"

    exact_num_bottom_blobs = 1
    exact_num_top_blobs = 1

    def setup(self, bottom, top):
        self.scale = self.own_param.scale  # of `square_param { scale: 3 }`

    def reshape(self, bottom, top):
        top[0].reshape_like(bottom[0])

    def forward_cpu(self, bottom, top):
        top[0].data[...] = self.scale * bottom[0].data ** 2

    def backward_cpu(self, top, propagate_down, bottom):
        if propagate_down[0]:
            bottom[0].diff[...] = top[0].diff * 2 * self.scale * bottom[0].data


SOLVER = """
net_param {
  name: "parabola"
  layer { name: "x" type: "Input" top: "x" input_param { shape { dim: 64 dim: 1 } } }
  layer { name: "target" type: "Input" top: "target" input_param { shape { dim: 64 dim: 1 } } }
  layer { name: "ip" type: "InnerProduct" bottom: "x" top: "ip"
          inner_product_param { num_output: 1 weight_filler { type: "constant" value: 1 } } }
  layer { name: "square" type: "Square" bottom: "ip" top: "square" }
  layer { name: "loss" type: "EuclideanLoss" bottom: "square" bottom: "target" top: "loss" }
}
base_lr: 0.1 lr_policy: "fixed" max_iter: 200 snapshot_after_train: false
"""


def main() -> None:
    """Learn w and b of y = (w x + b) ** 2 from points of y = (2 x + 0.5) ** 2."""
    rng = np.random.default_rng(0)
    check_gradients('type: "Square" square_param { scale: 3 }', rng.normal(size=(2, 3)))
    print("gradients are right")

    solver = blobnet.get_solver(blobnet.parse_solver(SOLVER))
    for _ in range(200):
        x = rng.uniform(0, 1, size=(64, 1))
        solver.net.blobs["x"].data[...] = x
        solver.net.blobs["target"].data[...] = (2 * x + 0.5) ** 2
        solver.step(1)
    weight, bias = solver.net.params["ip"]
    print(f"learned w = {weight.data[0, 0]:.3f} (2), b = {bias.data[0]:.3f} (0.5)")


if __name__ == "__main__":
    main()
