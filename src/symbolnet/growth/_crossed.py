"""Few noisy samples: cross-validation says whether to follow them or a smooth reference, and what structure costs.

Among the many formulas of a search some agree with the accidents of few samples, and a description length that counts
constants does not see how many were tried. A reference without a structure to choose (a Gaussian process) has no such
freedom. Formulas that are fitted to its predictions inherit that: of a family of models the simple one is found that
comes closest to the best guess there is (projection prediction: Goutis and Robert, Biometrika 85, 1998; Piironen,
Paasiniemi and Vehtari, Electronic Journal of Statistics 14, 2020). How close it should come is a price for structure,
and cross-validation of the whole search chooses it.

A law that the noise does not hide predicts better than any reference, and is found again without some of the samples.
Then the search on the samples stands.
"""

__all__ = ["Searched", "crossed"]

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from symbolnet.growth._attempts import attempts
from symbolnet.growth._fit import fit
from symbolnet.growth._functions import Grammar
from symbolnet.growth._reference import reference_rows
from symbolnet.growth._score import Scale, description
from symbolnet.growth._search import Entry, Settings, search
from symbolnet.growth._tree import Sum, renumbered
from symbolnet.growth._values import Rows, values

F64 = NDArray[np.float64]
_NOISY = 0.02
"""Share of the variance that must be left for the form to be in doubt."""
_FEWEST, _MOST = 20, 1000
"""Samples: with fewer, parts of them say nothing; with more, a search is hardly misled."""
_FOLDS = 5
_TRIED, _SAME = 3, 2
"""Folds in which the search on the samples is done again, and in how many of them the same law must come back."""
_WORSE = 1.5
"""Times the errors of the reference's formulas at which the search on the samples need not be done in further folds."""
_ROUNDS, _FITS = 2, 0.25
"""Rounds of a short search, and the share of the fits in each."""
_PRICES = (1.0, 2.5, 7.0, 20.0, 50.0)
"""What structure may cost where there is no noise, in units of its description."""
_CHANCE = 0.5
"""Standard errors of a difference up to which the dearer structure, so the shorter formula, is taken."""


@dataclass(frozen=True, eq=False)
class Searched:
    """The archive of a search with what it was judged by.

    Attributes
    ----------
    archive : sequence of Entry
    rows : Rows
        Samples that the formulas were fitted to.
    scale : Scale
    price : float
        What multiplies the description of a structure.
    """

    archive: Sequence[Entry]
    rows: Rows
    scale: Scale
    price: float = 1.0

    def length(self, entry: Entry) -> float:
        """The description of the samples by a formula, structure at its price."""
        return description(entry.tree, entry.loss, self.scale, share=1 / self.price)

    def best(self, most: float) -> Entry:
        """The formula of the shortest description within the nodes."""
        return min((e for e in self.archive if e.nodes <= most), key=lambda e: (self.length(e), e.nodes))


def crossed(
    plain: Searched,
    rules: Grammar,
    settings: Settings,
    rng: np.random.Generator,
    stop: Callable[[], bool],
    effort: float = 1.0,
) -> Searched:
    """The search to believe: `plain`, or one for formulas of a reference.

    Parameters
    ----------
    plain : Searched
        The search on the samples, done.
    rules : Grammar
    settings : Settings
    rng : numpy Generator
    stop : () → bool
        Asked now and then; once true, `plain` is returned.
    effort : float
        Of `attempts`, as it made `plain`.
    """
    rows, most = plain.rows, settings.most_nodes
    known = int(np.count_nonzero(rows.root))
    law = plain.best(most)
    if not _FEWEST <= known <= rows.n <= _MOST or law.loss < _NOISY:
        return plain
    seeds: list[int] = rng.integers(2**31, size=_FOLDS + 1).tolist()
    fold = rng.permutation(rows.n) % _FOLDS
    again = _Again(plain, rules, settings, stop, effort)

    errors, refitted = np.empty((len(_PRICES), rows.n)), np.empty(rows.n)
    for k in range(_FOLDS):
        part, out = rows.some(np.flatnonzero(fold != k)), fold == k
        found = again.short(reference_rows(part, np.random.default_rng(seeds[k])), seeds[k])
        if stop():
            return plain
        for place, price in enumerate(_PRICES):
            errors[place, out] = _errors(replace(found, price=price).best(most).tree, rows, out)
        refitted[out] = _errors(fit(law.tree, part, 15).tree, rows, out)
    best = int(np.argmin(errors.mean(axis=1)))
    # The form was chosen with all samples in view: if it does no better even so, it is not to be believed.
    if refitted.mean() <= errors[best].mean() and again.stands(law, fold, seeds, errors[best]):
        return plain
    price = max(k for k in range(best, len(_PRICES)) if _as_good(errors[k] - errors[best]))
    chosen = again.short(reference_rows(rows, np.random.default_rng(seeds[-1])), seeds[-1])
    return plain if stop() else replace(chosen, price=_PRICES[price])


