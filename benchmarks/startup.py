"""Start-up: the time of `symbolnet --help` in a fresh process, and what `import symbolnet` loads."""

import argparse
import subprocess
import sys
import time

from benchmarks._bar import Bar, main

COMMANDS = {
    "python -c pass": ("-c", "pass"),
    "import symbolnet": ("-c", "import symbolnet"),
    "symbolnet --help": ("-m", "symbolnet", "--help"),
    "symbolnet fit --help": ("-m", "symbolnet", "fit", "--help"),
}
HEAVY = ("jax", "sklearn", "scipy", "sympy", "pandas", "numpy", "matplotlib")
_MOST_SECONDS = 0.5


def measure(options: argparse.Namespace) -> list[Bar]:
    repeats = 1 if options.quick else options.repeats
    times = {name: _median_seconds(words, repeats) for name, words in COMMANDS.items()}
    loaded = _loaded_heavy()
    told = ", ".join(f"{name} {seconds:.2f} s" for name, seconds in times.items())
    return [
        Bar(
            "start-up: symbolnet --help",
            f"at most {_MOST_SECONDS} s",
            f"{times['symbolnet --help']:.2f} s, median of {repeats} fresh processes ({told})",
            times["symbolnet --help"] <= _MOST_SECONDS,
            times,
        ),
        Bar(
            "start-up: import symbolnet",
            "loads no JAX",
            f"loads {', '.join(loaded) or 'none'} of {', '.join(HEAVY)}",
            "jax" not in loaded,
            {"heavy": len(loaded)},
        ),
    ]


def _median_seconds(words: tuple[str, ...], repeats: int) -> float:
    times = []
    for _ in range(repeats + 1):
        began = time.perf_counter()
        subprocess.run([sys.executable, *words], stdout=subprocess.DEVNULL, check=True)
        times.append(time.perf_counter() - began)
    kept = sorted(times[1:])  # the first one warms the disk's cache
    return kept[len(kept) // 2]


def _loaded_heavy() -> list[str]:
    code = "import sys, symbolnet; print(*sys.modules)"
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return sorted({name.partition(".")[0] for name in answer.stdout.split()} & set(HEAVY))


def _arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--repeats", type=int, default=15, help="fresh processes a command")


if __name__ == "__main__":
    main(measure, _arguments)
