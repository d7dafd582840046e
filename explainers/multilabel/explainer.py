"""The explainer of models that decide about several labels."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, ClassVar, overload

import numpy as np

from ...engine.errors import BadInputError, CapabilityError, shown
from ...engine.labels.problem import Problem
from ...engine.labels.search import Single
from ...engine.models.multilabel import CompiledMultiLabel
from ...solvers.protocols import Kind
from ..queries.naming import NamingQueries
from ..queries.rows import RowQueries
from ..recourse.query import RecourseQueries
from ..session.gate import switch
from ..session.session import Session
from ..words.arguments import Solvers, queries
from .answers import LabelAnswers
from .chances import LabelChances
from .checks import LabelChecks
from .contrastive import LabelContrastive
from .graph import LabelGraph
from .nearness import LabelNear
from .picture import LabelPictures
from .problems import forest_problem

if TYPE_CHECKING:
    from ...engine.forms import Cnf


class MultiLabelExplainer(
    LabelPictures, LabelContrastive, LabelChecks, LabelGraph, LabelNear, LabelChances, RowQueries, NamingQueries,
    RecourseQueries,
):  # fmt: skip
    """Explains the labels of a multi-label model, exactly.

    Made by ``Explainer.initialize(model, …)`` for scikit-learn's multi-label models and ``Builder.MultiLabel``; see
    ``Explaining`` for the parameters. The queries take ``labels=``, the labels of interest (default: all of them).
    """

    session: Session[CompiledMultiLabel]
    answers: LabelAnswers
    family = "multilabel"
    _takes = (CompiledMultiLabel,)
    _answers = LabelAnswers
    _solvers: ClassVar[Solvers] = {
        **queries("sufficient_reason sufficient_reasons", Kind.SAT),
        **queries("contrastive_reason contrastive_reasons minimal_contrastive_reason", Kind.SAT),
        **queries("minimal_sufficient_reason preferred_sufficient_reason", Kind.MAXSAT, Kind.MIP),
    }

    @property
    def label_names(self) -> tuple[str, ...]:
        """Names of the labels, in the order of the model's output."""
        return self.answers.form.names

    @switch
    def set_label_names(self, names: Sequence[str]) -> None:
        """Give the labels other names, one each, in the order of the model's output."""
        try:
            given = () if isinstance(names, str) else tuple(str(name) for name in names)
        except TypeError:
            given = ()
        if len(given) != len(self.answers.form.labels) or len(set(given)) != len(given):
            raise BadInputError(
                f"names={shown(names)}: expected {len(self.answers.form.labels)} distinct names, one a label"
            )
        self.session.compiled = self.answers.form.renamed(given)
        self.session.cache = {}
        self.answers.domain_changed()

    @property
    def row_labels(self) -> tuple[tuple[Any, ...], ...]:
        """The vectors of labels of the rows that were explained together last."""
        return tuple(self.answers.form.values_of(vector) for vector in self.answers.row_vectors)

    @overload
    def to_cnf(self, label: None = None, value: None = None) -> dict[str, Cnf]: ...
    @overload
    def to_cnf(self, label: str | int, value: Any = None) -> Cnf: ...
    def to_cnf(self, label: str | int | None = None, value: Any = None) -> Cnf | dict[str, Cnf]:
        """Return the CNF of "the label has this value" over the conditions that all labels share.

        Parameters
        ----------
        label : label, optional
            Its name or position; without one, the formulas of all labels are returned, by name.
        value : value of the label, optional
            Default: the one that it has at the instance (of a label with values 0 and 1, 1 asks for "predicted").

        Returns
        -------
        Cnf, or dict from str to Cnf
            Variables 1 … n are the conditions, the same in the formula of each label; those beyond are defined by the
            conditions, by each formula for itself. A sufficient reason for the label is an implicant.

        Raises
        ------
        CapabilityError
            If the label asks other ones (a chain), or the formula would have more than five million clauses.
        """
        if label is None:
            if value is not None:
                raise BadInputError(f"value={shown(value)} without a label: say which label shall have it")
            return {name: self.to_cnf(name) for name in self.label_names}
        i = self.answers.form.label_index(label)
        own = self.answers.form.labels[i]
        if own.tests:
            asked = shown([self.answers.form.names[parent] for parent in own.parents])
            raise CapabilityError(
                f"label {own.name!r} asks the labels {asked}: no formula of a chain is written; use is_reason, or a "
                "model whose labels do not ask each other"
            )
        good = np.zeros(len(own.classes), np.bool_)
        good[self.answers.vector[i] if value is None else self.answers.class_of(i, value)] = True
        nothing = Problem(())  # only a formula is asked for
        single, predict_bad = Single(own.model, good), self.answers.predict_bad(nothing)
        return forest_problem(self.session, single, nothing, predict_bad).answers.cnf_of(good)
