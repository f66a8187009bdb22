"""`symbolnet fit --from-scan`: a trial of a scan, trained again as a run of its own."""

__all__ = ["fit_from_scan"]

from pathlib import Path
from typing import Any

from symbolnet.cli._runs import new_run
from symbolnet.cli._training import Fitted


def fit_from_scan(
    scan: str, index: int | None, data: str | None, out: Path, *, overwrite: bool
) -> tuple[Fitted, Any, bool]:
    """Train trial `index` of a scan again and keep it in the run folder `out`.

    Returns
    -------
    the fitted run, the scan's row of the trial, whether the formulas are the same to the last digit
    """
    from symbolnet.cli._data import read_to_train
    from symbolnet.cli._scan_setup import read_source
    from symbolnet.cli._training import plain_parameters
    from symbolnet.estimators._persistence import write_run
    from symbolnet.search import open_scan, refit

    study, _ = open_scan(scan)
    try:
        source = study.document["source"]
        arrays = read_source(source, data)
        estimator, row, same = refit(study, arrays, index)
    finally:
        study.close()
    place = data or str(source["data"])
    config = {
        "estimator": type(estimator).__name__,
        "parameters": plain_parameters(estimator, {}),
        **{name: source[name] for name in ("target", "task", "n_rows", "n_inputs", "class_names")},
        "data": place,
        "checksum": read_to_train(place, source["target"], float("inf")).checksum(),
        "from_scan": {"scan": scan, "trial": row.index, "seed": row.seed, "versions": row.versions},
    }
    with new_run(out, config, overwrite=overwrite):
        estimator.run_dir = out
        write_run(estimator)
    return Fitted(estimator, config, None), row, same
