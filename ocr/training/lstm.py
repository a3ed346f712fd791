"""An LSTM layer in JAX with a hand-written gradient, for fast training on a CPU.

The gradient that JAX derives adds to the weights' gradient in every time step, which costs more than the step itself.
Here the backward scan only propagates the states; the weights' gradient is one matrix product over all time steps
afterwards.
"""

from functools import partial

import jax
import jax.numpy as jnp
from jax import Array

# Unrolling saves nothing on a CPU and multiplies the compile time.
_UNROLL = 1


def _gates(preactivations: Array) -> Array:
    """Cell input, input gate, forget gate and output gate, beside each other as in `preactivations`.

    One tanh for all four: sigmoid(x) = tanh(x / 2) / 2 + 1 / 2, and XLA computes tanh in half the time of an
    exponential.
    """
    size = preactivations.shape[-1] // 4
    scale = jnp.concatenate([jnp.full(size, 1.0), jnp.full(3 * size, 0.5)]).astype(preactivations.dtype)
    return jnp.tanh(preactivations * scale) * scale + (1 - scale)


def _forward_scan(projected: Array, recurrent: Array, mask: Array, reverse: bool) -> tuple[Array, Array, Array]:
    def step(carry: tuple[Array, Array], inputs: tuple[Array, Array]) -> tuple[tuple[Array, Array], tuple[Array, ...]]:
        output, state = carry
        projection, alive = inputs
        gates = _gates(projection + output @ recurrent)
        cell, input_gate, forget_gate, output_gate = jnp.split(gates, 4, -1)
        new_state = (cell * input_gate + state * forget_gate) * alive
        new_output = jnp.tanh(new_state) * output_gate * alive
        return (new_output, new_state), (new_output, new_state, gates)

    zero = jnp.zeros((projected.shape[1], recurrent.shape[0]), projected.dtype)
    _, (outputs, states, gates) = jax.lax.scan(step, (zero, zero), (projected, mask), reverse=reverse, unroll=_UNROLL)
    return outputs, states, gates


@partial(jax.custom_vjp, nondiff_argnums=(3,))
def recurrence(projected: Array, recurrent: Array, mask: Array, reverse: bool) -> Array:
    """Outputs of an LSTM, shape (time, batch, state size).

    `projected` is the inputs' part of the gates, biases included, (time, batch, 4 * state size) in the order cell
    input, input gate, forget gate, output gate; `recurrent` (state size, 4 * state size); `mask` (time, batch, 1) is 0
    after a line's end. `reverse` reads from the last time step to the first.
    """
    return _forward_scan(projected, recurrent, mask, reverse)[0]


def _recurrence_forward(
    projected: Array, recurrent: Array, mask: Array, reverse: bool
) -> tuple[Array, tuple[Array, ...]]:
    outputs, states, gates = _forward_scan(projected, recurrent, mask, reverse)
    return outputs, (recurrent, mask, outputs, states, gates)


def _shifted(values: Array, reverse: bool) -> Array:
    """Values of the previous time step, zero at the first."""
    zero = jnp.zeros_like(values[:1])
    return jnp.concatenate([values[1:], zero] if reverse else [zero, values[:-1]])


def _recurrence_backward(reverse: bool, saved: tuple[Array, ...], gradient: Array) -> tuple[Array, Array, Array]:
    recurrent, mask, outputs, states, gates = saved
    recurrent_transposed = recurrent.T
    previous_states = _shifted(states, reverse)

    def step(carry: tuple[Array, Array], inputs: tuple[Array, ...]) -> tuple[tuple[Array, Array], Array]:
        output_gradient, state_gradient = carry
        incoming, alive, gates, state, previous_state = inputs
        cell, input_gate, forget_gate, output_gate = jnp.split(gates, 4, -1)
        squashed = jnp.tanh(state)
        output_gradient = (output_gradient + incoming) * alive
        state_gradient = state_gradient * alive + output_gradient * output_gate * (1 - squashed * squashed)
        gate_gradient = jnp.concatenate(
            [
                state_gradient * input_gate * (1 - cell * cell),
                state_gradient * cell * input_gate * (1 - input_gate),
                state_gradient * previous_state * forget_gate * (1 - forget_gate),
                output_gradient * squashed * output_gate * (1 - output_gate),
            ],
            -1,
        )
        return (gate_gradient @ recurrent_transposed, state_gradient * forget_gate), gate_gradient

    zero = jnp.zeros_like(outputs[0])
    _, gate_gradients = jax.lax.scan(
        step, (zero, zero), (gradient, mask, gates, states, previous_states), reverse=not reverse, unroll=_UNROLL
    )
    previous_outputs = _shifted(outputs, reverse)
    size = recurrent.shape[0]
    recurrent_gradient = previous_outputs.reshape(-1, size).T @ gate_gradients.reshape(-1, 4 * size)
    return gate_gradients, recurrent_gradient, jnp.zeros_like(mask)


recurrence.defvjp(_recurrence_forward, _recurrence_backward)


def lstm(weights: Array, inputs: Array, mask: Array, reverse: bool = False) -> Array:
    """Outputs (time, batch, state size) of `inputs` (time, batch, features).

    `weights` (4 * state size, features + state size + 1) are the four matrices of a Tesseract LSTM, one below the
    other. Tesseract also clips the states to ±100; trained states stay far below it.
    """
    features = inputs.shape[-1]
    projected = inputs @ weights[:, :features].T + weights[:, -1]
    return recurrence(projected, weights[:, features:-1].T, mask, reverse)