@dataclass(frozen=True, eq=False)
class _Again:
    """The search done again on other samples; the fields are the arguments of `crossed`."""

    plain: Searched
    rules: Grammar
    settings: Settings
    stop: Callable[[], bool]
    effort: float

    def short(self, rows: Rows, seed: int) -> Searched:
        """A short search."""
        inner, varied = self._varied(rows)
        short = replace(
            self.settings,
            rounds=min(_ROUNDS, self.settings.rounds),
            fits=max(4, round(_FITS * self.settings.fits)),
        )
        archive = search(
            inner, self.rules, short, self._scale(rows), np.random.default_rng(seed), lambda _: self.stop()
        )
        return self._searched(archive, rows, varied)

    def long(self, rows: Rows, seed: int) -> Searched:
        """All searches that the samples had at first."""
        inner, varied = self._varied(rows)
        archive = attempts(
            inner, self.rules, self.settings, self._scale(rows), np.random.default_rng(seed), lambda _: self.stop(),
            self.effort,
        )  # fmt: skip
        return self._searched(archive, rows, varied)

    def stands(self, law: Entry, fold: NDArray[np.intp], seeds: Sequence[int], errors: F64) -> bool:
        """Whether the law is found again without some of the samples, or what is found predicts them as well.

        Parameters
        ----------
        law : Entry
        fold : int array, (samples,)
        seeds : sequence of int
            One for each fold.
        errors : (samples,) array
            What a reference's formulas are wrong by, each sample left out.
        """
        rows, most, same = self.plain.rows, self.settings.most_nodes, 0
        found = np.empty(rows.n)
        for k in range(_TRIED):
            part = rows.some(np.flatnonzero(fold != k))
            tree = self.short(part, seeds[k]).best(most).tree
            if tree.key != law.tree.key:
                tree = self.long(part, seeds[k]).best(most).tree
            same += tree.key == law.tree.key
            if same == _SAME or self.stop():
                return True
            found[fold == k] = _errors(tree, rows, fold == k)
            tried = fold <= k
            if found[tried].mean() > (_WORSE if k < _TRIED - 1 else 1.0) * errors[tried].mean():
                return False
        return True

    def _varied(self, rows: Rows) -> tuple[Rows, NDArray[np.intp]]:
        """The samples with only the inputs that vary in them, and which these are."""
        varied = np.flatnonzero(rows.x.std(axis=1) > 1e-9 * np.abs(rows.x).max(axis=1))
        return replace(rows, x=np.ascontiguousarray(rows.x[varied])), varied

    def _scale(self, rows: Rows) -> Scale:
        return replace(self.plain.scale, samples=rows.n, floor=rows.floor)

    def _searched(self, archive: Sequence[Entry], rows: Rows, varied: NDArray[np.intp]) -> Searched:
        places = varied.tolist()
        return Searched([replace(e, tree=renumbered(e.tree, places)) for e in archive], rows, self._scale(rows))


def _errors(tree: Sum, rows: Rows, out: NDArray[np.bool_]) -> F64:
    """Squared errors of a formula at some samples, weighted; very large where it has no value."""
    squares = rows.root[out] ** 2 * (values(tree, rows.x[:, out]) - rows.y[out]) ** 2
    return np.where(np.isfinite(squares), squares, np.finfo(np.float64).max ** 0.5)


def _as_good(worse: F64) -> bool:
    """Whether errors, sample by sample, are no larger than others but for what chance makes of them."""
    return bool(worse.mean() <= _CHANCE * float(worse.std()) / np.sqrt(len(worse)))
