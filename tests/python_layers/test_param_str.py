import pytest

from blobnet import LayerError
from blobnet.python_layers._param_str import number, numbers, settings_of, text, whole


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("'feat_stride': 16", {"feat_stride": 16}),
        ("'num_classes': 21\n'ignore_label': -1", {"num_classes": 21, "ignore_label": -1}),
        (
            "'feat_stride': 16 \n'scales': !!python/tuple [4, 8]",
            {"feat_stride": 16, "scales": [4, 8]},
        ),
        ("{'p': '0.01', 'phase': 'TRAIN'}", {"p": "0.01", "phase": "TRAIN"}),
        ("{'mean': (104.0, 116.7, 122.7)}", {"mean": (104.0, 116.7, 122.7)}),
        ("use_attr_labels: true  # yes", {"use_attr_labels": True}),
        ("name: a/b c", {"name": "a/b c"}),
        ("a:", {"a": None}),
        ("", {}),
    ],
)
def test_what_is_written_is_understood(written, meant):
    assert settings_of(written, "It") == meant


@pytest.mark.parametrize(
    "written",
    ["{'a': __import__('os').getcwd()}", "a", "{1, 2}", "a: f(x)", "{" * 5000, "x" * 20000, "a: ["],
)
def test_what_is_no_setting_is_refused_and_never_run(written):
    with pytest.raises(LayerError, match="It: param_str cannot be understood"):
        settings_of(written, "It")


def test_values_of_another_kind_are_named():
    settings = {"a": "x", "b": True, "c": 1.5, "d": 1e99, "e": [1, "x"], "f": [], "g": None}
    for name in "abdg":
        with pytest.raises(LayerError, match=f'It: "{name}" in param_str'):
            number(settings, name, 0, "It")
    for name in "abcd":
        with pytest.raises(LayerError, match="a whole number, 1 or more"):
            whole(settings, name, "It", least=1, default=1)
    for name in "abdefg":
        with pytest.raises(LayerError, match="one or more numbers"):
            numbers(settings, name, (1,), "It")
    with pytest.raises(LayerError, match="nothing"):
        text(settings, "z", "It")


def test_values_and_defaults():
    assert number({}, "a", 3, "It") == 3
    assert whole({"a": 4.0}, "a", "It", least=0, default=1) == 4
    assert numbers({"a": 5}, "a", (1, 2), "It") == (5,)
    assert text({"a": 2011}, "a", "It") == "2011"
