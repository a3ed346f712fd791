"""The state of a training run on disk: written aside and renamed, so that a kill at any moment leaves a whole one."""

from dataclasses import dataclass
from pathlib import Path

import jax
import jax.numpy as jnp
import numpy as np

from ocr.training.optimiser import State


@dataclass(frozen=True)
class Checkpoint:
    """`shard` and `batch`: the next batch to train; `seconds`: processor time used so far."""

    state: State
    shard: int
    batch: int
    seconds: float


def save_checkpoint(path: Path, checkpoint: Checkpoint) -> None:
    """Write the checkpoint."""
    leaves = {f"leaf{number:03}": np.asarray(leaf) for number, leaf in enumerate(jax.tree.leaves(checkpoint.state))}
    aside = path.with_suffix(".new.npz")
    position = np.array([checkpoint.shard, checkpoint.batch, checkpoint.seconds], np.float64)
    np.savez(aside, position=position, **leaves)  # type: ignore[arg-type]
    aside.rename(path)


def load_checkpoint(path: Path, like: State) -> Checkpoint:
    """The checkpoint in `path`, in the structure of `like`. Raises KeyError or ValueError when it is of another run."""
    leaves, structure = jax.tree.flatten(like)
    with np.load(path) as saved:
        loaded = [jnp.asarray(saved[f"leaf{number:03}"]) for number in range(len(leaves))]
        shard, batch, seconds = saved["position"]
    if [leaf.shape for leaf in loaded] != [leaf.shape for leaf in leaves]:
        raise ValueError(f"{path} has weights of other shapes")
    return Checkpoint(jax.tree.unflatten(structure, loaded), int(shard), int(batch), float(seconds))
