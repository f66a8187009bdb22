"""Ctrl-C sets a flag at first, and raises when pressed again."""

import signal

import pytest

from symbolnet.training import interruptible


def test_first_interrupt_is_a_flag_and_the_second_raises() -> None:
    before = signal.getsignal(signal.SIGINT)
    with interruptible() as interrupted:
        assert not interrupted()
        signal.raise_signal(signal.SIGINT)
        assert interrupted()
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)
    assert signal.getsignal(signal.SIGINT) is before
