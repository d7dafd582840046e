"""What an explainer says of itself."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from ...encoders.saved.models import SavedModel
from ...engine.errors import shown
from ...engine.models import CompiledEnsemble, CompiledTree
from ...engine.models.around import around_of
from ...engine.models.multilabel import CompiledMultiLabel

_FEW = 6  # labels that are listed
_VOTES = {"soft": ", votes averaged", "hard": ", votes counted"}


LABELS = ("model", "decides", "conditions", "theory", "instance")  # what the parts of a description are


def described(
    compiled: CompiledTree | CompiledEnsemble | CompiledMultiLabel, theory: bool, outcome: object | None
) -> tuple[str, ...]:
    """Return what an explainer says of itself: its model, its domain, and the decision at its instance."""
    around = around_of(compiled)
    domain = f"theory {'on' if theory else 'off'}" if around is None or not theory else around.domain
    here = "no instance yet" if outcome is None else f"the instance is {shown(outcome, 60)}"
    return (
        f"{model_name(compiled.source)} of {_size(compiled)}", _decides(compiled),
        f"{len(compiled.vocabulary)} conditions", domain, here,
    )  # fmt: skip


def model_name(source: object) -> str:
    """Return the name of a model's class, and whether it is a saved one."""
    return f"saved {source.kind.rpartition('.')[2]}" if isinstance(source, SavedModel) else type(source).__name__


def _size(compiled: CompiledTree | CompiledEnsemble | CompiledMultiLabel) -> str:
    if isinstance(compiled, CompiledMultiLabel):
        n = len(compiled.labels)
        return f"{n} {'label' if n == 1 else 'labels'}"
    if isinstance(compiled, CompiledEnsemble):
        n = len(compiled.trees.root)
        return f"{n} {'tree' if n == 1 else 'trees'}{_VOTES.get(compiled.voting, '')}"
    n = int((compiled.tree.literal == 0).sum())
    return f"{n} {'leaf' if n == 1 else 'leaves'}"


def _decides(compiled: CompiledTree | CompiledEnsemble | CompiledMultiLabel) -> str:
    if isinstance(compiled, CompiledMultiLabel):
        return _listed("labels", [label.name for label in compiled.labels], str)
    if isinstance(compiled, CompiledEnsemble) and compiled.regression:
        return "a number"
    return _listed("classes", compiled.classes, lambda label: shown(label, 20))


def _listed(what: str, items: Sequence[Any], say: Callable[[Any], str]) -> str:
    return f"{what} {', '.join(map(say, items))}" if len(items) <= _FEW else f"{len(items)} {what}"
