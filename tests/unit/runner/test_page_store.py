"""The page store overwrites the pages that it removes."""

import pytest

from kiosk_app.runner.page_store import PageStore


@pytest.fixture
def store() -> PageStore:
    store = PageStore()
    store.put("a", b"picture a", b"small a")
    store.put("b", b"picture b", b"small b")
    return store


def test_pictures_are_returned_in_the_requested_order(store: PageStore) -> None:
    assert store.pictures(["b", "a"]) == (b"picture b", b"picture a")
    assert store.preview("a") == b"small a"


def test_a_missing_page_raises(store: PageStore) -> None:
    with pytest.raises(KeyError):
        store.picture("c")


def test_removing_a_page_overwrites_its_bytes(store: PageStore) -> None:
    buffers = store._pictures["a"]
    store.drop("a")
    store.drop("a")
    assert "a" not in store
    assert "b" in store
    assert [set(buffer) for buffer in buffers] == [{0}, {0}]


def test_replacing_a_page_overwrites_the_earlier_picture(store: PageStore) -> None:
    former = store._pictures["a"][0]
    store.put("a", b"turned", b"t")
    assert set(former) == {0}
    assert store.picture("a") == b"turned"


def test_pages_are_erased_except_those_in_use(store: PageStore) -> None:
    being_sealed = store.pictures(["a", "b"])
    store.wipe()
    assert "a" not in store
    assert "b" not in store
    assert being_sealed == (b"picture a", b"picture b")
