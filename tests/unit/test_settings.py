"""kiosk.toml: every mistake is reported with its key, and the example file explains and equals the defaults."""

import tomllib
from dataclasses import replace
from pathlib import Path

import pytest

from journey.pin import hash_pin
from kiosk_app import settings
from kiosk_app.settings import KioskSettings, ScreenSettings, Settings, SettingsError, is_night
from kiosk_app.settings.render import to_commented_toml
from kiosk_app.setup.settings_file import SettingsFile


def write_settings(directory: Path, text: str) -> Path:
    path = directory / "kiosk.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_the_example_file_is_the_defaults_and_explains_every_option() -> None:
    text = to_commented_toml()
    assert settings.parse(tomllib.loads(text)) == Settings()
    for section in tomllib.loads(text).values():
        for key in section:
            explanation, allowed, line = text[: text.index(f"\n{key} = ") + len(key) + 3].splitlines()[-3:]
            assert explanation.startswith("# ")
            assert allowed.startswith("# Give ")
            assert line.startswith(key)


def test_an_example_with_other_values_is_read_back() -> None:
    mine = settings.parse({"kiosk": {"centre_name_th": 'ศาลากลาง "หลังใหม่"'}, "scanner": {"options": []}})
    assert settings.parse(tomllib.loads(to_commented_toml(mine))) == mine


def test_an_option_is_read_by_its_former_name_with_a_warning(caplog: pytest.LogCaptureFixture) -> None:
    table = {"hall_th": "ศาลากลาง", "hall_en": "the former name", "centre_name_en": "the name of now"}
    kiosk = settings.parse({"kiosk": table}).kiosk
    assert (kiosk.centre_name_th, kiosk.centre_name_en) == ("ศาลากลาง", "the name of now")
    assert [record.getMessage() for record in caplog.records] == [
        "kiosk.toml: kiosk.hall_th is now called kiosk.centre_name_th; please rename it",
        "kiosk.toml: kiosk.hall_en is now called kiosk.centre_name_en; please rename it",
    ]
    with pytest.raises(SettingsError, match=r"^kiosk\.hall_th: 5 is not allowed; give up to 200 characters$"):
        settings.parse({"kiosk": {"hall_th": 5}})


def test_values_are_read(tmp_path: Path) -> None:
    path = write_settings(
        tmp_path,
        """
        [kiosk]
        id = "CMI12"
        area = "500108"
        idle_seconds = 45
        [printer]
        connection = "network:127.0.0.1:9100"
        width_dots = 384
        [scanner]
        options = ["--mode=Gray"]
        [paths]
        state = "/srv/kiosk"
        """,
    )
    loaded = settings.load(path)
    assert (loaded.kiosk.id, loaded.kiosk.area, loaded.kiosk.idle_seconds) == ("CMI12", "500108", 45)
    assert loaded.printer.width_dots == 384
    assert loaded.scanner.options == ("--mode=Gray",)
    assert loaded.paths.state == Path("/srv/kiosk")


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ('[kiosk]\nid = "kkn7"', "kiosk.id: 'kkn7' is not allowed; give three capital letters and two digits"),
        ("[kiosk]\nidle_seconds = 2", "kiosk.idle_seconds: 2 is not allowed; give a number from 10 to 600"),
        ('[kiosk]\narea = "4"', "kiosk.area: '4' is not allowed; give a province (2 digits)"),
        ("[printer]\nwidth_dots = 400", "printer.width_dots: 400 is not allowed; give 384"),
        ('[printer]\nconnection = "lpt1"', "printer.connection: 'lpt1' is not allowed; give 'usb:VENDOR"),
        ('[card_reader]\nenabled = "no"', "card_reader.enabled: 'no' is not allowed; give true or false"),
        ('[centre]\nurl = "http://centre.example"', "centre.url: 'http://centre.example' is not allowed; give an"),
        ('[paths]\nstate = "state"', "paths.state: 'state' is not allowed; give an absolute path"),
        ("scanner = 3", "scanner: this must be a section, written [scanner]"),
        ("[kiosk\n", "is not valid TOML"),
    ],
)
def test_a_mistake_is_reported_with_its_key(tmp_path: Path, text: str, sentence: str) -> None:
    path = write_settings(tmp_path, text)
    with pytest.raises(SettingsError) as caught:
        settings.load(path)
    assert sentence in str(caught.value)
    assert str(path) in str(caught.value)
    assert len(caught.value.mistakes) == 1


def test_every_mistake_is_reported_at_once(tmp_path: Path) -> None:
    path = write_settings(tmp_path, '[kiosk]\nid = "x"\nlanguage = "fr"\n[screen]\nwidth_mm = "wide"\n')
    with pytest.raises(SettingsError) as caught:
        settings.load(path)
    assert [mistake.split(": ")[1] for mistake in caught.value.mistakes] == [
        "kiosk.id",
        "kiosk.language",
        "screen.width_mm",
    ]


