"""A case: a small model, what is declared about its features, an instance, and what to ask."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from tests.brute.domain import Declared, Domain, read
from tests.brute.reference import Reference
from tests.brute.trees import Leaf, Split, Tree, labels_of_rows


@dataclass
class Case:
    """Everything that a test needs; `repr` is enough to build it again by hand."""

    tree: Tree
    names: tuple[str, ...]
    classes: tuple[Any, ...]
    x: tuple[float, ...]
    declared: Declared = field(default_factory=Declared)
    theory: bool = True
    clauses: tuple[tuple[int, ...], ...] = ()
    excluded: tuple[str, ...] = ()
    weights: tuple[float, ...] = ()
    single: bool = False
    fitted: Any = field(default=None, repr=False)
    recipe: str = ""
    seed: int = 0

    def __post_init__(self) -> None:
        self.domain = Domain(self.tree, self.names, self.declared, single=self.single)

    def reference(self, *, excluded: Sequence[str] | None = None, theory: bool | None = None) -> Reference:
        """Brute force for this case."""
        theory = self.theory if theory is None else theory
        excluded = self.excluded if excluded is None else excluded
        return Reference(self.domain, self.x, theory=theory, clauses=self.clauses, excluded=excluded)

    # -- the model ---------------------------------------------------------------------------------

    def model(self) -> Any:
        """Give what goes into ``Explainer.initialize``."""
        return self.fitted if self.fitted is not None else build(self.tree, self.names, self.classes)

    def labels(self, rows: np.ndarray) -> list[int]:
        """Classify rows by the model itself, as indices into `classes`."""
        if self.fitted is not None:
            with np.errstate(all="ignore"):  # sums of huge numbers
                found = self.fitted.predict(with_names(self.fitted, rows, self.names))
            return [self.classes.index(label) for label in found.tolist()]
        return self.read_labels(np.asarray(rows, dtype=np.float64)).tolist()

    def read_labels(self, rows: np.ndarray) -> np.ndarray:
        """Classify rows (as the model reads them) by what was read of the model."""
        return labels_of_rows(self.tree, rows)

    def targets(self, own: int) -> list[Any]:
        """Classes that can be asked for: not its own; for a tree built by hand, those of its leaves."""
        known = range(len(self.classes)) if self.fitted is not None else sorted(leaf_labels(self.tree))
        return [label for label in known if label != own]

    @property
    def features_type(self) -> dict[str, Any] | None:
        """The declaration in the words of the library (None: nothing is declared)."""
        declared = self.declared
        named: dict[str, Any] = {}
        if declared.binary:
            named["binary"] = [self.names[c] for c in sorted(declared.binary)]
        if declared.integer:
            named["integer"] = [self.names[c] for c in sorted(declared.integer)]
        categorical: dict[str, Any] = {self.names[c]: list(values) for c, values in declared.category}
        categorical |= {group: self._said(group, columns) for group, columns in declared.groups}
        if categorical:
            named["categorical"] = categorical
        if self.types_bound:
            ranges = dict(declared.ranges)
            if declared.integer:
                named["integer"] = {self.names[c]: ranges.get(c) for c in sorted(declared.integer)}
            named["numerical"] = {self.names[c]: ends for c, ends in ranges.items() if c not in declared.integer}
        return named or None

    def _said(self, group: str, columns: tuple[int, ...]) -> Any:
        """Declare a one-hot group: a value a column, and what no column stands for."""
        values = tuple(str(c) for c in columns)
        if group not in self.declared.optional:
            return values
        return {"values": values, "reference": "other" if self.seed % 3 else None}

    @property
    def types_bound(self) -> bool:
        """Whether ranges are told with the types."""
        return bool(self.declared.ranges) and (not self.theory or self.seed % 2 == 1)

    @property
    def missing(self) -> bool | list[str]:
        """The columns that may be missing."""
        if len(self.declared.missing) == len(self.names):
            return True
        return [self.names[c] for c in sorted(self.declared.missing)] or False

    def arguments(self) -> dict[str, Any]:
        """Give what ``initialize`` and ``explain`` take beside the model, theory on or off as the case says."""
        from suffice import Explainer

        features_type = self.features_type
        if features_type is not None:
            features_type = {"numerical": Explainer.DEFAULT, **features_type}
        theory: Any = ([list(clause) for clause in self.clauses] or "auto") if self.theory else None
        asked = {"features_type": features_type, "theory": theory, "missing": self.missing}
        if self.declared.ranges and not self.types_bound:
            asked["ranges"] = {self.names[c]: open_ends(ends) for c, ends in self.declared.ranges}
        return asked

    def explainer(self) -> Any:
        """Build the explainer under test, at the instance, with the excluded features."""
        from suffice import Explainer

        asked = self.arguments()
        switch = not self.theory and bool(self.clauses or self.seed % 2)
        if switch:
            asked["theory"] = [list(clause) for clause in self.clauses] or "auto"
        found = Explainer.initialize(self.model(), **asked)
        if switch:
            found.deactivate_theory()
        found.set_instance(self.x)
        if self.excluded:
            found.set_excluded_features(list(self.excluded))
        return found

    # -- its own checks ----------------------------------------------------------------------------

    def check(self) -> None:
        """Assert that the reading of the model is the model: rows of each cell, chosen twice at random."""
        rng = np.random.default_rng(self.seed)
        masks = self.domain.cells()
        expected = self.reference(theory=True, excluded=()).labels if not self.clauses else None
        for _ in range(2):
            rows = self.domain.rows(masks, rng)
            seen = np.array([[read(value, self.single) for value in row] for row in rows])
            assert self.labels(rows) == self.read_labels(seen).tolist()
            assert expected is None or self.labels(rows) == expected.tolist()
        assert self.domain.contains(self.x)

    def check_row(self, row: Any, kept: Sequence[int] | Sequence[str], *, target: Any = None) -> None:
        """Assert that a witness is in D, agrees with x on `kept`, and has another outcome (or the target)."""
        row = [float(value) for value in np.asarray(row).ravel()]
        assert len(row) == len(self.names)
        same = [read(old, self.single) == new for old, new in zip(self.x, row, strict=True)]
        row = [old if kept_as_read else new for old, new, kept_as_read in zip(self.x, row, same, strict=True)]
        assert self.domain.contains(row), f"{row} is not in the domain"
        mask, x_mask = self.domain.truth_mask(row), self.domain.truth_mask(self.x)
        for clause in self.clauses:
            assert any((mask >> (abs(c) - 1) & 1) == (c > 0) for c in clause), f"{row} breaks {clause}"
        for item in kept:
            if isinstance(item, str):
                unit = next(unit for unit in self.domain.units if unit.name == item)
                assert not (mask ^ x_mask) & unit.mask, f"{row} differs from x on {item}"
            else:
                assert (mask >> (abs(item) - 1) & 1) == (item > 0), f"{row} breaks {item}"
        assert self.reaches(row, target), f"the outcome at {row} is not as asked for"

    def reaches(self, row: Sequence[float], target: Any) -> bool:
        """Tell whether the model gives a row another outcome than x, or the target."""
        label, own = self.labels(np.array([row, self.x], dtype=np.float64))
        return label != own if target is None else label == target

    def asked(self, target: Any) -> dict[str, Any]:
        """Give the arguments of a query that ask for a target, in the user's words."""
        return {} if target is None else {"target": self.classes[target]}


