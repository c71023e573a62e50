from __future__ import annotations

import pytest

from blobnet.glog.flags import READ, read_environment, read_switch


def test_variables_are_read_and_one_that_cannot_be_counts_as_not_set():
    environment = {"GLOG_minloglevel": "2", "GLOG_log_dir": "logs", "GLOG_logtostderr": "yes"}
    assert read_environment(environment) == {
        "minloglevel": 2,
        "log_dir": "logs",
        "logtostderr": True,
    }
    assert read_environment({"GLOG_minloglevel": "much", "GLOG_log_dir": ""}) == {}


def test_alsologtostderr_counts_only_where_nobody_writes_over_it():
    environment = {"GLOG_alsologtostderr": "0"}
    assert read_environment(environment) == {}
    assert read_environment(environment, alsologtostderr=True) == {"alsologtostderr": False}


@pytest.mark.parametrize("text", ["1", "t", "True", "Y", "yes"])
def test_what_is_true(text):
    assert read_switch(text) is True


@pytest.mark.parametrize("text", ["0", "F", "false", "n", "No"])
def test_what_is_false(text):
    assert read_switch(text) is False


@pytest.mark.parametrize("text", ["", "2", "on", "maybe"])
def test_what_is_neither(text):
    with pytest.raises(ValueError, match="neither true nor false"):
        read_switch(text)


def test_severities_have_names_and_numbers():
    read = READ["minloglevel"]
    words = ("INFO", "warning", "Error", "FATAL", "7", "-1")
    assert [read(word) for word in words] == [0, 1, 2, 3, 7, -1]
    with pytest.raises(ValueError, match="'much' is no severity"):
        read("much")
