import numpy as np
import pytest

from blobnet import LayerError
from blobnet.testing import LayerRun, run_layer

K, N = 9, 5


def embed(options: str, x, **more) -> LayerRun:
    gaussian = 'filler { type: "gaussian" std: 1 }'
    return run_layer(
        f"""name: "words" type: "Embed" embed_param {{
            num_output: {N} input_dim: {K} weight_{gaussian} bias_{gaussian} {options} }}""",
        x,
        **more,
    )


@pytest.mark.parametrize("shape", [(4,), (3, 4), (2, 3, 1, 2), (), (1,), (0,), (0, 3)])
@pytest.mark.parametrize("options", ["", "bias_term: false"])
def test_each_number_becomes_its_row(shape, options, rng):
    x = rng.integers(K, size=shape)
    run = embed(options, x)
    weight, *rest = (blob.data for blob in run.layer.blobs_)
    assert [blob.shape for blob in run.layer.blobs_] == [(K, N), (N,)][: 1 + len(rest)]
    assert len(rest) == (not options)
    assert run.top[0].shape == (*shape, N)
    for index in np.ndindex(shape):
        expected = weight[x[index]] + (rest[0] if rest else 0)
        np.testing.assert_array_equal(run.top[0].data[index], expected)


def test_a_row_that_is_used_often_gets_all_gradients(rng):
    x = np.array([[3, 0, 3], [3, 8, 0]])
    run = embed("", x)
    dy = run.top[0].diff[...] = rng.normal(size=(2, 3, N))
    expected = np.ones((K, N))
    for index in np.ndindex(x.shape):
        expected[x[index]] += dy[index]
    run.layer.blobs_[0].diff[...] = 1
    run.layer.blobs_[1].diff[...] = 1
    run.backward()
    np.testing.assert_allclose(run.layer.blobs_[0].diff, expected, rtol=1e-12)
    np.testing.assert_allclose(run.layer.blobs_[1].diff, 1 + dy.sum(axis=(0, 1)), rtol=1e-12)


def test_gradients_are_added_up_one_after_the_other(rng):
    """As in Caffe, to the last bit: in float32 another order is another sum."""
    x = rng.integers(2, size=40_000)  # more than the kernel adds at a time
    run = embed("", x, dtype=np.float32)
    dy = run.top[0].diff[...] = rng.normal(size=(40_000, N)).astype(np.float32)
    run.backward()
    expected = np.zeros((K, N), np.float32)
    for index, row in zip(x, dy, strict=True):
        expected[index] += row
    np.testing.assert_array_equal(run.layer.blobs_[0].diff, expected)


def test_fractions_are_cut_off():
    run = embed("bias_term: false", [0.9, 7.99, -0.9, 8.5])
    np.testing.assert_array_equal(run.top[0].data, run.layer.blobs_[0].data[[0, 7, 0, 8]])


def test_frozen_weights_get_no_gradient(rng):
    run = embed("", [1, 2])
    run.top[0].diff[...] = 1
    run.layer.param_propagate_down_ = [False, True]
    run.backward()
    assert not run.layer.blobs_[0].diff.any()
    np.testing.assert_array_equal(run.layer.blobs_[1].diff, 2)
    run.layer.param_propagate_down_ = [True, False]
    run.backward()
    np.testing.assert_array_equal(run.layer.blobs_[0].diff.sum(axis=1), [0, N, N] + [0] * 6)
    np.testing.assert_array_equal(run.layer.blobs_[1].diff, 2)


def test_a_new_batch_size_is_fine():
    run = embed("", [1, 2])
    for x in ([[8, 0, 8], [1, 1, 1]], [[5]]):
        run.bottom[0].reshape(np.shape(x))
        run.bottom[0].data[...] = x
        run.forward()
        expected = run.layer.blobs_[0].data[np.array(x)] + run.layer.blobs_[1].data
        np.testing.assert_array_equal(run.top[0].data, expected)


def test_weights_that_come_with_the_definition_are_taken():
    run = run_layer(
        """type: "Embed" embed_param { num_output: 1 input_dim: 3 bias_term: false }
           blobs { shape { dim: 3 dim: 1 } data: 4 data: 5 data: 6 }""",
        [2, 0],
    )
    np.testing.assert_array_equal(run.top[0].data, [[6], [4]])


@pytest.mark.parametrize("value", [-1, 9, 9.5, 1e30, np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_a_number_without_a_row_is_refused(value, dtype):
    with pytest.raises(LayerError, match=r'Embed layer "words".*no row') as error:
        embed("", [[0, 8, 1], [2, value, 3]], dtype=dtype)
    assert f"got:      {dtype(value):.9g} at position (1, 1)\n" in str(error.value)
    assert "from 0 to 8, as input_dim is 9" in str(error.value)


def test_the_message_tells_how_many_numbers_have_no_row():
    with pytest.raises(LayerError, match=r"-1 at position \(1,\) \(and 2 more\)"):
        embed("", [0, -1, 9, -5])


def test_a_single_number_without_a_row():
    with pytest.raises(LayerError, match=r"1234567 at position"):
        embed("", 1234567)


@pytest.mark.parametrize("name", ["num_output", "input_dim"])
@pytest.mark.parametrize("value", ["", "{name}: 0"])
def test_the_size_of_the_table_must_be_stated(name, value):
    sizes = {"num_output": "num_output: 2", "input_dim": "input_dim: 2"}
    sizes[name] = value.format(name=name)
    with pytest.raises(LayerError, match=rf"EmbedLayer {name} must be positive.*\n.*got: *0"):
        run_layer(f'type: "Embed" embed_param {{ {" ".join(sizes.values())} }}', [0])


def test_the_input_gets_no_gradient():
    run = embed("", [1, 2])
    assert run.propagate_down() == [False]
    with pytest.raises(LayerError, match="Can't backpropagate to EmbedLayer input"):
        run.backward([True])
