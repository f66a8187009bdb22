"""What every test runs under: the CPU, no data sets of this machine, and shapes and types checked at run time."""

import os
from pathlib import Path

os.environ.setdefault("JAX_PLATFORMS", "cpu")
os.environ.pop("SYMBOLNET_DATA_DIR", None)  # a test never depends on what a machine happens to hold

from hypothesis import HealthCheck, settings
from jaxtyping import install_import_hook

# Every function and record of the package checks its annotations, shapes included, while the tests run; but for the
# constructors of the estimators, which by scikit-learn's contract take anything and check it in `fit`.
SOURCE = Path(__file__).parents[1] / "src" / "symbolnet"
CHECKED = [
    ".".join(("symbolnet", *file.relative_to(SOURCE).with_suffix("").parts))
    for file in SOURCE.rglob("_*.py")
    if file.name not in ("__init__.py", "__main__.py") and file.relative_to(SOURCE).as_posix() != "estimators/_base.py"
]
install_import_hook(CHECKED, "typechecking.typecheck")

# No deadline: the first example of a property often pays for a compilation.
settings.register_profile(
    "symbolnet", deadline=None, max_examples=40, print_blob=True, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("symbolnet")
