"""One query about many rows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, overload

import numpy as np

from ...engine.arrays import F64
from ...engine.budget import Deadline
from ...engine.errors import BadInputError, shown
from ..batch.reasons import BatchReasons
from ..session.gate import twin_of, ungated
from ..session.running import over_features
from .explaining import Explaining

if TYPE_CHECKING:
    from ...engine.reasons import Check, NoneInTime, Reason, Reasons
    from ..batch.batch import Batch
    from ..words.query_types import Change, Many, Number, One, OneOrMany, PerFeature, PerLiteral, Several, Verdict


class RowQueries(Explaining):
    """Many rows, side by side."""

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
        per_feature, width = over_features(over), len(self.session.compiled.vocabulary.names)
        if not isinstance(rows, np.ndarray) or rows.dtype != np.float64 or rows.ndim != 2 or rows.shape[1] != width:
            raise BadInputError(
                f"rows={shown(rows)}: expected a float64 array of shape (m, {width}), as the model reads rows; "
                "suffice.explain(model, X) takes rows of every kind"
            )
        twin = twin_of(self)
        with twin.session.all_shown(rows):
            found = twin.answers.explain_rows(rows, per_feature, deadline, n_jobs, progress, intervals)
        self.answers.took(twin.answers)
        return found

    @overload
    def batch(
        self, X: Any,  # noqa: N803  # as below
        query: Literal["sufficient_reason"], *, mode: str, n: Literal[1] = 1, n_jobs: int | None = None,
        time_limit: float | None = None, progress: bool = False, **options: Any,
    ) -> Batch[Reason | NoneInTime]: ...  # fmt: skip
    @overload
    def batch(
        self, X: Any,  # noqa: N803  # as below
        query: OneOrMany | One = "minimal_sufficient_reason", *, n: Literal[1] = 1, n_jobs: int | None = None,
        time_limit: float | None = None, progress: bool = False, **options: Any,
    ) -> Batch[Reason]: ...  # fmt: skip
    @overload
    def batch(
        self, X: Any,  # noqa: N803  # as below
        query: Change, *, n: Literal[1] = 1, n_jobs: int | None = None,
        time_limit: float | None = None, progress: bool = False, **options: Any,
    ) -> Batch[Reason | NoneInTime]: ...  # fmt: skip
    @overload
    def batch(
        self, X: Any,  # noqa: N803  # as below
        query: OneOrMany | Change = "minimal_sufficient_reason", *, n: int | None, n_jobs: int | None = None,
        time_limit: float | None = None, progress: bool = False, **options: Any,
    ) -> Batch[Reasons]: ...  # fmt: skip
    @overload
    def batch(
        self, X: Any,  # noqa: N803  # as below
        query: Several, *, n: Literal[1], n_jobs: int | None = None,
        time_limit: float | None = None, progress: bool = False, **options: Any,
    ) -> Batch[Reason]: ...  # fmt: skip
    @overload
    def batch(
        self, X: Any,  # noqa: N803  # as below
        query: Many, *, n_jobs: int | None = None,
        time_limit: float | None = None, progress: bool = False, **options: Any,
    ) -> Batch[Reasons]: ...  # fmt: skip
    @overload
    def batch(
        self, X: Any,  # noqa: N803  # as below
        query: Verdict, *, n_jobs: int | None = None,
        time_limit: float | None = None, progress: bool = False, **options: Any,
    ) -> Batch[Check]: ...  # fmt: skip
    @overload
    def batch(
        self, X: Any,  # noqa: N803  # as below
        query: Number, *, n_jobs: int | None = None,
        time_limit: float | None = None, progress: bool = False, **options: Any,
    ) -> Batch[int]: ...  # fmt: skip
    @overload
    def batch(
        self, X: Any,  # noqa: N803  # as below
        query: PerLiteral, *, n_jobs: int | None = None,
        time_limit: float | None = None, progress: bool = False, **options: Any,
    ) -> Batch[dict[int, int]]: ...  # fmt: skip
    @overload
    def batch(
        self, X: Any,  # noqa: N803  # as below
        query: PerFeature, *, n_jobs: int | None = None,
        time_limit: float | None = None, progress: bool = False, **options: Any,
    ) -> Batch[dict[str, int]]: ...  # fmt: skip
    @overload
    def batch(
        self, X: Any,  # noqa: N803  # as below
        query: str, *, n_jobs: int | None = None,
        time_limit: float | None = None, progress: bool = False, **options: Any,
    ) -> Batch[object]: ...  # fmt: skip
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
    ) -> Batch[Any]:
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
