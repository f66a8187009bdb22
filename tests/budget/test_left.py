"""Whether something is left to find in a residual."""

import numpy as np
import pytest

from symbolnet.budget._left import something_left


@pytest.mark.parametrize("outputs", [1, 2])
@pytest.mark.parametrize("hidden", ["nothing", "a step", "many small effects", "an interaction"])
def test_what_is_hidden_in_noise_is_seen(hidden: str, outputs: int) -> None:
    rng = np.random.default_rng(0)
    X = rng.normal(size=(800, 20)) * np.logspace(-2, 2, 20) + 5.0
    z = (X - 5.0) / np.logspace(-2, 2, 20)
    signal = {
        "nothing": np.zeros(800),
        "a step": 0.8 * (z[:, 3] > 0.5),
        "many small effects": 0.12 * z.sum(axis=1),
        "an interaction": 1.5 * np.sign(z[:, 0] * z[:, 1]),
    }[hidden]
    residual = rng.normal(size=(800, outputs))
    residual[:, 0] += signal
    assert something_left(X, residual, np.ones(800)) == (hidden != "nothing")


def test_a_residual_without_any_error_leaves_nothing() -> None:
    X = np.random.default_rng(0).normal(size=(60, 2))
    assert not something_left(X, np.zeros((60, 1)), np.ones(60))
