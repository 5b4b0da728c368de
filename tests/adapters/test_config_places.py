"""Which file is the configuration: the one named, else the first of the usual places."""

import os
from pathlib import Path

import pytest

from helpdeskctl.adapters import config
from helpdeskctl.domain.errors import ConfigurationError


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home directory, which is also the file system's whole configuration."""
    monkeypatch.setenv("HOME", str(tmp_path))
    for name in ("HELPDESKCTL_CONFIG", "XDG_CONFIG_HOME", "XDG_STATE_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(config, "_SYSTEM", str(tmp_path / "etc/config.toml"))
    return tmp_path


def own(folder: Path, where: str, content: str = "") -> str:
    """A configuration at that place below the folder."""
    path = folder / where
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content)
    return str(path)


def test_the_first_of_four_places_applies(home: Path) -> None:
    environ = {"HOME": str(home)}
    assert config.locate(None, environ) is None
    system = own(home, "etc/config.toml")
    assert config.locate(None, environ) == system
    person = own(home, ".config/helpdeskctl/config.toml")
    assert config.locate(None, environ) == person
    xdg = own(home, "xdg/helpdeskctl/config.toml")
    assert config.locate(None, environ | {"XDG_CONFIG_HOME": f"{home}/xdg"}) == xdg
    environ["HELPDESKCTL_CONFIG"] = own(home, "variable.toml")
    assert config.locate(None, environ) == environ["HELPDESKCTL_CONFIG"]
    assert config.locate(own(home, "option.toml"), environ) == f"{home}/option.toml"


def test_where_init_writes_is_where_it_is_looked_for(home: Path) -> None:
    assert config.usual({"HOME": "/h"}) == "/h/.config/helpdeskctl/config.toml"
    assert config.usual({"HOME": "/h", "XDG_CONFIG_HOME": "/x"}) == "/x/helpdeskctl/config.toml"
    assert config.usual({"HOME": "/h", "XDG_CONFIG_HOME": "x"}) == "/h/.config/helpdeskctl/config.toml"
    assert config.usual({"HOME": "/h", "HELPDESKCTL_CONFIG": "~/c.toml"}) == "/h/c.toml"


def test_a_file_that_was_named_is_there_or_it_is_an_error(home: Path) -> None:
    own(home, ".config/helpdeskctl/config.toml")
    environ = {"HOME": str(home)}
    for config_option, variable in (("/nowhere/x.toml", ""), ("", ""), (None, "/nowhere/x.toml")):
        with pytest.raises(ConfigurationError, match=r"cannot be read \(No such file or directory\)"):
            config.locate(config_option, environ | {"HELPDESKCTL_CONFIG": variable})


def test_a_file_that_was_named_may_begin_with_a_tilde_and_lies_where_the_caller_is(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = own(home, "c.toml")
    assert config.locate("~/c.toml", {"HOME": str(home)}) == path
    monkeypatch.chdir(home)
    assert config.locate("c.toml", {}) == path


def test_a_link_to_nowhere_is_not_passed_over(home: Path) -> None:
    own(home, "etc/config.toml")
    link = home / ".config/helpdeskctl/config.toml"
    link.parent.mkdir(parents=True)
    link.symlink_to(home / "gone.toml")
    located = config.locate(None, {"HOME": str(home)})
    with pytest.raises(ConfigurationError, match="cannot be read"):
        config.load(located)


def test_a_place_that_cannot_be_looked_at_is_not_passed_over(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own(home, "etc/config.toml")

    def locked(path: str) -> os.stat_result:
        raise PermissionError(13, "Permission denied", path)

    monkeypatch.setattr(os, "lstat", locked)
    with pytest.raises(ConfigurationError, match=r"\.config/helpdeskctl/config\.toml cannot be read \(Perm"):
        config.locate(None, {"HOME": str(home)})


def test_a_file_in_the_way_of_a_directory_means_that_there_is_none(home: Path) -> None:
    own(home, ".config")
    assert config.locate(None, {"HOME": str(home)}) is None
