"""Table IV as it came out: ours and the paper's in columns of their own, and the page that holds it."""

__all__ = ["Results", "grid_of", "page4", "statement", "summary4"]

from collections.abc import Mapping, Sequence
from typing import Any

from symbolnet.hardware import LATENCY_LABEL
from symbolnet.reproduce._configs import CONFIGS
from symbolnet.reproduce._table4_plan import FIGURES, Circuit4, Entry4, Plan4
from symbolnet.reproduce._table4_stages import Result, Setting4
from symbolnet.reproduce._tables import Grid, shown

COLUMNS = ("formulas, this run", "formulas, published", "QP network, this run", "QP network, published")
_CAPTION = (
    "Table IV: circuits of formulas and of quantised and pruned (QP) networks. Published: the paper's figures, from "
    "Vivado HLS. This run: Yosys for UltraScale+, no DSP blocks allowed; latency is cycles of 5 ns, not timing-closed."
)

Results = Mapping[str, Mapping[str, Result]]
"""Name of the data set → key of the stage → what it gave."""


def grid_of(settings: Sequence[Setting4], results: Results) -> Grid:
    """The whole table, a line a figure and data set."""
    rows = [
        (setting.data.title, name, *cells)
        for setting in settings
        for name, *cells in _rows(setting, results[setting.entry.name])
    ]
    return Grid(_CAPTION, ("data", "figure", *COLUMNS), tuple(rows))


def _rows(setting: Setting4, found: Mapping[str, Result]) -> list[tuple[str, ...]]:
    entry = setting.entry
    cells = (
        _formula_cells(setting, found), _published(entry, entry.formula),
        _network_cells(setting, found), _published(entry, entry.network),
    )  # fmt: skip
    return [(name, *(column.get(key, "–") for column in cells)) for key, name in FIGURES.items()]


def _published(entry: Entry4, row: Circuit4 | None) -> dict[str, str]:
    if row is None:
        return {}
    counts = {key: f"{getattr(row, key):,}" for key in ("lut", "ff", "dsp", "bram", "ii")}
    return {
        "model": row.model,
        "precision": row.precision,
        **counts,
        "latency": row.latency,
        "relative": f"{row.relative:g} %",
        "tool": "Vivado HLS 2020.1",
        "data": entry.published_data,
    }


def _formula_cells(setting: Setting4, found: Mapping[str, Result]) -> dict[str, str]:
    fit, circuit = found["formula"], found["formula-circuit"]
    n = len(setting.data.task.output_names)
    return {
        "model": f"{'mean complexity' if n > 1 else 'complexity'} {fit['complexity']:.1f}",
        "inputs": f"{fit['n_inputs']} of {len(setting.data.task.input_names):,}, raw",
        "precision": f"{_bits(circuit['widths']['inputs'])} in, {_bits(circuit['widths']['outputs'])} out",
        **_shared_cells(setting, found, circuit),
        "exact": _exactness(circuit),
    }


def _network_cells(setting: Setting4, found: Mapping[str, Result]) -> dict[str, str]:
    fit, circuit, entry = found["network"], found["network-circuit"], setting.entry
    n = len(setting.small.input_names)
    seen = f"{n} means of {entry.pool} x {entry.pool} pixels" if entry.pool else f"{n}, standardised"
    own = f", circuit by HGQ2 itself {fit['da4ml_mismatches']} of the first 2,000" if "da4ml_mismatches" in fit else ""
    return {
        "model": f"{'-'.join(map(str, entry.hgq.hidden))}, {100 * fit['sparsity']:.0f} % pruned, "
        f"{fit['n_weights']:,} weights left",
        "inputs": f"{seen}, made outside the circuit",
        "precision": f"<6, 0>; {_bits(circuit['widths']['inputs'])} in, {_bits(circuit['widths']['outputs'])} out",
        **_shared_cells(setting, found, circuit),
        "exact": f"{_exactness(circuit)}; Keras differs in {circuit['keras_mismatches']} of {circuit['keras_rows']:,} "
        f"test rows{own}",
    }


def _shared_cells(setting: Setting4, found: Mapping[str, Result], circuit: Result) -> dict[str, str]:
    metric = setting.judge.metric
    reference = found["reference"]
    stages = circuit["stages"]
    counts = {key: f"{circuit[key]:,}" for key in ("lut", "ff", "dsp", "bram") if circuit[key] is not None}
    return {
        **counts,
        "guess": f"{circuit['guess']:,}",
        "ii": "1",
        "latency": f"{circuit['latency_ns']:g} ns ({stages} cycle{'s' if stages != 1 else ''})",
        "score": shown(circuit[metric], metric),
        "reference": f"{shown(reference[metric], metric)} ({reference['name']})",
        "relative": f"{100 * circuit[metric] / reference[metric]:.1f} %",
        "tool": _tool(circuit),
        "data": f"{setting.data.title}, {setting.data.held_out}",
    }


def _tool(circuit: Result) -> str:
    return "Yosys took too long" if circuit["tool"] is None else str(circuit["tool"]).split(" (git")[0]


def _lut(circuit: Result) -> tuple[int, str]:
    """LUTs and how they are told: counted by Yosys, or guessed by da4ml where that did not end."""
    if circuit["lut"] is None:
        return circuit["guess"], f"{circuit['guess']:,} LUT (da4ml's guess; Yosys took too long)"
    return circuit["lut"], f"{circuit['lut']:,} LUT"


def _bits(widths: Sequence[int]) -> str:
    low, high = min(widths), max(widths)
    return f"{low} bits" if low == high else f"{low} to {high} bits"


