"""The training run: shards to batches to steps, with a log and checkpoints; it goes on where it was stopped."""

import csv
import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from types import FrameType

import jax

from ocr.training.batches import batches
from ocr.training.checkpoint import Checkpoint, load_checkpoint, save_checkpoint
from ocr.training.line_shards import ShardMaker, ShardQueue
from ocr.training.network import parameters_of
from ocr.training.optimiser import Schedule, State, initial_state, training_step
from ocr.training.starting_model import starting_model

_CHECKPOINT_SECONDS = 180
_LOG_STEPS = 20
_EVALUATION_LINES = 10_000
_SMOOTHING = 0.95  # of the logged loss
LOG_COLUMNS = ("lines", "steps", "loss", "rate", "processor_seconds", "time")


@dataclass(frozen=True)
class Settings:
    """What decides a run, besides the code. `rate`: peak learning rate; the rest as in `optimiser.Schedule`."""

    seed: int = 12
    lines: int = 160_000
    rate: float = 4e-4
    warm_up: int = 2_000

    @property
    def schedule(self) -> Schedule:
        """The learning rate of the run."""
        return Schedule(self.rate, self.warm_up, self.lines)


@dataclass(frozen=True)
class RunFolder:
    """The files of a run."""

    path: Path

    @property
    def checkpoint(self) -> Path:
        return self.path / "checkpoint.npz"

    @property
    def log(self) -> Path:
        return self.path / "training.csv"

    @property
    def evaluations(self) -> Path:
        return self.path / "evaluation.csv"

    @property
    def settings(self) -> Path:
        return self.path / "settings.json"

    @property
    def start(self) -> Path:
        return self.path / "start"

    @property
    def shards(self) -> Path:
        return self.path / "shards"

    @property
    def pids(self) -> Path:
        return self.path / "pids"


class _Evaluations:
    """Starts an evaluation in a process of its own after every 10,000 lines, unless one still runs."""

    def __init__(self, folder: RunFolder, lines: int) -> None:
        self._folder = folder
        self._done = lines // _EVALUATION_LINES
        self._process: subprocess.Popen[bytes] | None = None

    def is_due(self, lines: int) -> bool:
        """Whether a checkpoint is to be saved and evaluated now."""
        running = self._process is not None and self._process.poll() is None
        return lines // _EVALUATION_LINES > self._done and not running

    def start(self, lines: int) -> None:
        """Evaluate the saved checkpoint."""
        self._done = lines // _EVALUATION_LINES
        command = [sys.executable, "-m", "ocr.training", "evaluate", "--folder", str(self._folder.path)]
        self._process = subprocess.Popen(command)


class _Stop:
    """SIGTERM and SIGINT end the run at the next step, with a checkpoint."""

    def __init__(self) -> None:
        self.requested = False
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._request)

    def _request(self, _signal: int, _frame: FrameType | None) -> None:
        self.requested = True


def train(folder: RunFolder, typefaces: Path, settings: Settings) -> None:
    """Train until `settings.lines`; goes on from the checkpoint in `folder` if there is one.

    The result is `folder.checkpoint`. Raises ValueError when the folder is of a run with other settings.
    """
    folder.path.mkdir(parents=True, exist_ok=True)
    jax.config.update("jax_compilation_cache_dir", str(folder.path / "compiled"))
    _check_settings(folder, settings)
    model = starting_model(folder.start, settings.seed)
    state = initial_state(parameters_of(model.network), settings.seed)
    position = Checkpoint(state, 0, 0, 0.0)
    if folder.checkpoint.exists():
        position = load_checkpoint(folder.checkpoint, state)
    queue = ShardQueue(ShardMaker(folder.shards, settings.seed, typefaces, model.character_set), position.shard)
    folder.pids.write_text(f"{os.getpid()} {queue.pid}\n")
    try:
        _run(folder, settings, position, queue)
    finally:
        queue.close()
        folder.pids.unlink(missing_ok=True)


def read_settings(folder: RunFolder) -> Settings:
    """The settings of the run in `folder`."""
    return Settings(**json.loads(folder.settings.read_text("utf-8")))


def _check_settings(folder: RunFolder, settings: Settings) -> None:
    wanted = json.dumps(asdict(settings))
    if folder.settings.exists() and folder.settings.read_text() != wanted:
        raise ValueError(f"{folder.path} is of a run with other settings: {folder.settings.read_text()}")
    folder.settings.write_text(wanted)


def _run(folder: RunFolder, settings: Settings, position: Checkpoint, queue: ShardQueue) -> None:
    """Train from `position` to the last line, or to a request to stop."""
    step, stop = training_step(settings.schedule), _Stop()
    state, shard, number = position.state, position.shard, position.batch
    seconds_before = position.seconds - time.process_time()
    evaluations = _Evaluations(folder, int(state.lines))
    saved_at, smoothed = time.monotonic(), None
    while int(state.lines) < settings.lines and not stop.requested:
        shard_batches = batches(queue.shard(shard), f"{settings.seed}:{shard}")
        while number < len(shard_batches) and not stop.requested:
            state, loss = step(state, shard_batches[number])
            number += 1
            smoothed = loss if smoothed is None else _SMOOTHING * smoothed + (1 - _SMOOTHING) * loss
            seconds = seconds_before + time.process_time()
            if int(state.steps) % _LOG_STEPS == 0:
                _log(folder.log, state, smoothed, float(settings.schedule.rate(state.lines)), seconds)
            is_due = evaluations.is_due(int(state.lines))
            if is_due or time.monotonic() - saved_at > _CHECKPOINT_SECONDS:
                save_checkpoint(folder.checkpoint, Checkpoint(state, shard, number, seconds))
                saved_at = time.monotonic()
            if is_due:
                evaluations.start(int(state.lines))
        if not stop.requested:
            shard, number = shard + 1, 0
    save_checkpoint(folder.checkpoint, Checkpoint(state, shard, number, seconds_before + time.process_time()))


def _log(path: Path, state: State, loss: float, rate: float, seconds: float) -> None:
    new = not path.exists()
    with path.open("a", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        if new:
            writer.writerow(LOG_COLUMNS)
        now = time.strftime("%Y-%m-%dT%H:%M:%S")
        writer.writerow((int(state.lines), int(state.steps), f"{loss:.4f}", f"{rate:.3e}", round(seconds), now))
