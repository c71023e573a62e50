from __future__ import annotations

import blobnet.proto as pb
from blobnet.proto.forks import forks_with_field
from blobnet.proto.forks.effects import IGNORED, NOT_YET


def test_no_field_is_ignored_and_refused():
    assert IGNORED.isdisjoint(NOT_YET)


def test_every_entry_is_a_field_or_a_value_of_a_fork():
    for owner, name in IGNORED | NOT_YET:
        message, _, enum = owner.partition(".")
        descriptor = getattr(pb, message).DESCRIPTOR
        if enum:
            number = descriptor.enum_types_by_name[enum].values_by_name[name].number
        else:
            number = descriptor.fields_by_name[name].number
        assert 50000 <= number < 51000, (owner, name)


def test_nearly_every_entry_has_a_fork_to_name():
    """DeepLab v1 has some under `layers` alone, whose upgrade leads here."""
    without = {entry for entry in IGNORED | NOT_YET if not forks_with_field(*entry)}
    upgraded = {("V1LayerParameter", name) for _, name in without}
    assert all(forks_with_field(*entry) for entry in upgraded)