NEWER = """
release = 9
[kiosk]
langage = "th"
hall_th = "ศาลากลาง"
opened = 2026-11-30T08:30:00+07:00
weights = [1, inf, {a = "x\\u007f\\\\"}]
"name of hall" = {"ศาล กลาง" = true}
[prnter]
width_dots = 384
[[keys]]
usb = "1234:abcd"
"""


def test_what_this_release_does_not_know_stops_nothing_and_is_named(tmp_path: Path) -> None:
    loaded = settings.load(write_settings(tmp_path, NEWER))
    assert replace(loaded, unknown=()) == replace(Settings(), kiosk=KioskSettings(centre_name_th="ศาลากลาง"))
    sentences = {option.name: option.sentence for option in loaded.unknown}
    assert list(sentences) == [
        "release",
        "kiosk.langage",
        "kiosk.opened",
        "kiosk.weights",
        "kiosk.name of hall",
        "prnter",
        "keys",
    ]
    assert sentences["kiosk.langage"] == "kiosk.langage: there is no such option; did you mean language?"
    assert sentences["prnter"] == "prnter: there is no such section; did you mean printer?"


def test_what_this_release_does_not_know_is_kept_for_one_that_does(tmp_path: Path) -> None:
    file = SettingsFile(write_settings(tmp_path, NEWER))
    file.save_options({"kiosk.id": "CMI12"})
    file.save_options({"kiosk.phone": "043 000 000"})
    after, before = tomllib.loads((tmp_path / "kiosk.toml").read_text("utf-8")), tomllib.loads(NEWER)
    assert (after["kiosk"]["id"], after["kiosk"]["phone"]) == ("CMI12", "043 000 000")
    assert (after["kiosk"]["centre_name_th"], "hall_th" in after["kiosk"]) == ("ศาลากลาง", False)
    assert settings.unknown_part(after) == settings.unknown_part(before)


def test_a_wrong_value_has_its_default_and_the_rest_is_valid(tmp_path: Path) -> None:
    text = (
        '[kiosk]\nid = "x"\nphone = "043"\nnew = 1\n[network]\nproxy = "proxy.example:3128"\n[paths]\nstate = "/srv"\n'
    )
    with pytest.raises(SettingsError) as caught:
        settings.load(write_settings(tmp_path, text))
    valid = caught.value.valid_part
    assert (valid.kiosk.id, valid.kiosk.phone, valid.network.proxy) == ("KKN07", "043", "proxy.example:3128")
    assert valid.paths.state == Path("/srv")
    assert "kiosk.new: there is no such option" in caught.value.mistakes[1], "a technician reads everything at once"
    with pytest.raises(SettingsError) as caught:
        settings.load(write_settings(tmp_path, "[kiosk\n"))
    assert caught.value.valid_part == Settings()


def test_a_pin_hash_is_never_shown(tmp_path: Path) -> None:
    path = write_settings(tmp_path, '[kiosk]\ntechnician_pin_hash = "2468"')
    with pytest.raises(SettingsError, match=r"kiosk\.technician_pin_hash: the value is not allowed") as caught:
        settings.load(path)
    assert "2468" not in str(caught.value)


def test_the_file_named_by_the_environment_must_exist(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(settings.SETTINGS_VARIABLE, str(write_settings(tmp_path, '[kiosk]\nid = "CMI12"')))
    assert settings.load().kiosk.id == "CMI12"
    monkeypatch.setenv(settings.SETTINGS_VARIABLE, str(tmp_path / "none.toml"))
    with pytest.raises(SettingsError, match=r"none\.toml cannot be read: No such file"):
        settings.load()


def test_development_defaults_use_the_users_own_directories(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.delenv("XDG_RUNTIME_DIR", raising=False)
    desk = settings.development_defaults()
    assert desk.paths.state == tmp_path / "state" / "damrongdham-kiosk"
    assert desk.paths.runtime == tmp_path / "state" / "damrongdham-kiosk" / "runtime"


def test_the_hash_of_a_pin_is_accepted() -> None:
    pin_hash = hash_pin("246810", bytes(16))
    assert settings.parse({"kiosk": {"technician_pin_hash": pin_hash}}).kiosk.technician_pin_hash == pin_hash


@pytest.mark.parametrize(
    ("begin", "end", "clock", "dark"),
    [
        ("20:00", "06:00", "23:10", True),
        ("20:00", "06:00", "05:59", True),
        ("20:00", "06:00", "06:00", False),
        ("00:30", "05:00", "04:59", True),
        ("00:30", "05:00", "23:10", False),
        ("", "06:00", "03:00", False),
    ],
)
def test_the_night_may_include_midnight(begin: str, end: str, clock: str, dark: bool) -> None:
    assert is_night(ScreenSettings(night_from=begin, night_until=end), clock) is dark
