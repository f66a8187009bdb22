"""scikit-learn's estimator checks for the classifier and the regressor: how many pass, how many fail for a written
reason.

The reasons are those of tests/estimators/test_sklearn.py.
"""

import argparse
import runpy
import warnings
from collections import Counter
from pathlib import Path

from benchmarks._bar import Bar, main

_TESTS = Path(__file__).parents[1] / "tests" / "estimators" / "test_sklearn.py"
_MOST = 3


def measure(options: argparse.Namespace) -> list[Bar]:
    from sklearn.utils.estimator_checks import check_estimator

    from symbolnet import SymbolNetClassifier, SymbolNetRegressor

    reasons: dict[str, str] = runpy.run_path(str(_TESTS))["EXPECTED_FAILURES"]
    estimators = [SymbolNetClassifier(), SymbolNetRegressor()]
    if options.quick:
        estimators = [SymbolNetClassifier(max_iter=1, n_unary=1, n_binary=1)]
    counts: Counter[str] = Counter()
    unexpected = []
    for estimator in estimators:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            results = check_estimator(estimator, expected_failed_checks=reasons, on_fail=None, on_skip=None)
        counts.update(result["status"] for result in results)
        unexpected += [result["check_name"] for result in results if result["status"] == "failed"]
    failing = f"; failing: {', '.join(sorted(set(unexpected)))}" if unexpected else ""
    return [
        Bar(
            "scikit-learn contract, both estimators",
            f"all checks pass but for at most {_MOST} with a written reason",
            f"{counts['passed']} passed, {counts['xfail']} expected failures ({len(reasons)} kind), "
            f"{counts['skipped']} not applicable, {counts['failed']} failed{failing}",
            not unexpected and len(reasons) <= _MOST,
            dict(counts),
        )
    ]


if __name__ == "__main__":
    main(measure)
