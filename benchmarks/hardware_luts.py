"""A fit that asks for LUTs against one whose precision is chosen afterwards, on the jets.

`max_luts` searches formulas and precision together. The other way is a fit by `max_complexity`, with nothing known of
LUTs, and then the best precision for its chosen formula within the same LUTs (`symbolnet export --max-luts`). LUTs are
counted by Yosys without DSP blocks, accuracy is that of the circuit on held-out jets, by the exact emulator.
"""

import argparse
from typing import Any

from benchmarks._bar import Bar, main, quiet
from benchmarks._data import parts


def measure(options: argparse.Namespace) -> list[Bar]:
    from symbolnet import SymbolNetClassifier, load

    data = parts("lhc_jets_sim", quick=options.quick)
    limit = 20 if options.quick else None
    if options.models:
        after = {f"{load(path).max_complexity:g}": load(path) for path in options.models}
    else:
        complexities = [10] if options.quick else options.complexities
        after = {
            f"{c:g}": SymbolNetClassifier(max_complexity=c, time_limit=limit, random_state=options.seed).fit(
                data.X, data.y
            )
            for c in complexities
        }
    return [_bar(luts, after, data, options) for luts in ([60] if options.quick else options.luts)]


def _bar(luts: float, after: dict[str, Any], data: Any, options: argparse.Namespace) -> Bar:
    import time

    from symbolnet import SymbolNetClassifier
    from symbolnet.hardware import emulate, score_of_model

    limit = 40 if options.quick else None
    started = time.monotonic()
    with quiet():
        model = SymbolNetClassifier(max_luts=luts, time_limit=limit, random_state=options.seed).fit(data.X, data.y)
    seconds = time.monotonic() - started
    circuit = model.circuit()
    accuracy = 0.0
    if circuit.program is not None:
        accuracy = score_of_model(model, data.y_test)(emulate(circuit.program, data.X_test))
    values: dict[str, float] = {"accuracy": accuracy, "lut": circuit.luts, "seconds": seconds}
    texts = []
    for name, other in after.items():
        found = _afterwards(other, luts, data, options)
        texts.append(f"{name}: {'no circuit' if found is None else f'{100 * found[1]:.1f} % with {found[0]} LUT'}")
        values[f"after_{name}"] = 0.0 if found is None else found[1]
    within = circuit.luts <= luts
    best = max(value for key, value in values.items() if key.startswith("after_"))
    figure = (
        f"{100 * accuracy:.1f} % with {circuit.luts} LUT, {circuit.latency_ns:g} ns, complexity "
        f"{model.expression().complexity:.0f}, fit {seconds:.0f} s; precision afterwards, by max_complexity "
        f"{', '.join(texts)}"
    )
    return Bar(
        f"max_luts={luts:g}, re-simulated jets",
        "within the LUTs, and no worse than choosing the precision afterwards",
        figure,
        None if options.quick else within and accuracy >= best - 0.001,
        values,
    )


def _afterwards(model: Any, luts: float, data: Any, options: argparse.Namespace) -> tuple[int, float] | None:
    """LUTs and accuracy on held-out jets of the best precision for the chosen formula; None where none fits."""
    from symbolnet import SymbolNetError
    from symbolnet.hardware import auto_precision, emulate, sample_rows, score_of_model

    rows = sample_rows(len(data.X))
    score = score_of_model(model, data.y[rows])
    effort = 60 if options.quick else 2500
    try:
        found = auto_precision(model.expression(), data.X[rows], score, max_luts=luts, effort=effort)
    except SymbolNetError:
        return None
    assert found.synthesis is not None
    return found.synthesis.lut, score_of_model(model, data.y_test)(emulate(found.chosen.program, data.X_test))


def _arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--luts", type=float, nargs="+", default=[100, 300, 1000])
    parser.add_argument("--complexities", type=float, nargs="+", default=[20, 60], help="fits to compare with")
    parser.add_argument("--models", nargs="+", metavar="FILE", help="model files in place of these")
    parser.add_argument("--seed", type=int, default=0)


if __name__ == "__main__":
    main(measure, _arguments)
