"""The one place that names numba's compile options."""

from collections.abc import Callable
from typing import TypeVar

from numba import njit

_Function = TypeVar("_Function", bound=Callable[..., object])


def kernel(function: _Function) -> _Function:
    """Compile ``function``, cached on disk and without the interpreter lock.

    No fastmath: it breaks NaN and makes results depend on the machine. Division by zero follows
    IEEE 754, as in numpy.
    """
    compiled: _Function = njit(cache=True, nogil=True, error_model="numpy")(function)
    return compiled
