"""`symbolnet export`: the formulas as a circuit, in a folder that needs nothing else."""

__all__ = ["export"]

import shlex
from dataclasses import replace
from typing import Any

import click

from symbolnet.cli._output import Column, note, paragraph, print_json, say, spread, table
from symbolnet.cli._verb import as_json, index_option, run_argument

_MOST_SECONDS = 90.0
"""Of precision search, for formulas of hundreds of inputs; smaller ones end by --effort, alike on every machine."""

_MOST_ROWS = 15
"""Of the circuits that the search found."""


@click.command(short_help="The formulas as a circuit: RTL, testbench, C model.")
@run_argument
@index_option
@click.option("--to", default="verilog", show_default=True, metavar="TARGET", help="verilog, c, hls4ml or vitis.")
@click.option(
    "--precision",
    default="auto",
    show_default=True,
    metavar="P",
    help="auto, or one format for inputs and outputs such as 'ap_fixed<12,8>', which hls4ml and vitis need.",
)
@click.option("--out", required=True, metavar="DIR", help="A new folder.")
@click.option("--data", metavar="DATA", help="Validation data; that of the training without it.")
@click.option("--max-luts", type=float, metavar="N", help="auto: the most accurate within N LUTs, as Yosys counts.")
@click.option("--max-latency-ns", type=float, metavar="T", help="At most so long: clock cycles times --clock-ns.")
@click.option("--effort", type=int, default=2500, show_default=True, metavar="N", help="Precisions that auto tries.")
@click.option("--clock-ns", type=float, metavar="T", help="The assumed clock.  [default: that of the fit, or 5]")
@click.option("--part", metavar="PART", help="The device.  [default: xcvu9p-flga2577-2-e]")
@click.option("--overwrite", is_flag=True, help="Replace a bundle in DIR.")
@as_json
def export(
    run: str,
    index: int | None,
    to: str,
    precision: str,
    out: str,
    data: str | None,
    max_luts: float | None,
    max_latency_ns: float | None,
    effort: int,
    clock_ns: float | None,
    part: str | None,
    overwrite: bool,
    as_json: bool,
) -> None:
    """Write a folder with the circuit of RUN's formulas, for raw inputs in the units of the data.

    With --precision auto, bits are taken away where that costs the least accuracy on DATA for the LUTs that it saves;
    the smallest circuit within half a percent of the formula is written, or the best within the limits. A run of
    symbolnet fit --max-luts brings its circuits: without --data or new limits, auto means those.
    """
    from symbolnet._errors import SymbolNetError
    from symbolnet.cli._runs import open_run
    from symbolnet.estimators._reading import output_names
    from symbolnet.hardware import auto_precision, export, find_target, parse_format, score_of_model
    from symbolnet.hardware import check_out as free

    for name, value in (
        ("--max-luts", max_luts),
        ("--max-latency-ns", max_latency_ns),
        ("--clock-ns", clock_ns),
        ("--effort", effort),
    ):
        if value is not None and not 0 < value < float("inf"):
            raise SymbolNetError(f"{name} {value:g} must be a positive number")
    target = find_target(to)
    auto = precision.strip() == "auto"
    form = None if auto else parse_format(precision)
    if not auto and (max_luts is not None or max_latency_ns is not None):
        raise SymbolNetError(f"--precision {precision} leaves nothing to choose within limits; give --precision auto")
    if auto and target.semantics == "hls4ml":
        raise SymbolNetError(f"--to {to} has one format for everything; give --precision, e.g. 'ap_fixed<16,6>'")
    free(out, overwrite=overwrite)
    opened = open_run(run)
    names = output_names(opened.model, opened.config)  # as symbolnet show prints them
    expression = opened.model.expression(index).with_names(output_names=names)
    circuit = _of_the_fit(opened.model, index)
    clock_ns = clock_ns or (5.0 if circuit is None else circuit.clock_ns)
    kept = circuit is not None and auto and (data, max_luts, max_latency_ns) == (None, None, None)
    # Where auto does not need it, for ranges and vectors, and to say what a given precision is worth.
    X, y = _data(opened, data, need=auto and not kept)
    told: dict[str, Any] = {"run": run, "out": out, "to": to}
    chosen: Any = form
    if kept:
        chosen = replace(circuit.program, output_names=tuple(names))
        counted = to == "verilog" and clock_ns == circuit.clock_ns
        told |= _told_of_the_fit(circuit, opened.model._metric, counted=counted)
    elif auto:
        rows = _rows(len(X))
        score = score_of_model(opened.model, y[rows])
        result = auto_precision(
            expression, X[rows], score, clock_ns=clock_ns, max_luts=max_luts, max_latency_ns=max_latency_ns,
            effort=effort, time_limit=_MOST_SECONDS,
        )  # fmt: skip
        chosen = result.chosen.program
        told |= _told(result, opened.model._metric)
    options = {} if part is None else {"part": part}
    name = f"row {opened.model.best_index_ if index is None else index} of {run}"
    bundle = export(
        expression, out, to=to, precision=chosen, X=X, clock_ns=clock_ns, name=name, overwrite=overwrite, **options
    )
    if form is not None and y is not None:
        told |= _worth(bundle.program, expression, score_of_model(opened.model, y), X, opened.model._metric)
    told |= {key: bundle.manifest[key] for key in ("stages", "estimated_lut") if key in bundle.manifest}
    told |= {"inputs": [str(f) for f in bundle.program.input_formats]}
    told |= {"outputs": [str(f) for f in bundle.program.output_formats]}
    if as_json:
        print_json(told)
        return
    _print(told, bundle, clock_ns, limited=(max_luts, max_latency_ns) != (None, None))


