"""How much memory there is, how much may be used, and memory that is used again."""

import ctypes
import gc
import os
import re
import sys
from contextlib import suppress
from pathlib import Path
from threading import Lock

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

_UNITS = {"": 1, "B": 1, "KB": 10**3, "MB": 10**6, "GB": 10**9, "TB": 10**12}
_BINARY = {"KIB": 2**10, "MIB": 2**20, "GIB": 2**30, "TIB": 2**40}
_SIZE = re.compile(r"\s*(\d+(?:\.\d+)?)\s*([A-Za-z]*)\s*")
_UNKNOWN = 4 * 10**9  # what a machine that doesn't tell is taken to have left
_KEPT = 2**31 - 1  # bytes: larger arrays come from the system, and go back to it
_PAD = 2**26  # bytes: threads give back what they have in pieces of this size
_LARGE = 2**22  # bytes: arrays from here on go back to the system at once, where memory is tight
_TRIM_THRESHOLD, _TOP_PAD, _MMAP_THRESHOLD = -1, -2, -3  # of glibc's malloc.h
_IDLE = 3  # references to a buffer that nobody uses: the list's, the loop's, the question's


def parse_size(text: str) -> int:
    """Read an amount of memory: bytes, or with a unit (MB, GB: powers of 1000; MiB, GiB: of 1024).

    Raises
    ------
    ValueError
        If the text is no such amount, or none at all.

    >>> parse_size("4GB"), parse_size("1.5 GiB"), parse_size("500mb")
    (4000000000, 1610612736, 500000000)
    """
    found = _SIZE.fullmatch(text)
    unit = ({**_UNITS, **_BINARY}).get(found[2].upper()) if found else None
    size = int(float(found[1]) * unit) if found and unit else 0
    if size < 1:
        raise ValueError(f"{text!r} is no amount of memory, such as 4GB or 500MB")
    return size


def spoken(size: float) -> str:
    """Return an amount of memory as people say it.

    >>> spoken(4_210_000_000), spoken(37_000_000)
    ('4.2 GB', '37 MB')
    """
    return f"{size / 10**9:.1f} GB" if size >= 10**9 else f"{size / 10**6:.0f} MB"


def half_of_what_is_left() -> int:
    """Return half of the memory that this process could still get, and what it has by now."""
    return in_use() + available() // 2


def available() -> int:
    """Return the memory this process could still get: of the machine, and of its container."""
    found = [_meminfo("/proc/meminfo", "MemAvailable"), _left_in_container()]
    return min((size for size in found if size is not None), default=_UNKNOWN)


def in_use() -> int:
    """Return the memory this process holds; 0 where the system doesn't tell."""
    return _meminfo("/proc/self/status", "VmRSS") or 0


def give_back() -> None:
    """Give the system the memory that is free by now: an allocator would rather keep it."""
    gc.collect()
    pa.default_memory_pool().release_unused()
    _trim()


def _trim() -> None:
    with suppress(AttributeError, OSError):  # only glibc has it
        ctypes.CDLL(None).malloc_trim(0)


def keep_what_is_freed() -> None:
    """Let the allocator keep freed memory for what is made next: the system hands it out slowly.

    A page that is new to the process costs more than what is computed of its numbers. For where
    memory is ample; what the process holds at once grows by what lies between, `give_back` gives it
    away.
    """
    _tune(_KEPT, _KEPT)


def keep_little_of_what_is_freed() -> None:
    """Let the allocator give large arrays back as soon as they are freed: for tight memory."""
    _tune(_LARGE, _PAD)


def _tune(large: int, kept: int) -> None:
    with suppress(AttributeError, OSError):  # only glibc has it
        mallopt = ctypes.CDLL(None).mallopt
        mallopt(_TRIM_THRESHOLD, kept)
        mallopt(_TOP_PAD, _PAD)
        mallopt(_MMAP_THRESHOLD, large)


def threads_to_use() -> int:
    """Return how many cores this process may run on."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _meminfo(path: str, name: str) -> int | None:
    """Read a line such as ``MemAvailable: 1234 kB``."""
    found = re.search(rf"^{name}:\s*(\d+) kB", _text(path), re.MULTILINE)
    return int(found[1]) * 1024 if found else None


def _left_in_container(folder: str = "/sys/fs/cgroup") -> int | None:
    most, used = _text(f"{folder}/memory.max").strip(), _text(f"{folder}/memory.current").strip()
    return max(int(most) - int(used), 0) if most.isdigit() and used.isdigit() else None


def _text(path: str) -> str:
    try:
        return Path(path).read_text(encoding="ascii")
    except OSError:
        return ""


class Buffers:
    """Arrays of one size, taken again as soon as nothing refers to them.

    The system clears memory before it hands it out, which took a third of the time of computing
    features; memory that was had before needs no clearing. What is taken holds anything at all.
    """

    def __init__(self, size: int = 0) -> None:
        self._size = size
        self._made: list[NDArray[np.float64]] = []
        self._lock = Lock()

    def take(self, rows: int, columns: int) -> NDArray[np.float64]:
        """Return a contiguous array of a shape, made new where none of the size is free."""
        wanted = rows * columns
        if wanted > self._size:
            return np.empty((rows, columns))
        with self._lock:
            for buffer in self._made:
                if sys.getrefcount(buffer) <= _IDLE:
                    return buffer[:wanted].reshape(rows, columns)
            self._made.append(np.empty(self._size))
            return self._made[-1][:wanted].reshape(rows, columns)
