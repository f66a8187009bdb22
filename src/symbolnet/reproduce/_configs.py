"""The paper's experiments, one record a data set: its ranges, its published figures, and what is run of them."""

__all__ = ["CONFIGS", "Config", "Example", "Published"]

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from symbolnet.datasets import image_shape
from symbolnet.search import Number, preset


@dataclass(frozen=True)
class Published:
    """A figure that the paper prints.

    Attributes
    ----------
    what : str
    complexity : float or None
        Mean complexity; None for a dense network.
    value : float
        Accuracy or area under the ROC curve.
    where : str
        Section, table or figure of the paper.
    """

    what: str
    complexity: float | None
    value: float
    where: str


@dataclass(frozen=True)
class Example:
    """The one run whose training curves are drawn, as the paper's Fig. 7 does for the jets.

    Attributes
    ----------
    widths : one (u, b) a layer
    targets : (weight, input, unary, binary)
        Target sparsities α.
    epochs : int
    learning_rate : float
    source : str
        Where the setting is from.
    """

    widths: tuple[tuple[int, int], ...]
    targets: tuple[float, float, float, float]
    epochs: int
    learning_rate: float
    source: str


@dataclass(frozen=True)
class Config:
    """One experiment. Ranges are the paper's (Section IV.C); sizes of the plan are ours, for half of
    `FULL_MINUTES` on two quiet cores.

    Attributes
    ----------
    data : tuple of str
        Data sets in the order of preference.
    title : str
    table : str
        The table of the paper that shows a model on this data.
    metric : {"accuracy", "auc"}
    image : (height, width[, channels]) or None
    unary_operators : tuple of str
    widths : tuple of layers, each a tuple of (u, b)
        Architectures of the scan, inside the paper's ranges for u and b.
    weight, input, unary, binary : (lowest, highest)
        Ranges of the target sparsities.
    trials : int
        Trials an architecture and seed.
    epochs : int
        Of each trial; the three stages of EQL have as many together.
    batch_size : int
    learning_rate, eql_learning_rate : float
        Of Adam, for SymbolNet and for EQL.
    strengths, thresholds : tuple of float
        λ of Eq. 4 and the hard threshold, inside the paper's 1e-4 to 1e-1.
    budgets : tuple of float
        Complexities that the summary compares at, largest last: that one is `max_complexity`.
    table_at : float
        The complexity of the paper's table.
    peer_inputs, peer_rows : int
        Inputs a formula and rows that genetic programming is given.
    dense_epochs : int
    reference : (complexity, metric)
        Of the hypervolume: the worst that counts, the value of a constant.
    example : Example
    published : tuple of Published
    """

    data: tuple[str, ...]
    title: str
    table: str
    metric: str
    image: tuple[int, ...] | None
    unary_operators: tuple[str, ...]
    widths: tuple[tuple[tuple[int, int], ...], ...]
    weight: tuple[float, float]
    input: tuple[float, float]
    unary: tuple[float, float]
    binary: tuple[float, float]
    trials: int
    epochs: int
    batch_size: int
    learning_rate: float
    eql_learning_rate: float
    strengths: tuple[float, ...]
    thresholds: tuple[float, ...]
    budgets: tuple[float, ...]
    table_at: float
    peer_inputs: int
    peer_rows: int
    dense_epochs: int
    reference: tuple[float, float]
    example: Example
    published: tuple[Published, ...]


def _scanned(name: str) -> dict[str, Any]:
    """What the paper scans on this data (Section IV.C), from the preset that `symbolnet scan` has too."""
    space = preset(name)
    ranges = {key: space.parameters[f"{key}_sparsity"] for key in ("weight", "input", "unary", "binary")}
    return {
        "unary_operators": tuple(str(space.settings["unary_operators"]).split(",")),
        **{key: (number.low, number.high) for key, number in ranges.items() if isinstance(number, Number)},
    }


_THRESHOLDS = (1e-4, 1e-3, 1e-2, 1e-1)

