"""The training step: CTC loss, Adam with a cosine schedule, and an average of the weights."""

from collections.abc import Callable
from functools import partial
from typing import NamedTuple

import jax
import jax.numpy as jnp
import optax
from jax import Array
from jax.sharding import AxisType, PartitionSpec

from ocr.training.batches import Batch
from ocr.training.character_set import BLANK
from ocr.training.network import Parameters, forward

# Each batch is computed as two halves on two cores: an LSTM's steps are too small to be split. The number is fixed, so
# that a run gives the same weights on machines with more cores.
DEVICES = 2
_HALVES = "halves"
jax.config.update("jax_num_cpu_devices", DEVICES)
_LONGEST_GRADIENT = 1.0
# The average of the weights over about the last 300 steps reads better than the weights of any one step.
_AVERAGE_DECAY = 0.997


class Phase(NamedTuple):
    """The layers that learn from a number of lines on, with their factors on the learning rate."""

    first_line: int
    factors: dict[str, float]


# First the output layer alone finds the new characters' rows: its weights are six times those of the other layers
# (standard deviation 3.8 against 0.6), and a step without the other gradients takes a quarter of the time. Then the
# layers along the line learn, and last those of the columns, which see letters well from the start and whose gradient
# takes 40 % of a full step.
PHASES = (
    Phase(0, {"Output": 25.0}),
    Phase(4_000, {"Lfx96": 0.25, "Lrx96": 0.25, "Lfx384": 1.0, "Output": 4.0}),
    Phase(40_000, {"ConvNL": 0.25, "Lfys64": 0.25, "Lfx96": 0.25, "Lrx96": 0.25, "Lfx384": 1.0, "Output": 4.0}),
)


def phase_at(lines: int) -> Phase:
    """The phase after that many lines."""
    return max((phase for phase in PHASES if phase.first_line <= lines), key=lambda phase: phase.first_line)


class Schedule(NamedTuple):
    """Learning rate by lines trained: linear from 5 % to `peak` over `warm_up` lines, a cosine to 2 % at `total`."""

    peak: float
    warm_up: int
    total: int

    def rate(self, lines: Array) -> Array:
        """The rate after `lines` lines."""
        rising = 0.05 + 0.95 * lines / self.warm_up
        progress = jnp.clip((lines - self.warm_up) / (self.total - self.warm_up), 0, 1)
        falling = 0.02 + 0.98 * 0.5 * (1 + jnp.cos(jnp.pi * progress))
        return self.peak * jnp.where(lines < self.warm_up, rising, falling)


class State(NamedTuple):
    """Everything that a step changes: weights, their average, Adam's moments, counters and the random state."""

    parameters: Parameters
    average: Parameters
    moments: optax.OptState
    steps: Array
    lines: Array
    key: Array


_ADAM = optax.chain(optax.clip_by_global_norm(_LONGEST_GRADIENT), optax.scale_by_adam())


def initial_state(parameters: Parameters, seed: int) -> State:
    """The state before the first step."""
    zero = jnp.zeros((), jnp.int32)
    average = {name: values.copy() for name, values in parameters.items()}  # the step reuses the memory of both
    return State(
        parameters, average, _ADAM.init(parameters), zero, zero.copy(), jax.random.key_data(jax.random.key(seed))
    )


def summed_loss(parameters: Parameters, batch: tuple[Array, ...], noise: Array, learning: tuple[str, ...]) -> Array:
    """Sum over the lines of the CTC loss per character. `batch`: the arrays of a `Batch`."""
    images, widths, classes, padding, present = batch
    logits, lengths = forward(parameters, images, widths, noise, learning)
    after_end = (jnp.arange(logits.shape[0])[None] >= lengths[:, None]).astype(jnp.float32)
    by_line = optax.ctc_loss(logits.transpose(1, 0, 2), after_end, classes, padding, blank_id=BLANK)
    return (present * by_line / (1 - padding).sum(1)).sum()


def _gradients(phase: Phase, parameters: Parameters, key: Array, *half: Array) -> tuple[Array, Array, Parameters]:
    """Lines, summed loss and summed gradients of one half of a batch, added up over both halves."""
    count, height, width = half[0].shape
    key = jax.random.fold_in(key, jax.lax.axis_index(_HALVES))
    noise = jax.random.uniform(key, (count, height + 2, width + 2), minval=-1, maxval=1)
    total, gradients = jax.value_and_grad(summed_loss)(parameters, half, noise, tuple(phase.factors))
    return jax.lax.psum((half[4].sum(), total, gradients), _HALVES)  # type: ignore[no-any-return]


def _step(schedule: Schedule, phase: Phase, state: State, *batch: Array) -> tuple[State, Array]:
    key, noise_key = jax.random.split(jax.random.wrap_key_data(state.key))
    by_halves = jax.shard_map(
        partial(_gradients, phase),
        mesh=jax.make_mesh((DEVICES,), (_HALVES,), axis_types=(AxisType.Auto,)),
        in_specs=(PartitionSpec(), PartitionSpec(), *[PartitionSpec(_HALVES)] * len(batch)),
        out_specs=PartitionSpec(),
        check_vma=False,
    )
    count, total, gradients = by_halves(state.parameters, noise_key, *batch)
    gradients = {name: values / count for name, values in gradients.items()}
    updates, moments = _ADAM.update(gradients, state.moments)
    rate = schedule.rate(state.lines)
    parameters = {
        name: values - rate * phase.factors[name] * updates[name] if name in phase.factors else values
        for name, values in state.parameters.items()
    }
    decay = jnp.minimum(_AVERAGE_DECAY, (1 + state.steps) / (10 + state.steps))
    average = {name: decay * state.average[name] + (1 - decay) * values for name, values in parameters.items()}
    lines = state.lines + count.astype(jnp.int32)
    return State(parameters, average, moments, state.steps + 1, lines, jax.random.key_data(key)), total / count


def training_step(schedule: Schedule) -> Callable[[State, Batch], tuple[State, float]]:
    """A function that trains one batch and returns the new state and the loss before it."""
    compiled = {
        phase.first_line: jax.jit(partial(_step, schedule, phase), donate_argnums=0)  # reuses the state's memory
        for phase in PHASES
    }

    def step(state: State, batch: Batch) -> tuple[State, float]:
        run = compiled[phase_at(int(state.lines)).first_line]
        state, value = run(state, batch.images, batch.widths, batch.classes, batch.padding, batch.present)
        return state, float(value)

    return step
