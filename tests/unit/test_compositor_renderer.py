"""Which renderer the compositor uses, by what Mesa has for this machine's graphics chip."""

from pathlib import Path
from threading import Timer

import pytest

from provision import compositor_renderer
from provision.compositor_renderer import choose_renderer


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
    assert (choose_renderer(drivers) == "WLR_RENDERER=pixman\n") is is_software


def _run_with_driver(
    monkeypatch: pytest.MonkeyPatch, directory: Path, node: str, mesa_driver: object
) -> tuple[int, str]:
    (directory / node).touch()
    monkeypatch.setattr(compositor_renderer, "DEVICES", directory)
    monkeypatch.setattr(compositor_renderer, "OUTPUT", directory / "compositor.env")
    monkeypatch.setattr(compositor_renderer, "mesa_driver", mesa_driver)
    return compositor_renderer.main(), (directory / "compositor.env").read_text("ascii")


def test_a_graphics_driver_leaves_the_choice_to_the_compositor(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert _run_with_driver(monkeypatch, tmp_path, "renderD128", lambda node: f"iris of {node.name}") == (0, "")


def test_a_library_that_is_missing_means_software(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def missing(_node: Path) -> str:
        raise OSError("libgbm.so.1: cannot open shared object file")

    assert _run_with_driver(monkeypatch, tmp_path, "renderD128", missing) == (0, "WLR_RENDERER=pixman\n")


def test_a_driver_that_ends_the_process_leaves_software(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def crash(_node: Path) -> str:
        raise SystemExit(139)

    with pytest.raises(SystemExit):
        _run_with_driver(monkeypatch, tmp_path, "renderD128", crash)
    assert (tmp_path / "compositor.env").read_text("ascii") == "WLR_RENDERER=pixman\n"


def test_the_display_is_waited_for(tmp_path: Path) -> None:
    driver = Timer(0.3, (tmp_path / "card0").touch)
    driver.start()
    compositor_renderer.wait_for_display(tmp_path, seconds=10)
    assert (tmp_path / "card0").exists()
    driver.join()
    compositor_renderer.wait_for_display(tmp_path / "none", seconds=0.1)
