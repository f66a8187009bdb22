"""What is known about each data set before it is loaded."""

__all__ = ["ALIASES", "FILES", "IMAGES", "FileSet"]

from dataclasses import dataclass


@dataclass(frozen=True)
class FileSet:
    """A classification data set that lives in an `.npz` file, and perhaps on OpenML."""

    name: str
    openml: str | None
    n_train: int | None
    n_test: int | None
    n_features: int
    class_names: tuple[str, ...]
    description: str
    source: str
    licence: str


JETS = ("g", "q", "W", "Z", "t")
_JETS_FEATURES = "16 substructure observables of jets at the LHC; gluon, light quark, W, Z, top"

FILES = {
    entry.name: entry
    for entry in (
        FileSet(
            "mnist",
            "mnist_784",
            60_000,
            10_000,
            784,
            tuple("0123456789"),
            "handwritten digits, 28 x 28 grey pixels from 0 to 255",
            "LeCun, Cortes and Burges; OpenML mnist_784",
            "CC BY-SA 3.0",
        ),
        FileSet(
            "svhn_1v7",
            "SVHN",
            19_456,
            7_118,
            3_072,
            ("1", "7"),
            "house numbers, the digits 1 (label 0) and 7 (label 1), 32 x 32 RGB pixels from 0 to 255",
            "Netzer et al., Street View House Numbers; OpenML SVHN",
            "non-commercial use only",
        ),
        FileSet(
            "lhc_jets",
            "hls4ml_lhc_jets_hlf",
            664_000,
            166_000,
            16,
            JETS,
            _JETS_FEATURES,
            "hls4ml LHC jet data set, Zenodo 3602260; OpenML hls4ml_lhc_jets_hlf",
            "CC BY 4.0",
        ),
        FileSet(
            "lhc_jets_sim",
            None,
            None,
            None,
            16,
            JETS,
            f"{_JETS_FEATURES}; re-simulated, not to be quoted as the public data set",
            "re-simulation with Pythia 8 and a parametrised detector",
            "as distributed with the file",
        ),
    )
}
ALIASES = {"jets": "lhc_jets", "jets_sim": "lhc_jets_sim", "svhn": "svhn_1v7"}
IMAGES: dict[str, tuple[int, ...]] = {"mnist": (28, 28), "svhn_1v7": (32, 32, 3), "digits": (8, 8)}
"""(height, width[, channels]) of the data sets whose inputs are pixels."""