def _exactness(circuit: Result) -> str:
    wrong = sum(count for name, count in circuit["mismatches"].items() if name != "rtl")
    names = {"da4ml": "da4ml", "c": "C", "verilator": "Verilator", "icarus": "Icarus"}
    models = ", ".join(names.get(name, name) for name in circuit["mismatches"] if name != "rtl")
    return f"{wrong} mismatches in {circuit['vectors']:,} vectors ({models})"


def summary4(settings: Sequence[Setting4], results: Results, plan: Plan4, about: Mapping[str, Any]) -> str:
    """The page without links, for a folder of its own."""
    quick = " --quick" if plan.quick else ""
    lines = [
        "# Table IV: formulas and quantised, pruned networks as circuits",
        "",
        f"Written by `symbolnet reproduce table4{quick}` on {about['date'][:10]} in {about['seconds'] / 60:.1f} "
        f"minutes on {about['machine']['cores']} cores ({about['machine']['processor']}).",
        "",
        *(["**A quick run: it shows that everything works and measures nothing.**", ""] if plan.quick else []),
        *_missing(settings, plan),
        "Columns called *this run* are ours: trained, lowered, verified and synthesised by this command. Those called "
        "*published* are the paper's Table IV as printed: the original data, hls4ml, QKeras and Vivado HLS. The two "
        "differ in data, tools and, for images, in the network; compare within a pair of columns of one kind first.",
        "",
    ]
    for setting in settings:
        found = results[setting.entry.name]
        rows = tuple(_rows(setting, found))
        title = setting.data.title[:1].upper() + setting.data.title[1:]
        lines += [f"## {title}", ""]
        if setting.data.caveat:
            lines += [setting.data.caveat, ""]
        lines += [statement(setting, found), ""]
        lines += Grid("", ("figure", *COLUMNS), rows).markdown().strip().splitlines()
        lines.append("")
    return "\n".join([*lines, *_method(plan)])


def _missing(settings: Sequence[Setting4], plan: Plan4) -> list[str]:
    done = {setting.entry.name for setting in settings}
    left = [CONFIGS[entry.name].title for entry in plan.entries if entry.name not in done]
    if not left:
        return []
    return [f"**Not made yet: {', '.join(left)}.** The same command with `--resume` goes on.", ""]


def statement(setting: Setting4, found: Mapping[str, Result]) -> str:
    """What the pair of this run says."""
    ours, network = found["formula-circuit"], found["network-circuit"]
    metric = setting.judge.metric
    name = "accuracy" if metric == "accuracy" else "AUC"
    (few, told), (many, other_told) = _lut(ours), _lut(network)
    text = (
        f"In this run the formulas take {told} and {ours['latency_ns']:g} ns at {shown(ours[metric], metric)} {name}, "
        f"the network {other_told} and {network['latency_ns']:g} ns at {shown(network[metric], metric)}: a factor of "
        f"{many / few:.1f} in LUT and of "
        f"{network['latency_ns'] / ours['latency_ns']:.1f} in latency."
    )
    row, other = setting.entry.formula, setting.entry.network
    if row is not None and other is not None:
        text += f" Published: a factor of {other.lut / row.lut:.1f} in LUT."
    return text


def _method(plan: Plan4) -> list[str]:
    epochs = ", ".join(f"{entry.name} {entry.hgq.epochs}" for entry in plan.entries)
    reference = ", ".join(f"{entry.name} {entry.reference_epochs}" for entry in plan.entries)
    return [
        "## How it was made",
        "",
        "- **Formulas**: `SymbolNetClassifier(max_complexity=…)` with the complexity that the paper's row has, all "
        "else default; the precision is searched on the rows to fit on, and the smallest circuit within half a "
        "percent of the formulas is taken.",
        "- **Network**: dense layers trained with HGQ2 on Keras and JAX, with its bits fixed to the paper's: weights "
        "of 6 bits in [-1, 1), activations of 6 bits in [0, 1). Weights of smallest magnitude are pruned layer by "
        f"layer during training, of the output layer fewer. Epochs: {epochs}. The paper has a CNN for the images; "
        "unrolled into one pipeline it would not fit the time, so they too get the dense network, on means of pixels. "
        "Means, standardisation and rounding of its inputs are done before the circuit and cost nothing here, which "
        "favours the network.",
        "- **Reference**: 64-32-32 in floating point, not pruned, on the inputs of the network; the relative figures "
        f"of both of our columns refer to it. Epochs: {reference}. The paper's refer to its own network in floating "
        "point.",
        "- **Circuits**: both kinds take the same way: a program of integers, da4ml, RTL, the same Yosys. Test rows "
        "and random vectors through da4ml, C, Verilator and Icarus have to give the bits of the emulator; the "
        "emulator has to give what Keras gives on every test row, and so has the circuit that HGQ2 makes of its model "
        "by itself.",
        f"- **Latency** is {LATENCY_LABEL}; LUT is the sum of LUT1 to LUT6 by Yosys, an estimate of what Vivado would "
        "report. The published figures are estimates of Vivado HLS.",
        "",
    ]


def page4(summary: str) -> str:
    """README.md of the folder."""
    files = [
        "## Files",
        "",
        "- [table4.md](table4.md): this page without the list of files",
        "- [tables/](tables): the table as Markdown, CSV and LaTeX",
        "- [circuits/](circuits): a bundle a circuit; `symbolnet verify` and `symbolnet synth` take each of them",
        "- [models/](models): the fitted models (`symbolnet show` takes those of formulas) and the networks' weights",
        "- [stages/](stages): the numbers of each stage; `--resume` reads them",
        "- [settings.json](settings.json): every setting, versions, machine",
        "",
    ]
    return summary + "\n".join(files)
