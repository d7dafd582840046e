"""Asking the black box itself about a reason of its surrogate."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...encoders.columns.rows import as_matrix
from ...engine.errors import BadInputError, shown
from ...engine.given import items_of
from ...engine.reasons import Check
from .black_box import BlackBox


class Confirming:
    """Compares reasons of a surrogate with the function that it stands for."""

    _model: BlackBox
    _table: NDArray[Any]
    _x: NDArray[Any]
    _said: NDArray[Any]
    _own: NDArray[Any]
    _as_input: Callable[[NDArray[Any]], Any]
    feature_names: tuple[str, ...]
    explainer: Any

    def confirm(self, reason: Any) -> Check:
        """Ask the function itself about a reason.

        Parameters
        ----------
        reason : Reason, or literals, statements and tuples as the checks take them
            Contrastive: does its changed instance get another prediction from the function? Any
            other: do the rows of the data that satisfy it get the prediction of the instance?

        Returns
        -------
        Check
            For a contrastive reason this settles the matter, with the changed instance as the witness. For the others a
            row with another prediction refutes it; without one the value is ``None``: rows prove nothing of others,
            and `why` tells how many agree.
        """
        if "contrastive" in getattr(reason, "kind", ""):
            row = reason.witness
            if row is None:
                raise BadInputError("the reason has no changed instance: the theory is off")
            said = self._model.ask(row.row)[0]
            changed = not self._model.same(said, self._own[0] if self._model.labels is None else self._own)
            return Check(changed, f"the model says {shown(plain(said))} of the changed instance", row)
        with self.explainer.session.gate.shared():
            kept = self._satisfying(items_of(reason, "reason"))
        said = self._said[kept]
        wrong = [i for i, one in enumerate(said) if not self._agrees(one, reason)]
        if wrong:
            why = f"{len(wrong)} of {len(kept)} rows of the data that satisfy it have another prediction"
            return Check(False, why, self._table[kept[wrong[0]]])
        why = (
            f"all {len(kept)} rows of the data that satisfy it have the prediction of the instance, which refutes "
            "nothing and proves nothing of other rows"
        )
        return Check(None, why)

    def _agrees(self, said: Any, reason: Any) -> bool:
        names = self._model.labels
        if names is None:
            return self._model.same(said, self._own[0])
        told = getattr(reason, "labels", None)
        places = range(len(names)) if told is None else [names.index(name) for name in told]
        return all(said[i] == self._own[i] for i in places)

    def _satisfying(self, asked: Any) -> NDArray[np.intp]:
        """Return the rows of the data that satisfy literals (that have the instance's cell in some features)."""
        compiled, space = self.explainer.session.compiled, self.explainer.session.space
        rows = compiled.read(self._as_input(self._table))
        truth = np.array([space.truth(row) for row in rows]).reshape(len(rows), -1)
        names = {*compiled.vocabulary.names, *(feature.name for feature in space.features)}
        named = not isinstance(asked, str) and bool(asked) and all(isinstance(i, str) and i in names for i in asked)
        given = self.explainer.answers.asked.given(asked, "features" if named else "literals")
        if given.per_feature:
            here = space.truth(compiled.read(self._as_input(self._x.reshape(1, -1)))[0])
            wanted = {self.explainer.session.feature_index(name) for name in given.items}
            own = [v for v in range(truth.shape[1]) if space.feature_of(v + 1) in wanted]
            kept = (truth[:, own] == here[own]).all(axis=1)
        elif given.region is not None and given.region.sets:
            asking = self.explainer.session.words.asking
            kept = np.array([not asking.outside(given.region, row) for row in rows], dtype=np.bool_)
        else:
            kept = np.ones(len(rows), np.bool_)
            for literal in given.items:
                kept &= truth[:, abs(literal) - 1] == (literal > 0)
        return np.nonzero(kept)[0]


def plain(said: Any) -> Any:
    """Return a prediction as Python's own values."""
    return said.tolist() if isinstance(said, (np.ndarray, np.generic)) else said


def as_table(rows: Any, names: tuple[str, ...], what: str) -> NDArray[Any]:
    """Return rows as a matrix: of float64 if all are numbers, else of objects."""
    table = as_matrix(rows, names, numeric=False)
    if not len(table):
        raise BadInputError(f"{what} has no rows")
    try:
        return table.astype(np.float64)
    except (TypeError, ValueError):
        return table.astype(object)


def column_kinds(rows: Any, width: int) -> str:
    """Return a letter for each column, the kind of its numpy type."""
    types = getattr(rows, "dtypes", None)
    if types is not None and hasattr(types, "tolist"):
        return "".join(getattr(kind, "kind", "O") for kind in types.tolist())
    return np.asarray(rows).dtype.kind * width