def open_ends(ends: tuple[float, float]) -> tuple[float | None, float | None]:
    """Write ends that are infinite as None."""
    return (None if ends[0] == -math.inf else ends[0], None if ends[1] == math.inf else ends[1])


def leaf_labels(tree: Tree) -> set[int]:
    """Labels of the leaves."""
    return {tree.label} if isinstance(tree, Leaf) else leaf_labels(tree.left) | leaf_labels(tree.right)


def with_names(fitted: Any, rows: np.ndarray, names: Sequence[str]) -> Any:
    """Give rows to a model in the shape in which it was fitted."""
    if not hasattr(fitted, "feature_names_in_"):
        return rows
    import pandas as pd

    return pd.DataFrame(rows, columns=list(names))


def build(tree: Tree, names: Sequence[str], classes: Sequence[Any]) -> Any:
    """Make the hand-built form of a tree with the public builder."""
    return build_tree(tree, names, lambda leaf: classes[leaf.label])


def build_tree(tree: Any, names: Sequence[str], value: Callable[[Any], Any]) -> Any:
    """Make the hand-built form of a tree; `value` gives what the builder's leaf holds."""
    from suffice import Builder

    codes = {">=": "GE", ">": "GT", "<=": "LE", "<": "LT", "==": "EQ", "!=": "NEQ"}

    def node(at: Any) -> Any:
        if not isinstance(at, Split):
            return Builder.LeafNode(value(at))
        test = at.condition
        return Builder.DecisionNode(
            test.column + 1,
            threshold=test.threshold,
            operator=getattr(Builder, codes[test.operator]),
            left=node(at.left),
            right=node(at.right),
            missing=bool(test.missing),
        )

    default = all(name == f"f{i}" for i, name in enumerate(names, 1))
    make: Callable[..., Any] = Builder.DecisionTree
    return make(len(names), node(tree), feature_names=None if default else list(names))
