"""The verbs of `symbolnet scan` that look: status, pareto, export."""

__all__ = ["export", "pareto", "print_front", "status", "status_document"]

import shlex
from pathlib import Path
from typing import Any

import click

from symbolnet.cli._output import Column, columns_that_fit, note, paragraph, print_json, say, spread, table
from symbolnet.cli._verb import as_json

_SYMBOLS = {
    "n_layers": "L",
    "n_unary": "u",
    "n_binary": "b",
    "weight_sparsity": "αw",
    "input_sparsity": "αi",
    "unary_sparsity": "αu",
    "binary_sparsity": "αb",
    "sparsity_decay": "d",
    "learning_rate": "rate",
    "max_complexity": "budget",
}
"""The paper's symbols, for narrow columns."""

_MOST_ROWS = 20
"""Of a front that is printed; hundreds of trials make fronts of a hundred models."""

_folder = click.argument("folder", metavar="SCAN")
_storage = click.option("--storage", metavar="URL", help="The storage again, where its URL needs a password.")


@click.command(short_help="How far a scan is, and who runs it.")
@_folder
@_storage
@as_json
def status(folder: str, storage: str | None, as_json: bool) -> None:
    """Print how many trials of SCAN have ended, and how."""
    from symbolnet.search import open_scan

    study, _ = open_scan(folder, storage)
    document = status_document(folder, study)
    study.close()
    if as_json:
        print_json(document)
        return
    counts = document["trials"]
    say(f"scan {folder}: study {document['study']!r} in {document['storage']}")
    ended = f"{document['done']} of {document['n_trials']} trials have ended"
    say(f"{ended}: {counts['complete']} complete, {counts['pruned']} stopped early, {counts['failed']} failed")
    if document["lost"]:
        say(f"{document['lost']} attempts were lost with their workers and asked again")
    say(f"front of {', '.join(document['objectives'])}: {document['front']} models")
    by = document["run_by"]
    if by is not None:
        say(f"{counts['running']} trials are running; run by process {by['pid']} on {by['host']}")
    elif document["done"] < document["n_trials"]:
        say(f"nobody runs it; symbolnet scan resume {shlex.quote(folder)} goes on")


@click.command(short_help="The front of a scan.")
@_folder
@_storage
@click.option("--figure", metavar="FILE", help="Draw all trials and the front as well (.png, .pdf, .svg).")
@as_json
def pareto(folder: str, storage: str | None, figure: str | None, as_json: bool) -> None:
    """Print the trials of SCAN that no other beats, simplest first, and as many of their parameters as there is room.

    The metric is that of the formulas on the validation samples; complexity is the mean number of nodes per formula.
    """
    from symbolnet.search import open_scan

    study, kept = open_scan(folder, storage)
    try:
        if figure is not None:
            _draw(study, figure)
        if as_json:
            print_json({**status_document(folder, study), "models": _models(study, kept)})
        else:
            print_front(folder, study)
    finally:
        study.close()
    if figure is not None:
        note(f"figure in {figure}")


@click.command(short_help="All trials of a scan as a table, .csv or .json.")
@_folder
@click.option("--out", required=True, metavar="FILE", help="FILE.csv or FILE.json.")
@click.option("--front", is_flag=True, help="Only the front.")
@_storage
def export(folder: str, out: str, front: bool, storage: str | None) -> None:
    """Write the trials of SCAN that have ended to FILE: parameters, seed, results, formulas.

    Formulas of more than 2,000 nodes in all are there for the front alone; for other trials the column reason says how
    to get them.
    """
    from symbolnet._errors import SymbolNetError
    from symbolnet.io import atomic_write, json_text
    from symbolnet.search import front_rows, open_scan, scan_rows

    suffix = Path(out).suffix.lower()
    if suffix not in (".csv", ".json"):
        raise SymbolNetError(f"{out}: unknown kind of table {suffix!r}; known: .csv, .json")
    study, kept = open_scan(folder, storage)
    rows = front_rows(study) if front else scan_rows(study)
    records = [_record(row, study.plan, kept) for row in rows]
    study.close()
    if suffix == ".json":
        atomic_write(out, json_text(records) + "\n")
    else:
        import pandas as pd

        flat = [{k: v for k, v in record.items() if not isinstance(v, dict)} | record["params"] for record in records]
        for record in flat:
            record["equations"] = " ; ".join(record["equations"] or [])
            record["complexities"] = " ".join(str(c) for c in record["complexities"])
        atomic_write(out, pd.DataFrame(flat).to_csv(index=False))
    short = sum(record["state"] == "complete" and not record["equations"] for record in records)
    note(f"{len(records)} trials in {out}" + (f"; {short} without their formulas, see its column reason" * (short > 0)))


def status_document(folder: str, study: Any) -> dict[str, Any]:
    """The state of a scan as one JSON document."""
    from symbolnet.search._front import Front
    from symbolnet.search._lease import KEY, alive
    from symbolnet.search._schedule import Schedule
    from symbolnet.search._summary import count_states

    counts, front = count_states(study), Front()
    for index, entry in study.entries.items():
        if entry.state == "complete":
            front.offer(index, entry.values)
    lease = study.guarded(lambda: study.storage.optuna.get_study_user_attrs(study.study_id)).get(KEY) or {}
    held = bool(lease) and not lease.get("ended") and alive(lease)
    return {
        "scan": folder,
        "study": study.name,
        "storage": study.storage.location.shown,
        "data": study.document["source"].get("data"),
        "metric": study.plan.metric,
        "objectives": [study.plan.metric, "complexity", *study.plan.extra],
        "sampler": study.plan.sampler,
        "n_trials": Schedule(study).n_trials,
        "done": counts["complete"] + counts["pruned"] + counts["failed"],
        "trials": counts,
        "lost": sum(study.attempts.values()),
        "front": len(front.members),
        "run_by": {"pid": lease["pid"], "host": lease["host"]} if held else None,
    }


