"""Imports run one way, and `import symbolnet` stays light."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

SOURCE = Path(__file__).parents[1] / "src" / "symbolnet"

# From the top of the house to its cellar; a package imports only from those after it.
ORDER = (
    "cli",
    "report",
    "reproduce",
    "plots",
    "search",
    "baselines",
    "estimators",
    "hardware",
    "pareto",
    "budget",
    "growth",
    "expression",
    "training",
    "objectives",
    "network",
    "operators",
    "datasets",
    "io",
    "_machine",
    "_errors",
    "_version",
)
HEAVY = ("jax", "jaxlib", "equinox", "optax", "sklearn", "scipy", "sympy", "pandas", "pyarrow", "matplotlib", "numpy")


def _imported_modules(tree: ast.AST, package: str) -> list[tuple[int, str]]:
    """Every (line, dotted module) that a file of `package` imports, wherever in the file the import stands."""
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found += [(node.lineno, name.name) for name in node.names]
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:  # level 1 is the file's own package
                up = package.split(".")[: len(package.split(".")) - node.level + 1]
                base = ".".join([*up, base]).rstrip(".")
            # `from symbolnet import datasets` imports a module, and so may any `from a.b import c`.
            found += [(node.lineno, base)] + [(node.lineno, f"{base}.{name.name}") for name in node.names]
    return found


def violations(source: Path, order: tuple[str, ...] = ORDER) -> list[str]:
    """What in the package at `source` imports upward, reaches out of its package relatively, or has no place."""
    rank = {name: place for place, name in enumerate(order)}
    wrong = []
    for file in sorted(source.rglob("*.py")):
        inside = file.relative_to(source)
        room = inside.parts[0].removesuffix(".py")
        if room == "__init__":  # the public list looks down on all of them
            continue
        if room == "__main__":
            room = "cli"
        if room not in rank:
            wrong.append(f"{inside}: {room!r} has no place in the order of imports")
            continue
        package = ".".join(("symbolnet", *inside.parts[:-1]))
        tree = ast.parse(file.read_text(encoding="utf-8"))
        wrong += [
            f"{inside}:{node.lineno}: relative import out of its own package"
            for node in ast.walk(tree)
            if isinstance(node, ast.ImportFrom) and node.level > len(inside.parts) - 1
        ]
        for line, module in _imported_modules(tree, package):
            parts = module.split(".")
            if parts[0] != "symbolnet" or len(parts) < 2 or parts[1] not in rank:
                continue
            if rank[parts[1]] < rank[room]:
                wrong.append(f"{inside}:{line}: {room} imports {parts[1]}, which is above it")
    return wrong


def test_imports_run_downward() -> None:
    assert violations(SOURCE) == []


@pytest.mark.parametrize(
    ("file", "text"),
    [
        ("io/_a.py", "from symbolnet.cli import main"),
        ("io/_a.py", "import symbolnet.plots as p"),
        ("io/_a.py", "from symbolnet import datasets"),
        ("io/_a.py", "def f():\n    from symbolnet.network import x"),
        ("io/_a.py", "from ..cli import main"),
        ("operators/_a.py", "from ..io import atomic_write"),
        ("_errors.py", "from symbolnet.io import x"),
        ("elsewhere/_a.py", ""),
    ],
)
def test_the_check_finds_what_it_looks_for(tmp_path: Path, file: str, text: str) -> None:
    path = tmp_path / file
    path.parent.mkdir(exist_ok=True)
    path.write_text(text)
    assert violations(tmp_path) != []


@pytest.mark.parametrize("text", ["from symbolnet.io import x", "from ._b import y", "from symbolnet._errors import E"])
def test_the_check_allows_what_is_right(tmp_path: Path, text: str) -> None:
    (tmp_path / "datasets").mkdir()
    (tmp_path / "datasets" / "_a.py").write_text(text)
    assert violations(tmp_path) == []


def _loaded_after(statement: str) -> set[str]:
    code = f"import sys\n{statement}\nprint(*{{name.partition('.')[0] for name in sys.modules}})"
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return set(answer.stdout.split())


@pytest.mark.parametrize("statement", ["import symbolnet", "import symbolnet; dir(symbolnet); symbolnet.__version__"])
def test_importing_the_package_loads_no_heavy_library(statement: str) -> None:
    assert _loaded_after(statement) & set(HEAVY) == set()


def test_public_names_are_listed_once_and_an_unknown_one_is_refused() -> None:
    import symbolnet

    assert set(symbolnet._HOME) <= set(symbolnet.__all__) <= set(dir(symbolnet))
    with pytest.raises(AttributeError, match="no attribute 'classifier'"):
        _ = symbolnet.classifier


def test_every_public_name_resolves() -> None:
    import symbolnet

    for name in symbolnet.__all__:
        assert getattr(symbolnet, name) is not None
