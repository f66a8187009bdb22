"""The paper's Table IV: what it prints, and how each of its rows is made anew."""

__all__ = ["FIGURES", "Circuit4", "Entry4", "Plan4", "make_plan4"]

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from types import MappingProxyType
from typing import Any

from symbolnet.baselines import HgqSettings

FIGURES: Mapping[str, str] = MappingProxyType(
    {
        "model": "model",
        "inputs": "inputs",
        "precision": "precision",
        "lut": "LUT",
        "ff": "flip-flops",
        "dsp": "DSP",
        "bram": "BRAM (18 kbit)",
        "ii": "initiation interval [cycles]",
        "latency": "latency",
        "score": "accuracy or AUC of the circuit",
        "reference": "the same of its floating-point reference",
        "relative": "relative to that reference",
        "guess": "LUT as da4ml guesses",
        "exact": "bit-exactness",
        "tool": "synthesis",
        "data": "data",
    }
)
"""Rows of the table: keys in files → names."""


@dataclass(frozen=True)
class Circuit4:
    """One row of Table IV as the paper prints it.

    Attributes
    ----------
    model, precision : str
    bram, dsp, ff, lut, ii : int
    latency : str
    relative : float
        Accuracy or AUC over that of the network in floating point, in per cent.
    """

    model: str
    precision: str
    bram: int
    dsp: int
    ff: int
    lut: int
    ii: int
    latency: str
    relative: float


@dataclass(frozen=True)
class Entry4:
    """One data set of the table.

    Attributes
    ----------
    name : str
        A key of `CONFIGS`.
    published_data : str
        What the paper's columns are of.
    formula, network : Circuit4 or None
        The paper's two rows.
    max_complexity : float
        The complexity of the paper's formulas.
    fit_seconds, search_seconds : float
        Limits of the fit and of the search for a precision.
    effort : int
        Precisions to try.
    pool : int
        Side of the squares of pixels whose mean the network is given; 0 for inputs that are no image.
    full_scale : float
        Pixels are divided by it.
    hgq : HgqSettings
    reference_epochs : int
        Of the network in floating point.
    vectors : int
        For each comparison of a circuit with its emulator.
    """

    name: str
    published_data: str
    formula: Circuit4 | None
    network: Circuit4 | None
    max_complexity: float
    fit_seconds: float
    search_seconds: float
    effort: int
    pool: int
    full_scale: float
    hgq: HgqSettings
    reference_epochs: int
    vectors: int


@dataclass(frozen=True)
class Plan4:
    """The data sets in order.

    Attributes
    ----------
    quick : bool
        The digits alone, small: shows that everything works and measures nothing.
    entries : tuple of Entry4
    """

    quick: bool
    entries: tuple[Entry4, ...]

    def as_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return asdict(self)


_PIXELS = (0, 0, 6)
_CNN = "CNN (16, 16, 24), 42, 64, 92 % pruned"
_JETS = Entry4(
    "jets",
    "the original jets (OpenML 42468)",
    Circuit4("mean complexity 18", "<12, 8>", 0, 3, 109, 177, 1, "10 ns", 93.3),
    Circuit4("64-32-32, 90 % pruned", "<6, 0>", 4, 28, 2739, 7691, 1, "55 ns", 94.7),
    18, 400, 90, 2500, 0, 1.0, HgqSettings(), 25, 5_000,
)  # fmt: skip
_MNIST = Entry4(
    "mnist",
    "MNIST",
    Circuit4("mean complexity 133", "<18, 10>", 0, 160, 6424, 7592, 1, "125 ns", 85.3),
    Circuit4(_CNN, "<6, 0>", 66, 216, 18379, 29417, 788, "4.0 µs", 86.8),
    133, 900, 90, 2500, 2, 256.0,
    HgqSettings(inputs=_PIXELS, sparsity=0.92, epochs=40, batch_size=256, learning_rate=0.003), 12, 2_000,
)  # fmt: skip
_SVHN = Entry4(
    "svhn",
    "the whole of SVHN, 1 against 7",
    Circuit4("complexity 311", "<10, 4>", 0, 38, 1945, 3029, 1, "195 ns", 94.5),
    Circuit4(_CNN, "<6, 0>", 62, 77, 16286, 27407, 1029, "5.2 µs", 94.0),
    311, 900, 90, 2500, 2, 256.0,
    HgqSettings(inputs=_PIXELS, sparsity=0.92, epochs=60, batch_size=64, learning_rate=0.003), 60, 2_000,
)  # fmt: skip
_DIGITS = Entry4(
    "digits", "–", None, None, 15, 6, 3, 30, 2, 16.0,
    HgqSettings(
        hidden=(8,), inputs=_PIXELS, sparsity=0.7, output_sparsity=0.5, epochs=6, batch_size=64, learning_rate=0.02
    ), 8, 200,
)  # fmt: skip


def make_plan4(*, quick: bool = False) -> Plan4:
    """Return the plan of the whole table, or with `quick` of the digits in its place.

    Parameters
    ----------
    quick : bool

    Returns
    -------
    Plan4
    """
    return Plan4(quick, (_DIGITS,) if quick else (_JETS, _MNIST, _SVHN))
