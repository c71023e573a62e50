"""The catalogue: one line per layer type. Importing this module fills the register."""

from blobnet.layers.common.inner_product import InnerProduct as InnerProduct
from blobnet.layers.data.input import Input as Input