def _data(opened: Any, data: str | None, *, need: bool) -> tuple[Any, Any]:
    """Validation data: DATA, or what the run was trained on; never its test part."""
    import numpy as np

    from symbolnet._errors import SymbolNetError

    source = data or opened.config.get("data")
    if source is None:
        if need:
            raise SymbolNetError(
                f"{opened.path}: does not know its data, which --precision auto needs; give --data DATA"
            )
        return None, None
    try:
        found = _read(source, opened, need=need)
    except SymbolNetError as error:
        if data is None and not need:
            note(f"symbolnet: warning: {source} is not used for ranges and vectors: {error}")
            return None, None
        raise
    if found.streamed:
        raise SymbolNetError(f"{source}: too large for one piece; give a part of it with --data")
    return np.asarray(found.X), found.y


def _read(source: str, opened: Any, *, need: bool) -> Any:
    """The data, with targets where it has them."""
    from symbolnet._errors import SymbolNetError
    from symbolnet.cli._data import read_new

    try:
        return read_new(source, opened.model, opened.config, (), "train", y=True)
    except SymbolNetError:
        if need:
            raise
        return read_new(source, opened.model, opened.config, (), "train", y=False)


def _rows(count: int) -> Any:
    from symbolnet.hardware import sample_rows

    return sample_rows(count)


def _told(result: Any, metric: str) -> dict[str, Any]:
    chosen = result.chosen
    front = [{"lut": round(c.lut), "ff": c.ff, "stages": c.stages, metric: c.score} for c in result.front]
    return {
        "metric": metric,
        "exact": result.exact,
        metric: chosen.score,
        "guessed_lut": round(chosen.lut),
        "synthesised_lut": None if result.synthesis is None else result.synthesis.lut,
        "precision": chosen.precision.to_json(),
        "front": front,
    }


def _of_the_fit(model: Any, index: int | None) -> Any:
    """The circuit of a row, of a fit by LUTs; None where there is none, or no logic in it."""
    circuit = model.models_[model.best_index_ if index is None else index].circuit
    return circuit if circuit is not None and circuit.program is not None else None


def _told_of_the_fit(circuit: Any, metric: str, *, counted: bool) -> dict[str, Any]:
    """What the fit found; its count of LUTs is that of its own clock."""
    from symbolnet.hardware import ESTIMATE

    found = None if circuit.counted_by == ESTIMATE or not counted else circuit.luts
    return {"metric": metric, metric: circuit.score, "guessed_lut": circuit.luts, "synthesised_lut": found}


def _worth(program: Any, expression: Any, score: Any, X: Any, metric: str) -> dict[str, Any]:
    """What a circuit of a given precision is worth on the data, and its formula."""
    from symbolnet.hardware import emulate

    return {"metric": metric, metric: score(emulate(program, X)), "exact": score(expression(X))}


def _print(told: dict[str, Any], bundle: Any, clock_ns: float, *, limited: bool) -> None:
    from symbolnet.hardware import LATENCY_LABEL
    from symbolnet.hardware._search import TOLERANCE

    if "front" in told:
        metric = told["metric"]
        columns = [Column("LUT, guessed"), Column("flip-flops"), Column("cycles"), Column(metric)]
        front, chosen = told["front"], (told["guessed_lut"], told[metric])
        stars = ["*" if (row["lut"], row[metric]) == chosen else " " for row in front]
        printed = sorted({*spread(len(front), _MOST_ROWS), *(k for k, star in enumerate(stars) if star == "*")})
        cells = [(f"{front[k]['lut']}{stars[k]}", front[k]) for k in printed]
        table(columns, [[lut, str(row["ff"]), str(row["stages"]), f"{row[metric]:.4f}"] for lut, row in cells])
        part = f" {len(printed)} of {len(front)} circuits are shown; --json has all." * (len(printed) < len(front))
        say()
        paragraph(f"* written. The formula itself: {metric} {told['exact']:.4f}.{part}")
        if told["exact"] - told[metric] > TOLERANCE and not limited:
            note(
                f"symbolnet: warning: no precision tried comes within {100 * TOLERANCE:g} % of the formula; "
                "look at the ranges of the inputs, or give more --effort"
            )
    elif "exact" in told:
        metric = told["metric"]
        say(f"{metric} of the circuit {told[metric]:.4f}, of the formula itself {told['exact']:.4f}.")
        if told["exact"] - told[metric] > TOLERANCE:
            note("symbolnet: warning: this format is too coarse for the formula, or too small; try others of more bits")
    elif "guessed_lut" in told:
        metric = told["metric"]
        say(f"The circuit that the fit chose: {metric} {told[metric]:.4f}, {told['guessed_lut']} LUT.")
    if told.get("synthesised_lut") is not None:
        say(f"Yosys counts {told['synthesised_lut']} LUT.")
    if "stages" in told:
        cycles = told["stages"]
        plural = "" if cycles == 1 else "s"
        total = f"{cycles * clock_ns:g} ns, {LATENCY_LABEL}"
        say(f"{cycles} cycle{plural} of {clock_ns:g} ns: {total}")
    place = shlex.quote(str(bundle.path))
    count = f", count resources with symbolnet synth {place}" if "stages" in told else ""
    note(f"{bundle.path}: verify with symbolnet verify {place}{count}")
