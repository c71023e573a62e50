"""A net as a table and as a picture; nothing is computed, and no data is needed.

net = load_net("train_test.prototxt", "TRAIN", shapes={"data": (64, 1, 28, 28)})
print_summary(summarize(net))
draw_net(net, "net.svg")
"""

from blobnet.viz.nets.load import load_net as load_net
from blobnet.viz.nets.picture import draw_net as draw_net
from blobnet.viz.nets.summary import LayerRow as LayerRow
from blobnet.viz.nets.summary import NetSummary as NetSummary
from blobnet.viz.nets.summary import print_summary as print_summary
from blobnet.viz.nets.summary import summarize as summarize
