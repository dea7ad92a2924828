"""Where the configs that ship with the product lie: the checkout, or the installed wheel."""

from pathlib import Path

from features.errors import ConfigError

_ROOT = Path(__file__).resolve().parent.parent
_SHIPPED = (_ROOT / "configs", _ROOT / "moneytrail_configs")


def find_config(name: str, folder: str = "") -> Path:
    """Return the path of a config: a file of the user's, or a shipped one by its bare name.

    ``find_config("amlworld", "sources")`` finds ``configs/sources/amlworld.toml``.

    Raises
    ------
    ConfigError
        If neither exists; names what ships.
    """
    own = Path(name)
    if own.is_file():
        return own
    folders = [root / folder for root in _SHIPPED if (root / folder).is_dir()]
    for place in folders:
        for candidate in (place / name, place / f"{name}.toml"):
            if candidate.is_file():
                return candidate
    shipped = sorted(file.stem for place in folders for file in place.glob("*.toml"))
    raise ConfigError(f"no config {name!r}: neither a file nor one of {', '.join(shipped)}")
