"""The ranges that the paper scans (Section IV.C)."""

__all__ = ["PRESETS", "preset", "preset_for"]

from symbolnet._errors import UnknownNameError, did_you_mean
from symbolnet.search._space import Choice, Number, Space

_BINARY = "+,*"
_IMAGES = "sin,cos,gauss,tanh"
_NODES_OF_TARGETS = {"unary_sparsity": Number(0.2, 0.5), "binary_sparsity": Number(0.2, 0.5)}


def _jets() -> Space:
    """Section IV.C.1; batch size, epochs and learning rate are those of Fig. 7."""
    return Space(
        {
            "n_layers": Choice((1, 2)),
            "n_unary": Number(2, 30, whole=True),
            "n_binary": Number(2, 30, whole=True),
            "weight_sparsity": Number(0.6, 0.99),
            "input_sparsity": Number(0.4, 0.9),
            **_NODES_OF_TARGETS,
        },
        {
            "unary_operators": "sin,cos,exp,gauss,sinh,cosh,tanh",
            "binary_operators": _BINARY,
            "loss": "mse",
            "learning_rate": 0.0015,
            "batch_size": 1024,
            "max_iter": 200,
        },
    )


def _mnist() -> Space:
    """Section IV.C.2. The paper gives no learning rate for images; this is the one of the benchmarks."""
    return Space(
        {
            "n_layers": Choice((1, 2)),
            "n_unary": Number(2, 20, whole=True),
            "n_binary": Number(2, 20, whole=True),
            "weight_sparsity": Number(0.7, 0.999),
            "input_sparsity": Number(0.6, 0.99),
            **_NODES_OF_TARGETS,
        },
        {
            "unary_operators": _IMAGES,
            "binary_operators": _BINARY,
            "loss": "mse",
            "learning_rate": 0.005,
            "batch_size": 256,
            "max_iter": 180,
        },
    )


def _svhn() -> Space:
    """Section IV.C.2, the digits 1 and 7: one layer, one output."""
    return Space(
        {
            "n_unary": Number(2, 20, whole=True),
            "n_binary": Number(2, 10, whole=True),
            "weight_sparsity": Number(0.8, 0.999),
            "input_sparsity": Number(0.8, 0.999),
            **_NODES_OF_TARGETS,
        },
        {
            "n_layers": 1,
            "unary_operators": _IMAGES,
            "binary_operators": _BINARY,
            "loss": "mse",
            "learning_rate": 0.005,
            "batch_size": 256,
            "max_iter": 180,
        },
    )


def _general() -> Space:
    """For other data; not the paper's."""
    return Space(
        {
            "n_unary": Number(2, 20, whole=True),
            "n_binary": Number(2, 10, whole=True),
            "weight_sparsity": Number(0.6, 0.99),
            "input_sparsity": Number(0.0, 0.9),
            **_NODES_OF_TARGETS,
            "learning_rate": Number(1e-3, 1e-2, log=True),
        },
        {"n_layers": 1, "unary_operators": _IMAGES, "binary_operators": _BINARY},
    )


PRESETS = {"jets": _jets, "mnist": _mnist, "svhn": _svhn, "general": _general}
_OF_DATA_SETS = {"lhc_jets": "jets", "lhc_jets_sim": "jets", "mnist": "mnist", "svhn_1v7": "svhn"}


def preset(name: str) -> Space:
    """The paper's ranges for "jets", "mnist" or "svhn", or those for data of any kind, "general".

    Parameters
    ----------
    name : str

    Returns
    -------
    Space

    Raises
    ------
    UnknownNameError
        For another name.
    """
    if name not in PRESETS:
        raise UnknownNameError(f"no preset {name!r}; {did_you_mean(name, PRESETS)}")
    return PRESETS[name]()


def preset_for(data: str) -> str:
    """The preset that suits a data set of this name; "general" for any other data."""
    return _OF_DATA_SETS.get(data, "general")
