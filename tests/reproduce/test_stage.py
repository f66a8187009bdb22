"""Stages survive the disk, and only those of the same plan are taken."""

from pathlib import Path

import jax
import numpy as np
import pytest
import sympy

from symbolnet._errors import ModelFileError
from symbolnet.expression import Expression
from symbolnet.io import write_archive
from symbolnet.network import Architecture
from symbolnet.reproduce._stage import KIND, StageResult, read_stage, write_stage


def _result() -> StageResult:
    x = sympy.symbols("x0 x1")
    network = Architecture(2, 1, (2,), (1,), (("sin", "tanh"),), (("*",),)).init(jax.random.key(0)).freeze()
    return StageResult(
        "eql", 3, 1.5, ({"complexity": 5.0, "front": True, "strength": 1e-4},),
        {0: Expression.from_sympy([0.5 * x[0] + sympy.sin(x[1])], ["x0", "x1"])}, {0: network},
        {"val_loss": np.array([0.5, 0.25])}, np.ones((2, 1), np.float32), {"stopped": "budget"},
    )  # fmt: skip


def test_what_is_read_is_what_was_written(tmp_path: Path) -> None:
    result, file = _result(), tmp_path / "eql-3.zip"
    write_stage(file, result, "abc")
    back = read_stage(file, "abc")
    assert (back.method, back.seed, back.seconds, back.notes) == ("eql", 3, 1.5, {"stopped": "budget"})
    assert back.points == result.points
    assert back.expressions == result.expressions
    np.testing.assert_array_equal(back.history["val_loss"], [0.5, 0.25])
    np.testing.assert_array_equal(back.scores, result.scores)
    mine, theirs = result.networks[0], back.networks[0]
    assert mine.layers[0].nodes == theirs.layers[0].nodes
    np.testing.assert_array_equal(mine.layers[0].weight, theirs.layers[0].weight)
    np.testing.assert_array_equal(mine.output_weight, theirs.output_weight)


def test_stages_of_another_plan_and_damaged_ones_are_refused(tmp_path: Path) -> None:
    file = tmp_path / "eql-3.zip"
    write_stage(file, _result(), "abc")
    with pytest.raises(ModelFileError, match="belongs to a run with other settings"):
        read_stage(file, "abd")
    write_archive(file, {"kind": KIND, "fingerprint": "abc"}, {})
    with pytest.raises(ModelFileError, match="is not a stage"):
        read_stage(file, "abc")
    file.write_bytes(b"half")
    with pytest.raises(ModelFileError):
        read_stage(file, "abc")
