"""The queries of surrogates: those of the explainers of all families, as types, and many rows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, cast, overload

if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Unpack

    from ...encoders.columns.told import Row
    from ...engine.reasons import Answered, Check, NoneInTime, Reason, Reasons, ReasonStream
    from ..batch.batch import Batch
    from ..queries.preferences import Method
    from ..words.query_types import (
        Change,
        LabelAsking,
        LabelChanging,
        LabelNearing,
        LabelPreferring,
        LabelSufficing,
        Many,
        Number,
        One,
        OneOrMany,
        PerFeature,
        PerLiteral,
        Several,
        SurrogateChecking,
        Verdict,
    )


class SurrogateQueries:
    """What all surrogates answer, whether they stand for one label or for several."""

    if TYPE_CHECKING:  # ``SurrogateExplainer.__getattr__`` asks the explainer of the surrogate

        @overload
        def sufficient_reason(  # type: ignore[overload-overlap]  # n=1 is one
            self, *, n: Literal[1] = 1, **how: Unpack[LabelSufficing]
        ) -> Reason | NoneInTime | None: ...
        @overload
        def sufficient_reason(self, *, n: int | None, **how: Unpack[LabelSufficing]) -> Reasons: ...
        def sufficient_reason(self, **how: Any) -> Answered: ...

        @overload
        def minimal_sufficient_reason(  # type: ignore[overload-overlap]  # n=1 is one
            self, *, n: Literal[1] = 1, **how: Unpack[LabelAsking]
        ) -> Reason | None: ...
        @overload
        def minimal_sufficient_reason(self, *, n: int | None, **how: Unpack[LabelAsking]) -> Reasons: ...
        def minimal_sufficient_reason(self, **how: Any) -> Answered: ...

        @overload
        def preferred_sufficient_reason(  # type: ignore[overload-overlap]  # n=1 is one
            self, *, method: Method | str, n: Literal[1] = 1, **how: Unpack[LabelPreferring]
        ) -> Reason | None: ...
        @overload
        def preferred_sufficient_reason(
            self, *, method: Method | str, n: int | None, **how: Unpack[LabelPreferring]
        ) -> Reasons: ...
        def preferred_sufficient_reason(self, **how: Any) -> Answered: ...

        @overload
        def contrastive_reason(  # type: ignore[overload-overlap]  # n=1 is one
            self, *, n: Literal[1] = 1, **how: Unpack[LabelChanging]
        ) -> Reason | NoneInTime | None: ...
        @overload
        def contrastive_reason(self, *, n: int | None, **how: Unpack[LabelChanging]) -> Reasons: ...
        def contrastive_reason(self, **how: Any) -> Answered: ...

        @overload
        def minimal_contrastive_reason(  # type: ignore[overload-overlap]  # n=1 is one
            self, *, n: Literal[1] = 1, **how: Unpack[LabelNearing]
        ) -> Reason | NoneInTime | None: ...
        @overload
        def minimal_contrastive_reason(self, *, n: int | None, **how: Unpack[LabelNearing]) -> Reasons: ...
        def minimal_contrastive_reason(self, **how: Any) -> Answered: ...

        def sufficient_reasons(self, **how: Unpack[LabelSufficing]) -> ReasonStream: ...
        def contrastive_reasons(self, **how: Unpack[LabelChanging]) -> ReasonStream: ...
        def necessary_literals(self, *, labels: Any = None, time_limit: float | None = None) -> Reason: ...
        def relevant_literals(self, *, labels: Any = None, time_limit: float | None = None) -> Reason: ...
        def necessary_features(self, *, labels: Any = None, time_limit: float | None = None) -> Reason: ...
        def relevant_features(self, *, labels: Any = None, time_limit: float | None = None) -> Reason: ...
        def is_reason(self, reason: Iterable[Any], **how: Unpack[SurrogateChecking]) -> Check: ...
        def is_sufficient_reason(self, reason: Iterable[Any], **how: Unpack[SurrogateChecking]) -> Check: ...
        def n_sufficient_reasons(self, **how: Unpack[LabelAsking]) -> int | None: ...
        @property
        def instance(self) -> Row | None: ...

    @overload
    def batch(
        self, X: Any,  # noqa: N803  # as below
        query: Literal["sufficient_reason"], *, mode: str, n: Literal[1] = 1, n_jobs: int | None = 1,
        time_limit: float | None = None, progress: bool = False, **options: Any,
    ) -> Batch[Reason | NoneInTime]: ...  # fmt: skip
    @overload
    def batch(
        self, X: Any,  # noqa: N803  # as below
        query: OneOrMany | One = "minimal_sufficient_reason", *, n: Literal[1] = 1, n_jobs: int | None = 1,
        time_limit: float | None = None, progress: bool = False, **options: Any,
    ) -> Batch[Reason]: ...  # fmt: skip
    @overload
    def batch(
        self, X: Any,  # noqa: N803  # as below
        query: Change, *, n: Literal[1] = 1, n_jobs: int | None = 1,
        time_limit: float | None = None, progress: bool = False, **options: Any,
    ) -> Batch[Reason | NoneInTime]: ...  # fmt: skip
    @overload
    def batch(
        self, X: Any,  # noqa: N803  # as below
        query: OneOrMany | Change = "minimal_sufficient_reason", *, n: int | None, n_jobs: int | None = 1,
        time_limit: float | None = None, progress: bool = False, **options: Any,
    ) -> Batch[Reasons]: ...  # fmt: skip
    @overload
    def batch(
        self, X: Any,  # noqa: N803  # as below
        query: Several, *, n: Literal[1], n_jobs: int | None = 1,
        time_limit: float | None = None, progress: bool = False, **options: Any,
    ) -> Batch[Reason]: ...  # fmt: skip
    @overload
    def batch(
        self, X: Any,  # noqa: N803  # as below
        query: Many, *, n_jobs: int | None = 1,
        time_limit: float | None = None, progress: bool = False, **options: Any,
    ) -> Batch[Reasons]: ...  # fmt: skip
    @overload
    def batch(
        self, X: Any,  # noqa: N803  # as below
        query: Verdict, *, n_jobs: int | None = 1,
        time_limit: float | None = None, progress: bool = False, **options: Any,
    ) -> Batch[Check]: ...  # fmt: skip
    @overload
    def batch(
        self, X: Any,  # noqa: N803  # as below
        query: Number, *, n_jobs: int | None = 1,
        time_limit: float | None = None, progress: bool = False, **options: Any,
    ) -> Batch[int]: ...  # fmt: skip
    @overload
    def batch(
        self, X: Any,  # noqa: N803  # as below
        query: PerLiteral, *, n_jobs: int | None = 1,
        time_limit: float | None = None, progress: bool = False, **options: Any,
    ) -> Batch[dict[int, int]]: ...  # fmt: skip
    @overload
    def batch(
        self, X: Any,  # noqa: N803  # as below
        query: PerFeature, *, n_jobs: int | None = 1,
        time_limit: float | None = None, progress: bool = False, **options: Any,
    ) -> Batch[dict[str, int]]: ...  # fmt: skip
    @overload
    def batch(
        self, X: Any,  # noqa: N803  # as below
        query: str, *, n_jobs: int | None = 1,
        time_limit: float | None = None, progress: bool = False, **options: Any,
    ) -> Batch[object]: ...  # fmt: skip
    def batch(
        self,
        X: Any,  # noqa: N803  # the name that scikit-learn's users know
        query: str = "minimal_sufficient_reason",
        *,
        n_jobs: int | None = 1,
        time_limit: float | None = None,
        progress: bool = False,
        **options: Any,
    ) -> Batch[Any]:
        """Ask a query about each of many rows: each has surrogates of its own, made as these were.

        Parameters
        ----------
        X, query, time_limit, progress, **options
            See ``RowQueries.batch``.
        n_jobs : int, optional
            How many rows are asked at the same time, by threads; more than one only if the function bears to be called
            from several threads; ``None``: one a core.

        Returns
        -------
        Batch
            A row without faithful surrogates has the ``FidelityError`` there.
        """
        from .batch import ask_surrogates

        return ask_surrogates(cast(Any, self), X, query, options, n_jobs, time_limit, progress)
