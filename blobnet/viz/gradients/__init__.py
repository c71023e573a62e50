"""How gradients flow through a net while it trains: numbers, words and pictures.

recorder = GradientRecorder()
solver.add_callback(recorder)
solver.step(100)
print_gradients(recorder)
print(*(finding.text for finding in find_troubles(recorder)), sep="\\n")
save_gradient_picture(recorder, "gradients.png", "LeNet")
"""

from blobnet.viz.gradients.depth import save_depth_picture as save_depth_picture
from blobnet.viz.gradients.findings import Finding as Finding
from blobnet.viz.gradients.findings import find_troubles as find_troubles
from blobnet.viz.gradients.picture import save_gradient_picture as save_gradient_picture
from blobnet.viz.gradients.recorder import GradientRecorder as GradientRecorder
from blobnet.viz.gradients.recorder import LayerRecord as LayerRecord
from blobnet.viz.gradients.recorder import Size as Size
from blobnet.viz.gradients.recorder import measure as measure
from blobnet.viz.gradients.table import print_gradients as print_gradients
