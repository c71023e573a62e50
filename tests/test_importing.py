import pytest

from blobnet.importing import BUILT_IN, built_in, built_in_names, import_module, is_missing

NAMES = {
    "caffe.layers.detectnet.clustering": ["ClusterDetections", "ClusterGroundtruth"],
    "caffe.layers.detectnet.mean_ap": ["ScoreDetections", "mAP"],
    "nyud_layers": ["NYUDSegDataLayer"],
    "pascalcontext_layers": ["PASCALContextSegDataLayer"],
    "pyLayer": ["DiceLoss"],
    "pyloss": ["EuclideanLossLayer"],
    "roi_data_layer.layer": ["RoIDataLayer"],
    "rpn.anchor_target_layer": ["AnchorTargetLayer"],
    "rpn.proposal_layer": ["ProposalLayer"],
    "rpn.proposal_target_layer": ["ProposalTargetLayer"],
    "siftflow_layers": ["SIFTFlowSegDataLayer"],
    "spatial_dropout": ["SpatialDropoutLayer"],
    "voc_layers": ["SBDDSegDataLayer", "VOCSegDataLayer"],
}


@pytest.mark.parametrize("name", NAMES)
def test_public_nets_find_their_modules(name):
    assert built_in(name) == built_in(f"{BUILT_IN}.{name}") == f"{BUILT_IN}.{name}"
    module = import_module(f"{BUILT_IN}.{name}")
    for layer in NAMES[name]:
        assert callable(getattr(module, layer).forward)
        assert getattr(module, layer).__module__ == module.__name__


def test_all_that_is_built_in_can_be_listed():
    assert set(NAMES) < set(built_in_names())
    assert all(built_in(name) for name in built_in_names())
    assert not any("._" in f".{name}" for name in built_in_names())


@pytest.mark.parametrize(
    "name",
    ["", ".", "rpn", "rpn.", ".rpn.proposal_layer", "rpn.proposal_layer.x", "_boxes", "rpn._x",
     "no_such", "os", "rpn/proposal_layer", "a b", "x" * 5000, "\\0", "caffe", "caffe.layers"],
)  # fmt: skip
def test_nothing_else_is_built_in(name):
    assert built_in(name) is None


def test_what_is_missing_is_the_module_or_what_it_lies_in():
    def error(name):
        return ModuleNotFoundError("no", name=name)

    assert is_missing(error("rpn"), "rpn.proposal_layer")
    assert is_missing(error("rpn.proposal_layer"), "rpn.proposal_layer")
    assert not is_missing(error("rpn.proposal"), "rpn.proposal_layer")
    assert not is_missing(error("yaml"), "rpn.proposal_layer")
    assert not is_missing(ImportError("no", name="rpn"), "rpn.proposal_layer")
