"""The paper's data sets, and small ones that need no download."""

from symbolnet.datasets._formulas import FormulaProblem, make_problem, problem, problem_names
from symbolnet.datasets._load import cache_folder, describe, full_name, image_shape, load, names
from symbolnet.datasets._record import Dataset, DatasetInfo

__all__ = [
    "Dataset",
    "DatasetInfo",
    "FormulaProblem",
    "cache_folder",
    "describe",
    "full_name",
    "image_shape",
    "load",
    "make_problem",
    "names",
    "problem",
    "problem_names",
]
