"""Pages made from docs/results/bars.json. No figure is typed by hand."""

__all__ = ["bars_page", "fill_readme"]

import re
from collections.abc import Mapping
from typing import Any

_MARK = re.compile(r"(<!-- bars -->\n).*?(<!-- /bars -->)", re.DOTALL)
_REACHED = {True: "yes", False: "**no**", None: "–"}
_MISSING = "not measured yet"

# Data and the paper's figure; where ours stand: the row of the paper's objective, and that of a budget.
_RESULTS = (
    ("MNIST", "80 % at 90", "objective_mnist", "MNIST within 90"),
    ("MNIST", "90 % at about 300", None, "MNIST within 300"),
    ("SVHN, 1 against 7", "AUC 0.875 at 122", None, "SVHN 1 vs 7 (part) within 122"),
    ("SVHN, 1 against 7", "94.5 % of a CNN's AUC at 311", None, "SVHN 1 vs 7 (part) within 311"),
    ("LHC jets", "71 % at 16", "objective_jets", "re-simulated LHC jets within 16"),
    ("LHC jets", "–", None, "re-simulated LHC jets within 50"),
    ("digits", "–", None, "digits within 60"),
)


def bars_page(results: Mapping[str, Any], bars: Mapping[str, str], titles: Mapping[str, str]) -> str:
    """The page of all bars.

    Parameters
    ----------
    results : mapping of module to its stored result
    bars : mapping of module to section, in order
    titles : mapping of section to its title, in order
    """
    places = list(dict.fromkeys(results[name]["on"] for name in bars if name in results))
    letters = {place: chr(ord("a") + k) for k, place in enumerate(places)}
    lines = [
        "# What was measured",
        "",
        "Written by `python -m benchmarks.bars` (`make bars`) from `bars.json` beside it; [benchmarks/README.md]"
        "(../../benchmarks/README.md) tells how each figure is measured. Do not edit.",
    ]
    for section, title in titles.items():
        rows = [line for name, belongs in bars.items() if belongs == section for line in _rows(name, results, letters)]
        if rows:
            lines += ["", f"## {title}", "", "| what | bar | figure | reached | command | date | on |"]
            lines += ["|---|---|---|---|---|---|---|", *rows]
    if places:
        lines += ["", "## Measured on", "", *(f"- {letters[place]}: {place}" for place in places)]
    return "\n".join(lines) + "\n"


def _rows(name: str, results: Mapping[str, Any], letters: Mapping[str, str]) -> list[str]:
    if name not in results:
        return [f"| {name.replace('_', ' ')} | | {_MISSING} | – | `python -m benchmarks.{name}` | | |"]
    result = results[name]
    ending = [f"`{result['command']}`", result["date"], letters[result["on"]]]
    cells = [
        [*map(_cell, (row["what"], row["bar"], row["figure"])), _REACHED[row["reached"]]] for row in result["rows"]
    ]
    return [f"| {' | '.join(row + ending)} |" for row in cells]


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def fill_readme(text: str, results: Mapping[str, Any]) -> str:
    """The README with the table of results between its markers made anew."""
    lines = [
        "| data | the paper | the paper's objective here | `max_complexity` here |",
        "|---|---|---|---|",
        *(
            f"| {data} | {paper} | {_of_objective(results, objective)} | {_of_budget(results, budget)} |"
            for data, paper, objective, budget in _RESULTS
        ),
    ]
    table = "\n".join(lines) + "\n"
    return _MARK.sub(lambda found: found.group(1) + table + found.group(2), text)


def _of_objective(results: Mapping[str, Any], name: str | None) -> str:
    if name is None:
        return "–"
    for row in results.get(name, {}).get("rows", []):
        values = row["values"]
        if "accuracy" in values:
            return f"{100 * values['accuracy']:.1f} % at {values['complexity']:.0f}"
    return _MISSING


def _of_budget(results: Mapping[str, Any], what: str) -> str:
    for row in results.get("budget_accuracy", {}).get("rows", []):
        if row["what"] == what:
            value, complexity = row["values"]["metric"], row["values"]["complexity"]
            return f"{f'AUC {value:.3f}' if 'SVHN' in what else f'{100 * value:.1f} %'} at {complexity:.0f}"
    return _MISSING
