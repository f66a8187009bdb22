"""Run the bars and rewrite docs/results/bars.md, and the table of results in README.md.

Each bar runs in a process of its own, `python -m benchmarks.NAME --json`. Results are kept in docs/results/bars.json
with their date, versions and machine; the Markdown is made from that file alone. Rows of bars that are not run again
stay as they are.
"""

import argparse
import json
import platform
import subprocess
import sys
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from typing import Any

from benchmarks._render import bars_page, fill_readme
from symbolnet._machine import cores, processor

ROOT = Path(__file__).parents[1]
RESULTS = ROOT / "docs" / "results"
README = ROOT / "README.md"
TITLES = {
    "core": "The core: training, formulas, contracts",
    "budget": "The best accuracy at a given complexity",
    "hardware": "From formula to hardware",
    "search": "Scans",
    "information": "For information",
}
BARS = {
    "formula_equals_network": "core",
    "complexity": "core",
    "objective_mnist": "core",
    "objective_jets": "core",
    "speed_step": "core",
    "speed_population": "core",
    "sklearn_contract": "core",
    "never_nan": "core",
    "bad_input": "core",
    "killed_runs": "core",
    "startup": "core",
    "readme": "core",
    "budget_accuracy": "budget",
    "budget_holds": "budget",
    "regression_recovery": "budget",
    "small_tables": "budget",
    "hardware_exact": "hardware",
    "hardware_table1": "hardware",
    "hardware_speed": "hardware",
    "hardware_front": "hardware",
    "hardware_images": "hardware",
    "hardware_luts": "hardware",
    "hardware_cost": "hardware",
    "search_throughput": "search",
    "search_faults": "search",
    "search_hopeless": "search",
    "search_overhead": "search",
    "reproduce_quick": "information",
    "regression_laws": "information",
    "speed_waves": "information",
    "expression_speed": "information",
    "gpu": "information",
}
ONLY_IF_NAMED = ("gpu",)
_PACKAGES = ("symbolnet", "jax", "numpy", "scikit-learn", "sympy")


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.bars", description=__doc__)
    parser.add_argument("--only", nargs="+", metavar="NAME", choices=BARS, help=f"of: {', '.join(BARS)}")
    parser.add_argument("--quick", action="store_true", help="every bar in its smallest form, printed and not kept")
    parser.add_argument("--render", action="store_true", help="measure nothing; make the pages from bars.json")
    options = parser.parse_args()
    results = _read()
    failed = [] if options.render else _run_all(options, results)
    if not options.quick:
        RESULTS.mkdir(parents=True, exist_ok=True)
        (RESULTS / "bars.json").write_text(json.dumps(results, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
        (RESULTS / "bars.md").write_text(bars_page(results, BARS, TITLES), encoding="utf-8")
        README.write_text(fill_readme(README.read_text(encoding="utf-8"), results), encoding="utf-8")
        print(f"wrote {RESULTS.relative_to(ROOT)}/bars.json, bars.md and the table of README.md")
    if failed:
        print(f"not run, rows kept as they were: {', '.join(failed)}")
    sys.exit(int(bool(failed)))


def _run_all(options: argparse.Namespace, results: dict[str, Any]) -> list[str]:
    """Run what is asked for, put it into `results`, and return what could not be run."""
    failed = []
    for name in options.only or [name for name in BARS if name not in ONLY_IF_NAMED]:
        print(f"{name} ...", flush=True)
        document = _run(name, options.quick)
        if document is None:
            failed.append(name)
            continue
        for row in document["rows"]:
            mark = {True: "reached", False: "NOT REACHED"}.get(row["reached"], "for information")
            print(f"  {row['what']}: {row['figure']}: {mark}", flush=True)
        results[name] = {
            "command": f"python -m benchmarks.{name}",
            "date": datetime.now(UTC).date().isoformat(),
            "on": _environment(),
            "seconds": document.get("seconds"),
            "rows": document["rows"],
        }
    return failed


def _run(name: str, quick: bool) -> dict[str, Any] | None:
    command = [sys.executable, "-m", f"benchmarks.{name}", "--json", *(["--quick"] if quick else [])]
    done = subprocess.run(command, cwd=ROOT, check=False, stdout=subprocess.PIPE, text=True)
    try:
        document: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
        return document if isinstance(document["rows"], list) else None
    except (IndexError, KeyError, TypeError, json.JSONDecodeError):
        print(f"  no result (exit code {done.returncode})")
        return None


def _read() -> dict[str, Any]:
    file = RESULTS / "bars.json"
    results: dict[str, Any] = json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}
    return results


def _environment() -> str:
    """Machine and versions in one line."""
    versions = ", ".join(f"{package} {metadata_version(package)}" for package in _PACKAGES)
    return f"{len(cores())} cores, {processor()}; Python {platform.python_version()}, {versions}"


def metadata_version(package: str) -> str:
    if package == "symbolnet":
        from symbolnet import __version__

        return __version__
    return metadata.version(package)


if __name__ == "__main__":
    main()
