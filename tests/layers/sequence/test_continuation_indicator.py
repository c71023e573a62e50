import numpy as np
import pytest

from blobnet import LayerError
from blobnet.testing import run_layer


def test_sequences_begin_at_the_first_step():
    run = run_layer(
        'type: "ContinuationIndicator" continuation_indicator_param { time_step: 3 batch_size: 2 }'
    )
    np.testing.assert_array_equal(run.top[0].data, [[0, 0], [1, 1], [1, 1]])


@pytest.mark.parametrize(("stated", "missing"), [("time_step", "batch"), ("batch_size", "time")])
def test_both_sizes_are_needed(stated, missing):
    with pytest.raises(LayerError, match=f"The {missing} .* should be greater than 0"):
        run_layer(f'type: "ContinuationIndicator" continuation_indicator_param {{ {stated}: 3 }}')


def test_an_axis_is_refused():
    with pytest.raises(LayerError, match="what `axis` means is not known"):
        run_layer(
            'type: "ContinuationIndicator" '
            "continuation_indicator_param { time_step: 3 batch_size: 2 axis: 1 }"
        )
