"""Where an installation lies."""

import stat
from pathlib import Path

from callcenter.places import ASTERISK_SCRIPTS, Places


def test_everything_lies_below_the_state_directory(tmp_path: Path) -> None:
    places = Places(tmp_path)

    for name in ("database", "run", "logs", "pbx", "sounds", "recordings", "ami_secret_file"):
        assert tmp_path in getattr(places, name).parents


def test_making_them_twice_keeps_the_secret(tmp_path: Path) -> None:
    places = Places(tmp_path)

    places.make()
    secret = places.ami_secret_file.read_text()
    places.make()

    assert len(secret) >= 32
    assert places.ami_secret_file.read_text() == secret
    assert all(place.is_dir() for place in (places.run, places.logs, places.sounds))


def test_each_installation_has_a_secret_of_its_own(tmp_path: Path) -> None:
    one, other = Places(tmp_path / "one"), Places(tmp_path / "other")

    one.make()
    other.make()

    assert one.ami_secret_file.read_text() != other.ami_secret_file.read_text()


def test_nobody_else_reads_the_secret(tmp_path: Path) -> None:
    places = Places(tmp_path)

    places.make()

    assert stat.S_IMODE(places.ami_secret_file.stat().st_mode) == 0o600
    assert stat.S_IMODE(places.ami_secret_file.parent.stat().st_mode) == 0o700


def test_the_scripts_of_asterisk_are_there() -> None:
    assert (ASTERISK_SCRIPTS / "configure").is_file()


def test_some_telephones_of_agents_are_made_once_for_a_start(tmp_path: Path) -> None:
    places = Places(tmp_path)

    places.make()
    made = places.agent_phones_file.read_text()
    places.make()

    names = [line.split()[0] for line in made.splitlines() if not line.startswith("#")]
    assert names == ["agent1", "agent2", "agent3"]
    assert places.agent_phones_file.read_text() == made
    assert stat.S_IMODE(places.agent_phones_file.stat().st_mode) == 0o600
