"""Training with JAX on a tiny network: the gradient is right, a run resumes exactly, lines depend on the seed alone.

Skipped where JAX is not installed; `./run train-ocr --self-test` runs them.
"""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

jax = pytest.importorskip("jax", reason="JAX is not installed: ./run train-ocr --self-test")

import jax.numpy as jnp  # noqa: E402
from jax import Array  # noqa: E402

from ocr.training.batches import Batch, batches  # noqa: E402
from ocr.training.checkpoint import Checkpoint, load_checkpoint, save_checkpoint  # noqa: E402
from ocr.training.line_shards import Line, make_lines  # noqa: E402
from ocr.training.lstm import recurrence  # noqa: E402
from ocr.training.network import Parameters, forward  # noqa: E402
from ocr.training.optimiser import Schedule, State, initial_state, training_step  # noqa: E402
from ocr.training.starting_model import starting_model  # noqa: E402
from ocr.training.typeface_files import Face  # noqa: E402

FONT = Path(__file__).parents[3] / "assets" / "fonts" / "Sarabun-Regular.ttf"
CLASSES = 9
SCHEDULE = Schedule(1e-2, 10, 1000)


def tiny_parameters() -> Parameters:
    """The network with 2 to 5 units a layer."""
    random = np.random.default_rng(3)
    shapes = {
        "ConvNL": (2, 10),
        "Lfys64": (12, 6),
        "Lfx96": (16, 8),
        "Lrx96": (16, 9),
        "Lfx384": (20, 10),
        "Output": (9, 6),
    }
    return {name: jnp.asarray(random.normal(0, 0.5, shape), jnp.float32) for name, shape in shapes.items()}


def tiny_batch(number: int) -> Batch:
    random = np.random.default_rng(number)
    padding = np.array([[0, 0, 0], [0, 1, 1]], np.float32)
    classes = random.integers(3, CLASSES, (2, 3)).astype(np.int32)
    images = random.uniform(-1, 1, (2, 48, 30)).astype(np.float32)
    return Batch(images, np.array([30, 21], np.int32), classes, padding, np.ones(2, np.float32))


def derived_outputs(projected: Array, recurrent: Array, mask: Array, reverse: bool) -> Array:
    """The same LSTM in plain steps, whose gradient JAX derives."""
    output = state = jnp.zeros((projected.shape[1], recurrent.shape[0]))
    outputs = []
    order = range(projected.shape[0])[:: -1 if reverse else 1]
    for time in order:
        cell, input_gate, forget_gate, output_gate = jnp.split(projected[time] + output @ recurrent, 4, -1)
        state = jnp.tanh(cell) * jax.nn.sigmoid(input_gate) + state * jax.nn.sigmoid(forget_gate)
        state = state * mask[time]
        output = jnp.tanh(state) * jax.nn.sigmoid(output_gate) * mask[time]
        outputs.append(output)
    return jnp.stack(outputs[:: -1 if reverse else 1])


@pytest.mark.parametrize("reverse", [False, True])
def test_the_gradient_of_the_recurrence_is_the_derived_one(reverse: bool) -> None:
    random = np.random.default_rng(1)
    projected, recurrent = jnp.asarray(random.normal(size=(5, 3, 8))), jnp.asarray(random.normal(size=(2, 8)))
    mask = jnp.asarray(np.arange(5)[:, None, None] < np.array([5, 3, 4])[None, :, None], jnp.float32)
    weights = jnp.asarray(random.normal(size=(5, 3, 2)))

    def gradients(function: Callable[[Array, Array, Array, bool], Array]) -> tuple[Array, Array]:
        def total(projected: Array, recurrent: Array) -> Array:
            return (function(projected, recurrent, mask, reverse) * weights).sum()

        by_projected, by_recurrent = jax.grad(total, argnums=(0, 1))(projected, recurrent)
        return by_projected, by_recurrent

    for own, derived in zip(gradients(recurrence), gradients(derived_outputs), strict=True):
        np.testing.assert_allclose(own, derived, rtol=1e-4, atol=1e-5)


def test_what_is_after_a_line_changes_nothing_in_it() -> None:
    images = np.random.default_rng(5).uniform(-1, 1, (1, 48, 60)).astype(np.float32)
    changed = images.copy()
    changed[:, :, 42:] = 0
    noise = jnp.zeros((1, 50, 62))
    both = [
        forward(tiny_parameters(), jnp.asarray(picture), jnp.array([30]), noise)[0][:10]
        for picture in (images, changed)
    ]
    np.testing.assert_array_equal(*both)


def test_a_resumed_run_has_the_parameters_of_an_uninterrupted_one(tmp_path: Path) -> None:
    step = training_step(SCHEDULE)

    def trained(state: State, numbers: range) -> State:
        for number in numbers:
            state, _ = step(state, tiny_batch(number))
        return state

    whole = trained(initial_state(tiny_parameters(), 1), range(6))
    half = trained(initial_state(tiny_parameters(), 1), range(3))
    save_checkpoint(tmp_path / "checkpoint.npz", Checkpoint(half, 2, 3, 4.5))
    saved = load_checkpoint(tmp_path / "checkpoint.npz", initial_state(tiny_parameters(), 9))
    assert (saved.shard, saved.batch, saved.seconds) == (2, 3, 4.5)
    resumed = trained(saved.state, range(3, 6))
    for one, other in zip(jax.tree.leaves(whole), jax.tree.leaves(resumed), strict=True):
        np.testing.assert_array_equal(one, other)
    assert not np.array_equal(whole.parameters["Output"], tiny_parameters()["Output"])


def test_training_learns_a_batch() -> None:
    step, state = training_step(SCHEDULE), initial_state(tiny_parameters(), 1)
    losses = []
    for _ in range(30):
        state, loss = step(state, tiny_batch(0))
        losses.append(loss)
    assert losses[-1] < 0.6 * losses[0]


@pytest.fixture(scope="module")
def lines(tmp_path_factory: pytest.TempPathFactory) -> list[Line]:
    characters = starting_model(tmp_path_factory.mktemp("start"), 1).character_set
    face = Face("Sarabun", "training", "looped sans", FONT)
    first, second = (make_lines("training", 40, "seed", [face], characters) for _ in range(2))
    assert [line.text for line in first] == [line.text for line in second]
    assert all(np.array_equal(one.picture, other.picture) for one, other in zip(first, second, strict=True))
    return first


def test_every_line_is_in_one_batch(lines: list[Line]) -> None:
    result = batches(lines, "seed")
    assert sum(batch.line_count for batch in result) == len(lines)
    rows = [
        tuple(row[pad == 0])
        for b in result
        for row, pad, here in zip(b.classes, b.padding, b.present, strict=True)
        if here
    ]
    assert sorted(rows) == sorted(tuple(line.classes) for line in lines)
    assert all(np.abs(batch.images).max() <= 1 for batch in result)
