"""What published scripts tell of how a model came about: names, and what its sums start from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ...engine.errors import BadInputError, shown


@dataclass(slots=True, eq=False)
class LearnerInformation:
    """What is known of how a model was learned. Hand-built models take names and a base score from it, nothing else.

    Attributes
    ----------
    learner_name, problem_type, model_type, instances_type, labels_type, splitting_method : optional
        What was learned, and how.
    dataset_path, n_features, n_labels : optional
        The table.
    feature_names, label_names : sequence, optional
        Names of the columns, and of the labels 0, 1, …; used where the model itself is given none.
    instances_directory, labels_directory, get_item_function : optional
        Kept, and not used: instances are rows.
    raw_model, metrics : optional
        The library's own model, and what was measured.
    extras : dict
        ``extras["base_score"]`` is what the sums of boosted trees start from.
    train_index, test_index, groups : optional
        Which rows were learned from.
    """

    learner_name: Any = None
    problem_type: Any = None
    model_type: Any = None
    instances_type: Any = None
    labels_type: Any = None
    splitting_method: Any = None
    dataset_path: Any = None
    n_features: Any = None
    n_labels: Any = None
    feature_names: Any = None
    label_names: Any = None
    instances_directory: Any = None
    labels_directory: Any = None
    get_item_function: Any = None
    raw_model: Any = None
    metrics: Any = None
    extras: dict[str, Any] = field(default_factory=dict)
    train_index: Any = None
    test_index: Any = None
    groups: Any = None

    @property
    def accuracy(self) -> Any:
        """The measured accuracy, None if it is not known."""
        return self.metrics.get("accuracy") if isinstance(self.metrics, Mapping) else None


Names = Sequence[Any] | None


def names_told(told: Any, feature_names: Names, class_names: Names) -> tuple[Names, Names]:
    """Return names of features and classes: those that are given, else those that a learner has told.

    Raises
    ------
    BadInputError
        If `told` is no ``LearnerInformation``.
    """
    if told is None:
        return feature_names, class_names
    _check(told)
    return (
        told.feature_names if feature_names is None else feature_names,
        told.label_names if class_names is None else class_names,
    )


def base_told(told: Any, base: Any) -> Any:
    """Return what sums start from: what is given, else the base score that a learner has told, else 0."""
    if base is not None:
        return base
    if told is None:
        return 0.0
    _check(told)
    return told.extras.get("base_score", 0.0) if isinstance(told.extras, Mapping) else 0.0


def _check(told: Any) -> None:
    if not isinstance(told, LearnerInformation):
        raise BadInputError(f"learner_information={shown(told)}: expected a Learning.LearnerInformation")
