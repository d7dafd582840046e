"""Pipelines of scikit-learn that begin with a vectorizer of texts, before a model that is taken.

A text has thousands of columns and looks at few: a form is compiled for the texts around each instance (``forms``).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ...engine.errors import BadInputError, UnsupportedModelError, shown
from ...engine.models import CompiledModel
from ..catalog import find
from ..encoder import Traits
from .forms import first_form
from .steps import is_text_pipeline, steps_of
from .sums import is_sum, only_compared, only_found

__all__ = ["TRAITS", "accepts", "column_names", "compile_model", "takes_missing"]


def accepts(model: Any) -> bool:
    """Tell whether `model` is a pipeline that begins with a vectorizer (whether its steps are taken is told later)."""
    return is_text_pipeline(model)


def takes_missing(model: Any) -> bool:
    """Tell that texts are not missing."""
    return False


def column_names(model: Any) -> tuple[str, ...]:
    """Return the name of the only column of a fitted pipeline's input."""
    find(steps_of(model).final).column_names()
    return ("text",)


def compile_model(
    model: Any,
    *,
    names: tuple[str, ...] | None = None,
    missing: frozenset[int] = frozenset(),
    voting: str = "soft",
    types: Mapping[str, Any] | None = None,
) -> CompiledModel:
    """Compile a fitted pipeline that reads texts.

    Parameters
    ----------
    model : Pipeline
        Fitted; a CountVectorizer, TfidfVectorizer or HashingVectorizer, steps that keep to their columns, a model.
    names : tuple of str, optional
        The name of its only column.
    missing : frozenset of int
        Must be empty.
    voting : str
        How a forest of classifiers decides, see ``sklearn.forests``.
    types : mapping, optional
        Which words may occur that a text lacks, see ``domain.declared``.

    Returns
    -------
    CompiledModel
        The form around no text; its ``around`` makes that around one.

    Raises
    ------
    UnsupportedModelError, NotFittedModelError, TheoryError, BadInputError
        If a step or the model is not taken or not fitted, or words are declared that the model does not know.
    """
    if missing:
        raise BadInputError("missing=…: a text is not missing; leave it out, and pass '' for an empty one")
    steps = steps_of(model)
    if steps.norm is not None and only_found(steps.final):
        steps = steps.without_norm()
    if steps.norm is not None and only_compared(steps.final):
        raise UnsupportedModelError(
            f"BernoulliNB compares columns with binarize={shown(steps.final.binarize)} after a norm "
            f"({steps.norm}), where each word moves all columns: expected binarize=0, or norm=None"
        )
    if steps.norm is not None and not is_sum(steps.final):
        raise UnsupportedModelError(
            f"the pipeline divides the counts of a text by their norm ({steps.norm}), so that each word moves all "
            f"columns, and {type(steps.final).__name__} is no sum of columns: expected a linear classifier or naive "
            "Bayes after it, or norm=None"
        )
    return first_form(model, steps, types, voting)


def _no_names(model: Any) -> tuple[str, ...] | None:
    return None


def _takes_types(model: Any) -> bool:
    return True


def _takes_voting(model: Any) -> bool:
    return find(steps_of(model).final).takes_voting


TRAITS = Traits(own_names=_no_names, takes_types=_takes_types, takes_voting=_takes_voting)