def print_front(folder: str, study: Any) -> None:
    """The table of the front."""
    from symbolnet.estimators._reading import LABELS
    from symbolnet.search import front_rows
    from symbolnet.search._front import ModelStore
    from symbolnet.search._summary import count_states

    rows, counts = front_rows(study), count_states(study)
    ended = f"{counts['complete']} complete, {counts['pruned']} stopped early, {counts['failed']} failed"
    if not rows:
        say(f"no trial is complete yet ({ended})")
        return
    names = list(study.plan.space.parameters)
    headings = ["trial", LABELS[study.plan.metric], "complexity", *study.plan.extra, "inputs"]
    symbols = [_SYMBOLS.get(name, name) for name in names]
    printed = [rows[place] for place in spread(len(rows), _MOST_ROWS)]
    cells = [
        [
            str(row.index),
            f"{row.result.metric:.4f}",
            f"{row.result.complexity:.1f}",
            *(f"{value:.0f}" if value == round(value) else f"{value:.4g}" for value in row.result.extra),
            str(row.result.n_inputs),
            *(_short(row.params[name]) for name in names),
        ]
        for row in printed
    ]
    columns = [Column(heading) for heading in [*headings, *symbols]]
    fitting = max(len(headings), columns_that_fit(columns, cells))
    table(columns[:fitting], [row[:fitting] for row in cells])
    say()
    shown = fitting - len(headings)
    meaning = [f"{symbol}: {name}" for symbol, name in list(zip(symbols, names, strict=True))[:shown] if symbol != name]
    meaning += ["luts: those of an FPGA, guessed for 6 bits"] * ("luts" in study.plan.extra)
    if meaning:
        paragraph(", ".join(meaning))
    count = sum(counts.values()) - counts["running"]
    paragraph(f"{len(rows)} models on the front of {count} trials: {ended}")
    left = [f"{len(rows) - len(printed)} models between these"] * (len(printed) < len(rows)) + names[shown:]
    if left:
        paragraph(f"not shown: {', '.join(left)}")
        say(f"all of it: symbolnet scan export {shlex.quote(folder)} --front --out FILE.csv")
    best, kept = rows[-1].index, ModelStore(Path(folder) / "models")
    if kept.path(best).is_file():
        say(f"formulas of trial {best}: symbolnet show {shlex.quote(str(kept.path(best)))}")
    else:
        say(f"formulas of trial {best}: {kept.path(best)} is missing")
    say(f"the same fit again: symbolnet fit --from-scan {shlex.quote(folder)} --index {best} --out RUN")


def _models(study: Any, kept: Any) -> list[dict[str, Any]]:
    from symbolnet.search import front_rows

    models = []
    for row in front_rows(study):
        file = kept.models.path(row.index)
        models.append({**_record(row, study.plan, kept), "model": str(file) if file.exists() else None})
    return models


def _record(row: Any, plan: Any, kept: Any) -> dict[str, Any]:
    result = row.result
    equations, reason = result.equations, result.reason
    if result.state == "complete" and equations is None:
        equations, reason = _long_equations(row, kept)
    # A trial that did not complete has no further costs.
    extra = dict(zip(plan.extra, result.extra or [None] * len(plan.extra), strict=True))
    return {
        "index": row.index,
        "state": result.state,
        "reason": reason,
        plan.metric: result.metric,
        "loss": result.loss,
        "complexity": result.complexity,
        "complexities": result.complexities,
        **extra,
        "n_inputs": result.n_inputs,
        "pareto": row.pareto,
        "epochs": result.epochs,
        "seed": row.seed,
        "seconds": round(result.seconds, 3),
        "params": row.params,
        "settings": row.settings,
        "versions": row.versions,
        "data": row.data,
        "digest": result.digest,
        "equations": equations,
    }


def _long_equations(row: Any, kept: Any) -> tuple[list[str] | None, str]:
    """Formulas that only a model file holds, or why there are none."""
    from symbolnet import load
    from symbolnet._errors import SymbolNetError

    again = f"symbolnet fit --from-scan {shlex.quote(str(kept.path))} --index {row.index} --out RUN trains them again"
    file = kept.models.path(row.index)
    if not row.pareto:
        return None, f"the formulas are too long to be kept of a trial that is not on the front; {again}"
    if not file.is_file():
        return None, f"the formulas were in {file}, which is missing; {again}"
    try:
        return list(load(file).expression().text(digits=4)), ""
    except SymbolNetError as error:
        return None, f"{error}; {again}"


def _short(value: Any) -> str:
    return f"{value:.3g}" if isinstance(value, float) else str(value)


def _draw(study: Any, figure: str) -> None:
    import pandas as pd

    from symbolnet.cli._figure import figure_form, save_figure
    from symbolnet.plots import pareto_front
    from symbolnet.search import scan_rows

    figure_form(figure)  # a wrong name is told before anything is drawn
    rows = [row.result for row in scan_rows(study) if row.result.state == "complete"]
    frame = pd.DataFrame({"complexity": [r.complexity for r in rows], study.plan.metric: [r.metric for r in rows]})
    save_figure(figure, pareto_front(frame, y=study.plan.metric, title=f"{study.name}: {len(rows)} trials"))
