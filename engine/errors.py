"""Error classes. Every message names the value, what was expected and what to do."""

from __future__ import annotations


class SufficeError(Exception):
    """Root of all errors that this library raises on purpose."""


class BadInputError(SufficeError, ValueError):
    """An argument has a value that the call cannot use."""


class FormatError(BadInputError):
    """A text or file does not follow the grammar of its format."""


class TheoryError(BadInputError):
    """The declared domain knowledge contradicts itself, the model or the instance."""


class NotFittedModelError(BadInputError):
    """The model has not been fitted."""


class NoInstanceError(SufficeError, RuntimeError):
    """A query needs an instance and none was set."""


class UnsupportedModelError(SufficeError, TypeError):
    """No encoder takes this model."""


class MissingQueryError(UnsupportedModelError, AttributeError):
    """Explainers of models of this kind do not have the query; the text says why, and what to ask instead."""


class SelfCheckError(SufficeError, RuntimeError):
    """The compiled form and the model's own ``predict`` disagree on a row."""


class ModelChangedError(SelfCheckError):
    """The model was fitted again, or changed, after its explainer was made."""


class UndecidedError(SufficeError, RuntimeError):
    """A question has no answer: time was up, or the search gave up."""


class SetupLimitError(SufficeError, TimeoutError):
    """A model was not compiled and checked within ``setup_limit``."""


class FidelityError(SufficeError, RuntimeError):
    """A surrogate is not as faithful to its model as was demanded."""


class BackendError(SufficeError, RuntimeError):
    """A solver backend failed or broke its protocol."""


class MissingBackendError(BackendError):
    """The backend is unknown or its package or program is not installed."""


class CapabilityError(BackendError):
    """The chosen backend cannot do what the query needs."""


class UnboundedError(BadInputError):
    """A linear program has no minimum: its cost can fall without end."""


def shown(value: object, limit: int = 60) -> str:
    """Return a value as an error message shows it: on one line, shortened, whatever it is."""
    try:
        text = " ".join(repr(value).split())
    except Exception:  # a number of too many digits, or a class whose repr fails
        text = f"<{type(value).__name__}>"
    return text if len(text) <= limit else f"{text[: limit - 1]}…"
