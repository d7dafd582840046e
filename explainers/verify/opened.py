"""A model or its explainer, as the questions about whole models take it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ...engine.errors import BadInputError, UnsupportedModelError
from ..facade import Explainer
from ..queries.explaining import Explaining
from ..surrogate.explainer import SurrogateExplainer


def explainer_of(model: Any, data: Any, how: Mapping[str, Any]) -> Any:
    """Return the explainer of a model, or the one that was given.

    Raises
    ------
    BadInputError
        If arguments of ``Explainer.initialize`` are given beside an explainer, which has them already.
    UnsupportedModelError
        If it is the explainer of a surrogate, whose borders are not the function's.
    """
    if isinstance(model, SurrogateExplainer):
        raise UnsupportedModelError(
            "a surrogate decides like its function near data, but has borders of its own: ask about its explainer, "
            "explainer.explainer, if the surrogate itself is meant"
        )
    if isinstance(model, Explaining):
        if how:
            raise BadInputError(
                f"{next(iter(how))}=… is said when the explainer is made: leave it out, or pass the model"
            )
        return model
    more = {"background": data} if data is not None and "background" not in how else {}
    return Explainer.initialize(model, **more, **how)
