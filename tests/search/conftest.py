"""Scans that are simulated, and small ones that are trained; a PostgreSQL server where one is installed."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import postgres
import pytest

from symbolnet.search import Number, Plan, ScanData, Space


@pytest.fixture
def space() -> Space:
    """Two shapes' worth of ranges, trained in a moment."""
    return Space(
        {
            "n_unary": Number(2, 4, whole=True),
            "weight_sparsity": Number(0.5, 0.9),
            "learning_rate": Number(1e-3, 1e-2, log=True),
        },
        {"n_binary": 1, "max_iter": 4, "batch_size": 32, "unary_operators": "sin,tanh", "binary_operators": "+,*"},
    )


@pytest.fixture
def plan(space: Space) -> Plan:
    return Plan(space, "classification", width=2, queue=4, jobs_per_generation=2, seed=3)


@pytest.fixture(scope="session")
def data() -> ScanData:
    X = np.random.default_rng(0).normal(size=(120, 3)).astype(np.float32)
    return ScanData(X, (X[:, 0] * X[:, 1] > 0).astype(int), ("mass", "pt", "eta"))


@pytest.fixture(scope="session")
def server() -> Iterator[Any]:
    if postgres.binaries() is None:
        pytest.skip("no PostgreSQL on this machine (apt-get install postgresql)")
    running = postgres.Postgres()
    yield running
    running.remove()


@pytest.fixture(params=["sqlite", "journal", "postgresql"])
def storage(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Each kind of storage in turn."""
    if request.param == "postgresql":
        url: str = request.getfixturevalue("server").url
        return url
    return str(tmp_path / {"sqlite": "a.db", "journal": "a.journal"}[request.param])
