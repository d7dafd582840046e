"""The short way: ``suffice.recourse(model, row, …)``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from ...engine.errors import BadInputError
from ..facade import Explainer
from ..queries.explaining import Explaining
from ..session.domain import AUTO
from ..session.gate import room_of
from ..session.pickling import explainer_of, whole_recipe

if TYPE_CHECKING:
    from .results import Recourse


def recourse(
    model: Any,
    row: Any,
    *,
    features_type: Mapping[str, Any] | None = None,
    theory: Any = AUTO,
    feature_names: Sequence[str] | None = None,
    background: Any = None,
    check: bool = True,
    voting: str = "soft",
    **how: Any,
) -> Recourse:
    """Return the cheapest plan with which a model decides about a row as wanted, with a proof.

    Parameters
    ----------
    model : object
        A fitted or hand-built model; or an explainer, whose domain then holds.
    row : array-like, series, mapping or one-row data frame
        The row.
    features_type, theory, feature_names, background, check, voting
        As in ``Explainer``; the background is by default `data`, where that is given.
    **how
        What is wanted, what may change and what it costs: the arguments of ``explainer.recourse``.

    Returns
    -------
    Recourse
        The plans, see ``explainer.recourse``.

    Raises
    ------
    BadInputError
        If an argument does not fit.
    """
    if isinstance(model, Explaining):
        if any(one is not None for one in (features_type, feature_names, background)):
            raise BadInputError("features_type, feature_names, background: an explainer keeps what it was made with")
        own = room_of(model)
        made = explainer_of(replace(whole_recipe(own), instance=None), own.session.compiled)
        made.set_instance(row)
        found: Recourse = made.recourse(**how)
        return found
    rows = how.get("data") if background is None else background
    explainer: Any = Explainer.initialize(
        model, row, features_type, theory=theory, feature_names=feature_names, background=rows, check=check,
        voting=voting,
    )  # fmt: skip
    plans: Recourse = explainer.recourse(**how)
    return plans
