"""The garbage collector's threshold is raised inside and as before outside, whatever happens in between."""

import gc
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from hypothesis import given
from hypothesis import strategies as st

from symbolnet.growth._garbage import fewer_collections


@given(st.integers(0, 200_000))
def test_threshold_is_raised_inside_and_as_before_outside(first: int) -> None:
    kept = gc.get_threshold()
    try:
        gc.set_threshold(first, *kept[1:])
        with fewer_collections():
            assert gc.get_threshold()[0] == (max(first, 50_000) if first else 0)  # zero: the user switched it off
        assert gc.get_threshold() == (first, *kept[1:])
        with pytest.raises(ZeroDivisionError), fewer_collections():
            _ = 1 / 0
        assert gc.get_threshold() == (first, *kept[1:])
    finally:
        gc.set_threshold(*kept)


def test_the_last_of_several_threads_puts_it_back() -> None:
    before, together = gc.get_threshold(), Barrier(4)

    def work(_: int) -> int:
        with fewer_collections():
            together.wait(10)
            inside = gc.get_threshold()[0]
            together.wait(10)
        return inside

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(work, range(4))) == [max(before[0], 50_000)] * 4
    assert gc.get_threshold() == before
