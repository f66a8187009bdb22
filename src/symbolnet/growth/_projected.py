"""Few noisy samples: formulas of a smooth reference, as short as what the reference does not know allows.

Among the many formulas of a search some agree with the accidents of few samples, and a description length that counts
constants does not see how many were tried. A reference without a structure to choose (a Gaussian process) has no such
freedom. Formulas that are fitted to its predictions inherit that: of a family of models the simple one is found that
comes closest to the best guess there is (projection prediction: Goutis and Robert, Biometrika 85, 1998; Piironen,
Paasiniemi and Vehtari, Electronic Journal of Statistics 14, 2020). A shorter one is taken if it adds little to what
the reference itself may be wrong by.

A law that the noise does not hide predicts better than any reference, and is found again without some of the samples.
Then the search on the samples stands.
"""

__all__ = ["Searched", "projected"]

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from symbolnet.growth._attempts import attempts
from symbolnet.growth._fit import fit
from symbolnet.growth._functions import Grammar
from symbolnet.growth._reference import reference
from symbolnet.growth._score import Scale, description
from symbolnet.growth._search import Entry, Settings, search
from symbolnet.growth._tree import Sum, renumbered
from symbolnet.growth._values import Rows, values, varying

F64 = NDArray[np.float64]
_NOISY = 0.02
"""Share of the variance that must be left for the form to be in doubt."""
_FEWEST, _MOST = 20, 1000
"""Samples: with fewer, parts of them say nothing; with more, a search is hardly misled."""
_FOLDS = 5
"""Parts of the samples that the law is judged on, each without it."""
_TRIED, _SAME = 3, 2
"""Folds in which the search on the samples is done again, and in how many of them the same law must come back."""
_WORSE = 1.5
"""Times the errors of the reference's formula at which the search on the samples need not be done in further folds."""
_ROUNDS, _FITS = 2, 0.25
"""Rounds of a short search, and the share of the fits in each."""
_PRICES = (0.5, 1.0, 1.5, 2.5, 4.0, 7.0, 12.0, 20.0, 35.0, 60.0, 100.0)
"""What structure may cost where there is no noise, in units of its description."""
_SLACK = 0.2
"""Share of the reference's variance that a shorter formula may be farther from it, squared, in the mean over points."""


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


def projected(
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
    again = _Again(plain, rules, settings, stop, effort)
    guess = reference(rows, np.random.default_rng(seeds[-1]))
    found = again.short(guess.points, seeds[-1])
    if stop():
        return plain
    chosen = _simplest(found, most, _SLACK * guess.variance)

    fold = rng.permutation(rows.n) % _FOLDS
    refitted = np.empty(rows.n)
    for k in range(_FOLDS):
        refitted[fold == k] = _errors(fit(law.tree, rows.some(np.flatnonzero(fold != k)), 15).tree, rows, fold == k)
    # What the reference leaves of a sample that it has not seen, and what the formula changes of the prediction. As if
    # the formula followed one sample as far as the reference does: a short one does not, so this is often too much.
    off = _off(chosen.best(most).tree, guess.points)[: len(guess.samples)]
    errors = np.zeros(rows.n)
    errors[guess.samples] = rows.root[guess.samples] ** 2 * (guess.left - off) ** 2
    # The form was chosen with all samples in view: if it does no better even so, it is not to be believed.
    if refitted.mean() <= errors.mean() and again.stands(law, fold, seeds, errors):
        return plain
    return plain if stop() else chosen


def _simplest(found: Searched, most: float, slack: float) -> Searched:
    """The search with the highest price at which its formula is hardly farther from the reference than at any other."""
    priced = [replace(found, price=price) for price in _PRICES]
    far = [float(np.mean(_off(each.best(most).tree, found.rows) ** 2)) for each in priced]
    return priced[max(k for k in range(len(_PRICES)) if far[k] <= min(far) + slack)]


def _off(tree: Sum, points: Rows) -> F64:
    """How far the formula is above the reference at the points."""
    return values(tree, points.x) - points.y


@dataclass(frozen=True, eq=False)
class _Again:
    """The search done again on other samples; the fields are the arguments of `projected`."""

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
            Of the reference's formula.
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
        varied = np.flatnonzero(varying(rows.x))
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
