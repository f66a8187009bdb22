"""JSON is strict whatever the values."""

import json

import numpy as np

from symbolnet.io import json_text


def test_numpy_and_not_finite_values() -> None:
    value = {"a": np.arange(2), np.int64(3): (np.float64("nan"), float("inf"), 1.5), "text": "x", "none": None}
    assert json.loads(json_text(value)) == {"a": [0, 1], "3": [None, None, 1.5], "text": "x", "none": None}
