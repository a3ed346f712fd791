"""Which renderer the compositor uses, by what Mesa has for this machine's graphics chip."""

import multiprocessing
import os
import signal
from collections.abc import Callable
from pathlib import Path
from threading import Timer

import pytest

from provision import compositor_renderer
from provision.compositor_renderer import is_drawn_by_processor


@pytest.mark.parametrize(
    ("drivers", "is_software"),
    [
        ([], True),  # no render node, as with the firmware's framebuffer
        ([""], True),
        (["kms_swrast"], True),  # a virtual machine, or a chip that is newer than Mesa
        (["swrast"], True),
        (["iris"], False),
        (["kms_swrast", "radeonsi"], False),
    ],
)
def test_the_processor_draws_only_without_a_graphics_driver(drivers: list[str], *, is_software: bool) -> None:
    assert is_drawn_by_processor(drivers) is is_software


def _renderer_of_compositor(
    monkeypatch: pytest.MonkeyPatch, devices: Path, mesa_driver: Callable[[Path], str], *, chosen: str = ""
) -> str:
    """WLR_RENDERER in the environment of the program that a child process becomes; it must be the same process."""
    (devices / "renderD128").touch()
    monkeypatch.setattr(compositor_renderer, "DEVICES", devices)
    monkeypatch.setattr(compositor_renderer, "DRIVERS_TIMEOUT_S", 1.0)
    monkeypatch.setattr(compositor_renderer, "mesa_driver", mesa_driver)
    monkeypatch.setenv("WLR_BACKENDS", "headless")
    if chosen:
        monkeypatch.setenv("WLR_RENDERER", chosen)
    else:
        monkeypatch.delenv("WLR_RENDERER", raising=False)
    answer = devices / "answer"
    compositor = ["/bin/sh", "-c", f'printf "%s %s" "$$" "$WLR_RENDERER" >{answer}']
    child = multiprocessing.get_context("fork").Process(target=compositor_renderer.main, args=(compositor,))
    child.start()
    child.join(20)
    assert child.exitcode == 0
    pid, _, renderer = answer.read_text("ascii").partition(" ")
    assert int(pid) == child.pid
    return renderer


def _crash(_node: Path) -> str:
    os.kill(os.getpid(), signal.SIGKILL)
    return "never"


def _block(_node: Path) -> str:
    signal.pause()
    return "never"


def _find_no_library(_node: Path) -> str:
    raise OSError("libgbm.so.1: cannot open shared object file")


@pytest.mark.parametrize(
    ("mesa_driver", "renderer"),
    [
        (lambda node: f"iris of {node.name}", ""),  # the compositor chooses
        (lambda _node: "kms_swrast", "pixman"),
        (_find_no_library, "pixman"),
        (_crash, "pixman"),
        (_block, "pixman"),
    ],
)
def test_the_compositor_is_started_with_the_renderer_that_works(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, mesa_driver: Callable[[Path], str], renderer: str
) -> None:
    assert _renderer_of_compositor(monkeypatch, tmp_path, mesa_driver) == renderer


def test_a_renderer_that_somebody_has_chosen_is_used(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert _renderer_of_compositor(monkeypatch, tmp_path, _crash, chosen="gles2") == "gles2"


def test_the_display_is_waited_for(tmp_path: Path) -> None:
    driver = Timer(0.3, (tmp_path / "card0").touch)
    driver.start()
    compositor_renderer.wait_for_display(tmp_path, seconds=10)
    assert (tmp_path / "card0").exists()
    driver.join()
    compositor_renderer.wait_for_display(tmp_path / "none", seconds=0.1)
