"""Who serves: the champion, whom only a person's word replaces, and the newest challenger.

The first model ever registered is the champion, for want of another. Every model after it is the
challenger until a newer one is trained or it is promoted.
"""

from dataclasses import dataclass
from typing import Any

from features.errors import BundleError

CHAMPION, CHALLENGER = "champion", "challenger"


@dataclass(frozen=True)
class Registered:
    """A new version, the alias it got, and the version that is the champion now."""

    version: str
    alias: str
    champion: str


def version_of(client: Any, name: str) -> Any:
    """Find what ``NAME@ALIAS`` or ``NAME/VERSION`` stands for in the registry."""
    if "@" in name:
        return client.get_model_version_by_alias(*name.split("@", 1))
    name, _, version = name.rpartition("/")
    if not name:
        raise BundleError(f"models:/{version}: no such model: it names no version and no alias")
    return client.get_model_version(name, version)


def introduce(client: Any, name: str, version: str) -> Registered:
    """Give a new version its alias: champion where there is none, else challenger."""
    champion = client.get_registered_model(name).aliases.get(CHAMPION)
    alias = CHAMPION if champion is None else CHALLENGER
    client.set_registered_model_alias(name, alias, version)
    return Registered(version, alias, str(champion or version))
