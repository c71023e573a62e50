import pytest
from google.protobuf import text_format

from blobnet import LayerError
from blobnet.proto import TransformationParameter, WindowDataParameter
from blobnet.sources.augmentation.refusals import BEFORE_THE_CROP, refuse_settings
from blobnet.sources.window_transformer import WindowTransformer


def parsed(options):
    return text_format.Parse(options, TransformationParameter())


@pytest.mark.parametrize("options", ["resize_param { }", "crop_h: 0", "erase_ratio: 0.5"])
def test_what_is_set_is_refused(options):
    with pytest.raises(LayerError, match="no effect here: because"):
        refuse_settings(parsed(options), BEFORE_THE_CROP, "because")


def test_every_name_is_a_field():
    fields = {field.name for field in TransformationParameter.DESCRIPTOR.fields}
    assert set(BEFORE_THE_CROP) <= fields
    refuse_settings(parsed("crop_size: 3 mirror: true"), BEFORE_THE_CROP, "because")


def test_window_data_refuses_what_it_does_not_do():
    with pytest.raises(LayerError, match="WindowData cuts and resizes by itself"):
        WindowTransformer(WindowDataParameter(), parsed("crop_size: 3 noise_param { }"))