CONFIGS: Mapping[str, Config] = MappingProxyType(
    {
        "jets": Config(
            data=("lhc_jets", "lhc_jets_sim"),
            title="LHC jets",
            table="Table I",
            metric="accuracy",
            image=None,
            widths=(((4, 4),), ((12, 8),), ((8, 6), (8, 6))),
            **_scanned("jets"),
            trials=8,
            epochs=60,
            batch_size=1024,
            learning_rate=0.005,
            eql_learning_rate=0.005,
            strengths=(1e-4, 4e-4, 1e-3, 2e-3, 5e-3, 1e-1),
            thresholds=_THRESHOLDS,
            budgets=(16, 50, 150),
            table_at=16,
            peer_inputs=16,
            peer_rows=10_000,
            dense_epochs=25,
            reference=(500, 0.2),
            example=Example(((20, 20), (20, 20)), (0.9, 0.75, 0.6, 0.4), 200, 0.0015, "the paper's Fig. 7"),
            published=(
                Published("SymbolNet", 16, 0.71, "Table I"),
                Published("dense network 64-32-32", None, 0.75, "Section V.A"),
            ),
        ),
        "mnist": Config(
            data=("mnist",),
            title="MNIST",
            table="Table II",
            metric="accuracy",
            image=image_shape("mnist"),
            widths=(((5, 3),), ((16, 6),), ((8, 4), (8, 4))),
            **_scanned("mnist"),
            trials=8,
            epochs=32,
            batch_size=256,
            learning_rate=0.01,
            eql_learning_rate=0.005,
            strengths=(1e-4, 1.5e-4, 2.5e-4, 4e-4, 8e-4, 1e-1),
            thresholds=_THRESHOLDS,
            budgets=(90, 150, 300),
            table_at=90,
            peer_inputs=64,
            peer_rows=10_000,
            dense_epochs=6,
            reference=(3000, 0.1),
            example=Example(((20, 5),), (0.99, 0.95, 0.4, 0.4), 100, 0.005, "ours; the paper gives none for MNIST"),
            published=(
                Published("SymbolNet", 90, 0.80, "Table II"),
                Published("SymbolNet", 300, 0.90, "Section V.B, Fig. 9a"),
            ),
        ),
        "svhn": Config(
            data=("svhn_1v7",),
            title="SVHN, 1 against 7",
            table="Table III",
            metric="auc",
            image=image_shape("svhn_1v7"),
            widths=(((4, 2),), ((16, 8),)),
            **_scanned("svhn"),
            trials=8,
            epochs=300,
            batch_size=64,
            learning_rate=0.003,
            eql_learning_rate=0.005,
            strengths=(1e-4, 2e-4, 3e-4, 5e-4, 1e-3, 1e-1),
            thresholds=(*_THRESHOLDS, 2e-2, 5e-2),  # between 0.01, which leaves 500 nodes, and 0.1, which leaves none
            budgets=(60, 122, 311),
            table_at=122,
            peer_inputs=64,
            peer_rows=10_000,
            dense_epochs=60,
            reference=(3000, 0.5),
            example=Example(((16, 8),), (0.99, 0.98, 0.4, 0.4), 300, 0.003, "ours; the paper gives none for SVHN"),
            published=(Published("SymbolNet", 122, 0.875, "Table III"),),
        ),
        "digits": Config(
            data=("digits",),
            title="digits",
            table="a table like II",
            metric="accuracy",
            image=image_shape("digits"),
            unary_operators=("sin", "cos", "gauss", "tanh"),
            widths=(((4, 3),), ((10, 5),)),
            weight=(0.7, 0.99),
            input=(0.2, 0.7),
            unary=(0.2, 0.5),
            binary=(0.2, 0.5),
            trials=8,
            epochs=300,
            batch_size=128,
            learning_rate=0.005,
            eql_learning_rate=0.005,
            strengths=(1e-4, 3e-4, 6e-4, 1e-3, 2e-3, 1e-1),
            thresholds=_THRESHOLDS,
            budgets=(30, 60, 90),
            table_at=60,
            peer_inputs=64,
            peer_rows=10_000,
            dense_epochs=60,
            reference=(1000, 0.1),
            example=Example(((16, 6),), (0.95, 0.3, 0.4, 0.4), 300, 0.005, "ours; the paper has no such data set"),
            published=(),
        ),
    }
)
"""The experiments by name."""
