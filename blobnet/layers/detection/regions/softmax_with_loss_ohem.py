"""SoftmaxWithLossOHEM: SoftmaxWithLoss that tells what each region loses, to choose the hardest."""

from __future__ import annotations

from blobnet.layer_register import register_layer
from blobnet.layers.loss.softmax_with_loss import SoftmaxWithLoss


@register_layer("SoftmaxWithLossOHEM")
class SoftmaxWithLossOHEM(SoftmaxWithLoss):
    """Minus the logarithm of the true class's probability, from scores.

    bottom[0]  x: scores, any range; the classes are `softmax_param.axis` (1 unless stated)
    bottom[1]  labels: whole numbers from 0, as many as x has items without the class axis
    top[0]     loss: ()
    top[1]     p: softmax of x (optional)
    top[2]     losses: as the labels    of each, 0 where it is ignored; not divided (optional)

    The divisor is that of SoftmaxWithLoss, or `pre_fixed_normalizer` (PRE_FIXED), at least 1.

    With `ignore_label` the loss is the sum of all labels that count, as on a GPU: on a CPU Caffe
    adds up as many values as there are such labels, but the first ones. And there it leaves p
    alone where there are three tops.

    Proto: LossParameter, SoftmaxParameter.  Caffe: softmax_loss_ohem_layer.cpp of Intel
    (intel/caffe).
    """

    formula = "Minus the logarithm of the true class's probability: sum(-log(p[label])) / divisor."
    gradient_formula = (
        "dx = (p - onehot(label)) * dloss / divisor; 0 where the label is ignored; and that of "
        "Softmax where a layer above gives p one."
    )

    exact_num_bottom_blobs = 2
    min_bottom_blobs = None
    max_bottom_blobs = None
    backward_reads_bottom = False
