import platform
import subprocess
import sys

import numpy as np
import pytest

from features.slices import memory
from features.slices.memory import Buffers, parse_size


@pytest.mark.parametrize(
    ("text", "size"),
    [
        ("4GB", 4 * 10**9),
        ("4 gb", 4 * 10**9),
        ("0.5TB", 5 * 10**11),
        ("2GiB", 2**31),
        ("512 MiB", 2**29),
        ("1000", 1000),
        ("20B", 20),
    ],
)
def test_an_amount_of_memory_is_read_with_its_unit(text, size):
    assert parse_size(text) == size


@pytest.mark.parametrize("text", ["", "GB", "4 apples", "-1GB", "0", "0.1", "4GBs", "1e9", "4,5GB"])
def test_what_is_no_amount_of_memory_is_refused(text):
    with pytest.raises(ValueError, match="no amount of memory, such as 4GB"):
        parse_size(text)


def test_the_memory_of_this_process_and_of_the_machine_are_told():
    taken = np.ones(10**7)
    assert taken.nbytes < memory.in_use() < 10**12
    assert 0 < memory.available() < 10**14
    assert memory.half_of_what_is_left() > memory.in_use()


def test_a_container_may_have_less_than_its_machine(tmp_path, monkeypatch):
    (tmp_path / "memory.max").write_text("3000000\n")
    (tmp_path / "memory.current").write_text("1000000\n")
    assert memory._left_in_container(str(tmp_path)) == 2_000_000
    (tmp_path / "memory.max").write_text("max\n")
    assert memory._left_in_container(str(tmp_path)) is None
    assert memory._left_in_container(str(tmp_path / "none")) is None


def test_where_nothing_is_told_something_is_assumed(monkeypatch):
    monkeypatch.setattr(memory, "_text", lambda _: "")
    assert (memory.in_use(), memory.available()) == (0, 4 * 10**9)


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="only glibc's allocator is tuned")
def test_a_large_array_that_is_freed_is_kept_where_memory_is_ample_and_not_where_it_is_tight():
    script = """
import numpy as np
from features.slices import memory
for tune in (memory.keep_what_is_freed, memory.keep_little_of_what_is_freed):
    memory.give_back()
    tune()
    before, _ = memory.in_use(), np.ones(10_000_000)
    del _
    print(memory.in_use() - before > 40_000_000)
"""
    done = subprocess.run(  # noqa: S603
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == ["True", "False"]


def test_a_buffer_is_taken_again_only_when_nothing_refers_to_it():
    buffers = Buffers(12)
    first = buffers.take(3, 4)
    place = first.__array_interface__["data"][0]
    row = first[1]
    del first
    other = buffers.take(2, 5)
    assert other.__array_interface__["data"][0] != place
    del row
    again = buffers.take(4, 3)
    assert again.__array_interface__["data"][0] == place
    assert again.shape == (4, 3)
    assert again.flags.c_contiguous


def test_what_is_larger_than_a_buffer_has_memory_of_its_own():
    large = Buffers(4).take(3, 3)
    assert large.base is None
    assert large.shape == (3, 3)
