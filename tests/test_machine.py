"""What the machine tells about itself."""

import os

import pytest

from symbolnet._machine import cores, processor


def test_cores_are_those_that_this_process_may_use() -> None:
    found = cores()
    assert 1 <= len(found) <= (os.cpu_count() or 1)
    assert len(set(found)) == len(found)


@pytest.mark.skipif(not hasattr(os, "sched_setaffinity"), reason="the system cannot bind a process to cores")
def test_a_bound_process_counts_its_own_cores_only() -> None:
    before = os.sched_getaffinity(0)
    try:
        os.sched_setaffinity(0, {min(before)})
        assert cores() == [min(before)]
    finally:
        os.sched_setaffinity(0, before)


def test_the_processor_has_a_name() -> None:
    assert processor().strip() == processor() != ""
