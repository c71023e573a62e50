"""What a net looks for, and what it sees: filters and feature maps as images.

net = blobnet.Net("deploy.prototxt", "TEST", weights="lenet.caffemodel")
save_filters(net, "filters.png")
show_image(net, "digit.png", scale=1 / 256)
save_feature_maps(net, "maps.png")
"""

from blobnet.viz.images.feature_maps import save_feature_maps as save_feature_maps
from blobnet.viz.images.feature_maps import show_image as show_image
from blobnet.viz.images.filters import save_filters as save_filters
