from __future__ import annotations

import pytest
from google.protobuf import descriptor_pool, text_format
from google.protobuf.descriptor_pb2 import FileDescriptorProto

from blobnet import LayerError
from blobnet.proto import FillerParameter, InnerProductParameter, message_source
from blobnet.proto.message_source import add_files, is_in_pool, place_in_fork
from blobnet.proto.own_messages import class_of
from tests.own_layers import protoc_class

FORK = """
    name: "source_{0}.proto" package: "source_{0}"
    message_type {{ name: "MineParameter"
      field {{ name: "alpha" number: 1 type: TYPE_FLOAT label: LABEL_OPTIONAL }} }}
    message_type {{ name: "LayerParameter"
      field {{ name: "name" number: 1 type: TYPE_STRING label: LABEL_OPTIONAL }}
      field {{ name: "my_param" number: 150 type: TYPE_MESSAGE label: LABEL_OPTIONAL
               type_name: ".source_{0}.MineParameter" }}
      field {{ name: "your_param" number: 151 type: TYPE_MESSAGE label: LABEL_OPTIONAL
               type_name: ".source_{0}.MineParameter" }} }}
"""


def fork(name: str) -> FileDescriptorProto:
    return text_format.Parse(FORK.format(name), FileDescriptorProto())


@pytest.fixture
def compiled(monkeypatch):
    """A function that says what the compiler makes of any file."""
    return lambda *files: monkeypatch.setattr(
        message_source, "compiled_files", lambda path: list(files)
    )


def test_declared_fields_need_the_files_of_their_messages():
    source = message_source.message_source("Mine", {"filler": FillerParameter, "alpha": 1.0})
    assert source.full_name == "blobnet.user.MineParameter"
    assert source.imports == [FillerParameter.DESCRIPTOR.file.name]
    assert source.message.name == "MineParameter"
    assert place_in_fork(source, None) == (None, None)


def test_a_class_of_protoc_is_taken_from_its_file():
    cls = protoc_class("MineParameter", FORK.format("class"))
    source = message_source.message_source("Any", cls)
    assert source.full_name == "source_class.MineParameter"
    assert source.imports == ["source_class.proto"]
    assert not source.missing
    assert place_in_fork(source, None) == ("my_param", 150)
    assert place_in_fork(source, "your_param") == ("your_param", 151)
    assert place_in_fork(source, "other_param") == (None, None)


def test_a_message_of_the_schema_has_no_place_of_its_own_yet():
    source = message_source.message_source("Mine", InnerProductParameter)
    assert source.full_name == "blobnet.InnerProductParameter"
    assert place_in_fork(source, None) == (None, None)


def test_a_proto_file_is_added_once(compiled):
    file = fork("file")
    compiled(file)
    source = message_source.message_source("Mine", "mine.proto")
    assert source.full_name == "source_file.MineParameter"
    assert source.missing == [file]
    assert not is_in_pool("source_file.proto"), "nothing is added before all is checked"
    assert place_in_fork(source, None) == ("my_param", 150)
    add_files(source.missing)
    assert is_in_pool("source_file.proto")
    assert not message_source.message_source("Mine", "mine.proto").missing


def test_another_file_of_the_same_name_is_refused(compiled):
    add_files([fork("twice")])
    other = fork("twice")
    other.message_type[0].field[0].name = "beta"
    compiled(other)
    with pytest.raises(LayerError, match=r'another "source_twice.proto" is loaded(.*\n)*.*_pb2'):
        message_source.message_source("Mine", "mine.proto")


def test_what_comes_with_protobuf_is_there(compiled):
    file = fork("any")
    file.dependency.append("google/protobuf/descriptor.proto")
    compiled(FileDescriptorProto(name="google/protobuf/descriptor.proto"), file)
    assert message_source.message_source("Mine", "mine.proto").missing == [file]


def test_a_file_without_the_message_tells_what_it_has(compiled):
    compiled(fork("none"))
    with pytest.raises(
        LayerError, match=r"mine\.proto: no message YoursParameter\n.*MineParameter, LayerParameter"
    ):
        message_source.message_source("Yours", "mine.proto")
    compiled(FileDescriptorProto(name="empty.proto"))
    with pytest.raises(LayerError, match="no message at all"):
        message_source.message_source("Yours", "mine.proto")


def test_a_message_of_another_pool_is_refused():
    pool = descriptor_pool.DescriptorPool()
    pool.AddSerializedFile(fork("pool").SerializeToString())
    cls = class_of(pool.FindMessageTypeByName("source_pool.MineParameter"))
    for param in (cls, {"inner": cls}):
        with pytest.raises(LayerError, match=r"source_pool.MineParameter is not in .* pool"):
            message_source.message_source("Mine", param)


@pytest.mark.parametrize("param", [7, ["alpha"], FillerParameter(), int])
def test_what_is_no_message_is_refused(param):
    with pytest.raises(LayerError, match=r'"Mine": `param` is no message\n.*a dict of fields'):
        message_source.message_source("Mine", param)
