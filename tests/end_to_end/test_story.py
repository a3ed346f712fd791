"""The story of one case in a real browser, on both databases, within the effort that an intake officer may need."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from simulators.case_story.play import play_story
from tests.postgresql import PROGRAMS, cluster

pytestmark = pytest.mark.timeout(600)


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> Iterator[str]:
    """An empty database."""
    if request.param == "sqlite":
        yield ""
        return
    if not PROGRAMS:
        pytest.skip("PostgreSQL is not installed here (Debian package: postgresql)")
    with cluster(durable=False) as running:
        yield running.url


def test_eight_people_work_on_one_case(database_url: str, tmp_path: Path) -> None:
    pictures = tmp_path / "pictures"
    efforts = play_story(pictures, print, cases=12, database_url=database_url)
    order = efforts["received to ordered"]
    assert order.page_loads <= 3
    assert order.clicks <= 6
    assert order.keystrokes <= 10
    assert efforts["governor approves on a phone"].clicks == 1
    assert len(list(pictures.glob("story-*.png"))) >= 15
