"""The others: each module runs one library as its documentation shows, as a black box.

None of them is needed by the product; the optional extra ``bench`` brings them.
"""

from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec


def missing(package: str) -> str:
    """Return why a peer can't run, or nothing."""
    if find_spec(package):
        return ""
    return f"{package} is not installed (pip install 'moneytrail[bench]')"


def version_of(package: str) -> str:
    """Return the installed version of a package, or that there is none."""
    try:
        return version(package)
    except PackageNotFoundError:
        return "not installed"
