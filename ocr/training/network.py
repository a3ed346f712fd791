"""The network of Debian's `tha` model in JAX: [1,48,0,1 Ct3,3,16 Mp3,3 Lfys64 Lfx96 Lrx96 Lfx384 O1c].

A line of 48 pixels height goes through a 3 × 3 convolution, a 3 × 3 maximum, an LSTM up each column and three LSTMs
along the line. Time steps are three pixels apart.
"""

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array

from ocr.training.lstm import lstm
from ocr.training.tesseract_network import NetworkFile

LINE_HEIGHT = 48
STEP = 3  # pixels per time step
SPEC = "[1,48,0,1Ct3,3,16Mp3,3Lfys64Lfx96Lrx96Lfx384O1c1]"
LAYERS = ("ConvNL", "Lfys64", "Lfx96", "Lrx96", "Lfx384", "Output")
_KERNEL = 3

Parameters = dict[str, Array]


def parameters_of(network: NetworkFile) -> Parameters:
    """The float32 weights by layer; the four matrices of an LSTM are one below the other."""
    return {name: jnp.asarray(np.concatenate(network.node(name).weights), jnp.float32) for name in LAYERS}


def put_parameters(network: NetworkFile, parameters: Parameters) -> None:
    """Replace the weights of `network`, whose output layer may have fewer rows so far."""
    for name in LAYERS:
        node = network.node(name)
        values = np.asarray(parameters[name], np.float64)
        node.weights = np.split(values, 4) if node.state_size else [values]
    output = network.node("Output")
    grown = (output.weights[0].shape[0] - output.outputs) * output.weights[0].shape[1]
    for node in (output, network.root):
        node.outputs = output.weights[0].shape[0]
        node.weight_count += grown


def _column_features(parameters: Parameters, padded: Array) -> Array:
    """Outputs of the convolution, the maximum and the LSTM up each column, for one line: (steps, 64).

    `padded` (50, width + 2): the line in a frame one pixel wide. The maximum of three by three pixels is taken before
    the tanh, which is monotonic: a ninth of the work.
    """
    height, width = padded.shape[0] - 2, padded.shape[1] - 2
    steps, rows = width // STEP, height // STEP
    weights = parameters["ConvNL"]
    patches = jnp.stack([padded[y : y + height, x : x + width] for x in range(_KERNEL) for y in range(_KERNEL)], -1)
    features = (patches @ weights[:, :-1].T)[:, : steps * STEP].reshape(rows, STEP, steps, STEP, -1)
    features = jnp.tanh(features.max((1, 3)) + weights[:, -1])
    return lstm(parameters["Lfys64"], features, jnp.ones((rows, 1, 1)))[-1]


def forward(
    parameters: Parameters, images: Array, widths: Array, noise: Array, learning: tuple[str, ...] = LAYERS
) -> tuple[Array, Array]:
    """Logits (time, batch, classes) and the number of time steps of each line.

    `images` (batch, 48, width) in [-1, 1]; `widths` in pixels; `noise` (batch, 50, width + 2) in [-1, 1] is what
    surrounds a line: outside it, Tesseract convolves over random values. Layers before the first of `learning` get no
    gradient.
    """
    padded = noise.at[:, 1:-1, 1:-1].set(images)
    columns = jnp.arange(images.shape[2] + 2)
    padded = jnp.where(columns[None, None, :] <= widths[:, None, None], padded, noise)
    # Line by line the intermediate values stay in the processor's cache: half the time of the whole batch at once.
    sequence = jax.lax.map(lambda line: _column_features(parameters, line), padded).transpose(1, 0, 2)
    if not {"ConvNL", "Lfys64"} & {*learning}:
        sequence = jax.lax.stop_gradient(sequence)
    lengths = widths // STEP
    mask = (jnp.arange(sequence.shape[0])[:, None] < lengths[None, :]).astype(jnp.float32)[:, :, None]
    sequence = lstm(parameters["Lfx96"], sequence, mask)
    sequence = lstm(parameters["Lrx96"], sequence, mask, reverse=True)
    sequence = lstm(parameters["Lfx384"], sequence, mask)
    if learning == ("Output",):
        sequence = jax.lax.stop_gradient(sequence)
    output = parameters["Output"]
    return sequence @ output[:, :-1].T + output[:, -1], lengths
