"""Answers that explainers of all families give in the same way."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import numpy as np

from ...engine.arrays import F64
from ...engine.budget import Deadline
from ...engine.errors import BadInputError, shown
from ...engine.oracles.universe import attribute_universe, bits, mask_of
from ...engine.reasons import Proof, Reason
from ..session.gate import ungated
from ..session.running import Querying
from ..tree.batch import BatchReasons

if TYPE_CHECKING:
    from ..batch.batch import Batch


class Common(Querying):
    """The direct reason, and rows one by one."""

    _interval: tuple[float, float] | None = None  # of a regressor: what is asked about its prediction

    def _one_sufficient(self, per_feature: bool, deadline: Deadline, solver: str | None) -> Reason | None:
        """Return one sufficient reason of the instance."""
        raise NotImplementedError

    def _passed(self) -> Iterable[int]:
        """Return the literals on the paths that the instance takes."""
        raise NotImplementedError

    def direct_reason(self) -> Reason | None:
        """Return the literals on the paths that the instance takes (by the non-implied ones).

        Returns
        -------
        Reason or None
            ``None`` if one of them is on an excluded feature.
        """
        with self._query(None) as deadline:
            return self._direct_reason(self._passed(), deadline)

    def explain_rows(
        self,
        rows: F64,
        deadline: Deadline,
        *,
        over: str = "literals",
        n_jobs: int | None = None,
        progress: bool = False,
        intervals: F64 | None = None,
    ) -> BatchReasons:
        """Return one sufficient reason for each row (of all its labels); the current instance is left alone.

        Parameters
        ----------
        rows : ndarray of float, shape (m, n_columns)
            Rows as the model reads them.
        deadline : Deadline
            Rows that are not done by then are left out.
        over : {"literals", "features"}
            What reasons are made of.
        n_jobs : int, optional
            Number of threads, where rows are explained side by side; default: one a core.
        progress : bool
            Whether to show a progress bar.
        intervals : ndarray of float64, shape (m, 2), optional
            Of a regressor: the interval of each row's prediction; default: that of ``set_interval`` for all.

        Raises
        ------
        TheoryError
            If a row is outside the domain.
        BadInputError
            If a regressor has no intervals, or a prediction is outside its own.
        """
        per_feature, width = self._check_over(over), len(self._compiled.vocabulary.names)
        if not isinstance(rows, np.ndarray) or rows.dtype != np.float64 or rows.ndim != 2 or rows.shape[1] != width:
            raise BadInputError(
                f"rows={shown(rows)}: expected a float64 array of shape (m, {width}), as the model reads rows; "
                "suffice.explain(model, X) takes rows of every kind"
            )
        twin = self._twin()
        with twin._all_shown(rows):
            found = twin._explain_rows(rows, per_feature, deadline, n_jobs, progress, intervals)
        self._took(twin)
        return found

    @ungated
    def batch(
        self,
        X: Any,  # noqa: N803  # the name that scikit-learn's users know
        query: str = "minimal_sufficient_reason",
        *,
        n_jobs: int | None = None,
        time_limit: float | None = None,
        progress: bool = False,
        **options: Any,
    ) -> Batch:
        """Ask a query about each of many rows, side by side; the instance of this explainer stays as it is.

        Parameters
        ----------
        X : array-like, series or data frame
            A matrix of rows, a list of rows of any kinds, or one row.
        query : str
            The name of a query of this explainer, such as ``"sufficient_reason"``.
        n_jobs : int, optional
            How many rows are asked at the same time; default: one a core. The answers do not depend on it. Queries go
            by threads; with ``solver=…`` by processes, in which the explainer is made again (where the model cannot be
            pickled, by threads as well).
        time_limit : float, optional
            Seconds for all rows together. Each row may use what is left.
        progress : bool
            Whether to show a progress bar.
        **options
            Arguments of the query, the same for all rows.

        Returns
        -------
        Batch
            A sequence of what the query returned for each row. A row that fails has its error there; those that were
            not reached in time, or before Ctrl-C, say so.

        Raises
        ------
        BadInputError
            If there is no such query, it takes no such argument, or X holds no rows of the model.
        """
        from ..batch.asking import ask_batch

        return ask_batch(self, X, query, options, n_jobs, time_limit, progress)

    # -- how ---------------------------------------------------------------------------------------------------

    def _direct_reason(self, passed: Iterable[int], deadline: Deadline) -> Reason | None:
        """Return the reason of all literals on paths, or None if one of them is on an excluded feature."""
        if any(self._space.feature_of(literal) in self._excluded for literal in passed):
            return None
        literals = passed if self._space.theory is None else self._non_implied(passed)
        proof = Proof("direct", method="the instance's paths", seconds=deadline.elapsed)
        return self._make(sorted(set(literals), key=abs), proof)

    def _non_implied(self, literals: Iterable[int]) -> list[int]:
        """Return the written form of the closure of literals that are true at the instance, attribute by attribute."""
        space, situation = self._space, self._here
        if space.all_interval:
            return list(space.core.non_implied(situation.truth, situation.cells, np.array(list(literals), np.int32)))
        by_attribute: dict[int, list[int]] = {}
        for literal in literals:
            by_attribute.setdefault(int(space.attribute_of[abs(literal) - 1]), []).append(abs(literal) - 1)
        out: list[int] = []
        for a, variables in by_attribute.items():
            attribute = space.attributes[a]
            if attribute.interval:
                cell, base = int(situation.cells[a]), int(space.element_base[a])
                cut = attribute.cut[np.searchsorted(attribute.variables, variables)]
                below, above = cut[(cut >= 0) & (cut < cell)], cut[cut >= cell]
                strongest = [*([below.max()] if len(below) else []), *([above.min()] if len(above) else [])]
                out += [situation.literal(base + int(p)) for p in strongest]
                continue
            universe = attribute_universe(situation, a)
            place = {v: e for e, v in enumerate(universe.names)}
            written = universe.written(universe.close(mask_of(place[v] for v in variables)))
            out += [int(space.literals(situation.truth)[universe.names[e]]) for e in bits(written)]
        return out

    def _explain_rows(
        self, rows: F64, per_feature: bool, deadline: Deadline, n_jobs: int | None, progress: bool,
        intervals: F64 | None,
    ) -> BatchReasons:  # fmt: skip
        """Explain many rows, in the quickest way that the family has."""
        return self._row_by_row(rows, per_feature, deadline, n_jobs, progress, intervals)

    def _batch_names(self, per_feature: bool) -> tuple[str, ...] | None:
        return tuple(f.name for f in self._features) if per_feature else None

    def _row_by_row(
        self, rows: F64, per_feature: bool, deadline: Deadline, n_jobs: int | None, progress: bool,
        intervals: F64 | None = None,
    ) -> BatchReasons:  # fmt: skip
        """Explain the rows by the queries themselves."""
        from ..batch.flat import found_row_by_row

        return found_row_by_row(self, rows, per_feature, deadline, n_jobs, progress, intervals)

    def _rows_at_once(self, per_feature: bool) -> bool:
        """Tell whether ``_explain_rows`` has a way that is quicker than the query (hook of the families)."""
        return False

    def _row_outcome(self) -> Any:
        """Return what tells the outcome of the instance (see ``_row_number``)."""
        return self._outcome()

    def _row_number(self, outcome: Any) -> int:
        """Return the number under which rows of an outcome are told."""
        return int(outcome)

    def _took(self, twin: Any) -> None:
        """Keep what a twin noted of rows that it explained (hook of the families)."""
