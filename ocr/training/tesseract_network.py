"""Reads and writes the network file of a Tesseract model (the `lstm` component), int8 or float.

The format has no public description; it follows the `Serialize` methods of Tesseract 5. Every node begins with a
header; weights of an int8 network are bytes with one scale per output row.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import numpy.typing as npt

Weights = npt.NDArray[np.float64]

_CONTAINERS = frozenset({"Series", "Parallel", "Reversed", "RTLReversed", "TTBReversed", "XYTranspose"})
_OPAQUE_BYTES = {"Input": 20, "Convolve": 8, "Maxpool": 8, "Reconfig": 8}
_LSTMS = frozenset({"LSTM", "SummLSTM"})
_LAYER_RATES = 64  # flag of a container: a learning rate per layer follows
_INT8 = 1  # mode bits of a weight matrix, and of the training flags
_FLOAT64 = 128


class NetworkFormatError(ValueError):
    """The bytes are no network of the kind that this module reads."""


@dataclass
class Node:
    """One node of the network. `weights` are float arrays of shape (outputs, inputs + 1); the last column is the bias.

    An LSTM has four of them: cell input, input gate, forget gate, output gate; its inputs are those of the layer
    followed by its own previous outputs.
    """

    kind: str
    name: str
    training: int
    needs_backprop: int
    flags: int
    inputs: int
    outputs: int
    weight_count: int
    children: list["Node"] = field(default_factory=list)
    layer_rates: bytes = b""
    opaque: bytes = b""
    state_size: int = 0
    weights: list[Weights] = field(default_factory=list)

    def nodes(self) -> Iterator["Node"]:
        """This node and all below it."""
        yield self
        for child in self.children:
            yield from child.nodes()


@dataclass
class NetworkFile:
    """A whole `lstm` component. `tail` (iteration counters, null character and so on) is kept unread."""

    root: Node
    spec: str
    training_flags: int
    tail: bytes

    def node(self, name: str) -> Node:
        """The node called `name`. Raises KeyError when there is none."""
        for node in self.root.nodes():
            if node.name == name:
                return node
        raise KeyError(name)


class _Reader:
    def __init__(self, data: bytes) -> None:
        self.data = data
        self.position = 0

    def take(self, count: int) -> bytes:
        chunk = self.data[self.position : self.position + count]
        if len(chunk) != count:
            raise NetworkFormatError("the network file ends early")
        self.position += count
        return chunk

    def integer(self, code: str = "i") -> int:
        return int(struct.unpack("<" + code, self.take(struct.calcsize(code)))[0])

    def text(self) -> str:
        return self.take(self.integer("I")).decode()

    def matrix(self) -> Weights:
        mode, rows, columns = self.integer("B"), self.integer("I"), self.integer("I")
        if not mode & _FLOAT64:
            raise NetworkFormatError(f"weights in the format before Tesseract 4.1 (mode {mode})")
        if mode & _INT8:
            self.take(1)
            integers = np.frombuffer(self.take(rows * columns), np.int8).reshape(rows, columns)
            scales = np.frombuffer(self.take(8 * self.integer("I")), "<f8")
            return np.asarray(integers * scales[:rows, None], np.float64)
        self.take(8)
        return np.frombuffer(self.take(8 * rows * columns), "<f8").reshape(rows, columns).copy()

    def node(self) -> Node:
        if self.integer("b") != 0:
            raise NetworkFormatError("unknown node header")
        kind = self.text()
        training, needs_backprop = self.integer("b"), self.integer("b")
        flags, inputs, outputs, weight_count = (self.integer() for _ in range(4))
        node = Node(kind, self.text(), training, needs_backprop, flags, inputs, outputs, weight_count)
        if kind in _CONTAINERS:
            node.children = [self.node() for _ in range(self.integer("I"))]
            if flags & _LAYER_RATES:
                node.layer_rates = self.take(4 * self.integer("I"))
        elif kind in _OPAQUE_BYTES:
            node.opaque = self.take(_OPAQUE_BYTES[kind])
        elif kind in _LSTMS:
            node.state_size = self.integer()
            node.weights = [self.matrix() for _ in range(4)]
        else:
            node.weights = [self.matrix()]
        return node


def parse_network(data: bytes) -> NetworkFile:
    """The network in `data`, with weights as floats. Raises NetworkFormatError when it is of another kind."""
    reader = _Reader(data)
    root = reader.node()
    return NetworkFile(root, reader.text(), reader.integer(), data[reader.position :])


def read_network(path: Path) -> NetworkFile:
    """`parse_network` of a file."""
    return parse_network(path.read_bytes())


def _text(value: str) -> bytes:
    encoded = value.encode()
    return struct.pack("<I", len(encoded)) + encoded


def _matrix_bytes(weights: Weights) -> bytes:
    header = struct.pack("<BIId", _FLOAT64, weights.shape[0], weights.shape[1], 0.0)
    return header + np.ascontiguousarray(weights, "<f8").tobytes()


def _node_bytes(node: Node) -> bytes:
    parts = [
        struct.pack("<b", 0),
        _text(node.kind),
        struct.pack("<bb", node.training, node.needs_backprop),
        struct.pack("<iiii", node.flags, node.inputs, node.outputs, node.weight_count),
        _text(node.name),
    ]
    if node.kind in _CONTAINERS:
        parts += [struct.pack("<I", len(node.children)), *map(_node_bytes, node.children)]
        if node.flags & _LAYER_RATES:
            parts += [struct.pack("<I", len(node.layer_rates) // 4), node.layer_rates]
    elif node.kind in _OPAQUE_BYTES:
        parts.append(node.opaque)
    else:
        if node.kind in _LSTMS:
            parts.append(struct.pack("<i", node.state_size))
        parts += map(_matrix_bytes, node.weights)
    return b"".join(parts)


def float_network_bytes(network: NetworkFile) -> bytes:
    """The network with float weights; `combine_tessdata -c` makes an int8 network of it."""
    flags = struct.pack("<i", network.training_flags & ~_INT8)
    return _node_bytes(network.root) + _text(network.spec) + flags + network.tail
