"""Every message and enum of the schema has Caffe's name in the module."""

from __future__ import annotations

import pytest

from blobnet import proto
from blobnet.pycaffe.proto import caffe_pb2


def test_every_message_and_enum_is_there():
    files = [caffe_pb2.DESCRIPTOR, *caffe_pb2.DESCRIPTOR.dependencies]
    names = [each.name for file in files for each in file.message_types_by_name.values()]
    names += (each.name for each in caffe_pb2.DESCRIPTOR.enum_types_by_name.values())
    assert len(names) > 200
    assert {"LabelMap", "AnnotatedDatum", "PriorBoxParameter"} < set(names), "those of forks, too"
    for name in names:
        assert getattr(caffe_pb2, name) is getattr(proto, name)


def test_values_of_enums():
    assert (caffe_pb2.TRAIN, caffe_pb2.TEST) == (0, 1)
    assert caffe_pb2.Phase.Name(1) == "TEST"
    assert caffe_pb2.Phase.Value("TRAIN") == 0
    methods = caffe_pb2.PoolingParameter.PoolMethod.DESCRIPTOR.values_by_name
    numbers = {name: value.number for name, value in methods.items() if value.number < 50000}
    assert numbers == {"MAX": 0, "AVE": 1, "STOCHASTIC": 2}  # forks have more of them
    assert caffe_pb2.DataParameter.LMDB == 1


def test_messages_are_caffes_on_the_wire():
    datum = caffe_pb2.Datum(channels=1, height=2, width=3, label=7)
    assert datum.SerializeToString() == b"\x08\x01\x10\x02\x18\x03\x28\x07"
    assert str(caffe_pb2.NetParameter(name="n")) == 'name: "n"\n'


def test_descriptors_have_the_names_of_older_compilers():
    assert caffe_pb2._LAYERPARAMETER is caffe_pb2.LayerParameter.DESCRIPTOR
    assert caffe_pb2._PHASE is caffe_pb2.Phase.DESCRIPTOR
    enum = caffe_pb2._POOLINGPARAMETER_POOLMETHOD
    assert enum is caffe_pb2.PoolingParameter.PoolMethod.DESCRIPTOR


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("NetParamter", "did you mean NetParameter"),
        ("_LAYERPARAM", "did you mean _LAYERPARAMETER"),
        ("__wrapped__", "has no attribute '__wrapped__'"),
    ],
)
def test_another_name_is_an_attribute_error(name, hint):
    with pytest.raises(AttributeError, match=hint):
        getattr(caffe_pb2, name)
