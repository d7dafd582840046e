"""Reasons that cover rows of the user: references whose labels are known for sure, or a group of rows.

Audemard, Lagniez, Marquis, Szczepanski: On the computation of example-based abductive explanations for random forests
(IJCAI 2024).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ...engine.arrays import I32
from ...engine.budget import Deadline
from ...engine.ensembles.cheapest.anchored import Anchored, References, anchored
from ...engine.errors import BadInputError, CapabilityError, TheoryError, shown
from ...engine.given import count_of, is_whole, mapping_of
from ...engine.reasons import Proof, Reason
from ...engine.status import Status, Stop
from ..session.gate import switch_here
from .answers import Deciding
from .explaining import Explaining

NORMAL, ONE_SIDE = "normal", "one_side"
_SUCH = '{"yes": [row, …], "no": [row, …]}'


class AnchoredQueries(Explaining):
    """Reasons that cover rows."""

    answers: Deciding

    @switch_here
    def set_reference_instances(self, reference_instances: Mapping[Any, Any]) -> None:
        """Give rows whose labels are known for sure, for ``anchored_reason`` and ``most_anchored_reason``.

        They are not saved or pickled with the explainer.

        Parameters
        ----------
        reference_instances : mapping
            From labels to lists (arrays, frames) of rows.

        Raises
        ------
        BadInputError
            If it is no mapping, a label is none of the model's, or the model does not take a row.
        """
        self._read_references(reference_instances)
        self.session.references = reference_instances
        self.session.instance_changed()

    def anchored_reason(
        self,
        *,
        n_anchors: int = 2,
        reference_instances: Mapping[Any, Any] | None = None,
        type_references: str = NORMAL,
        check: bool = False,
        time_limit: float | None = None,
    ) -> Reason | None:
        """Return a sufficient reason that covers some of the references with the predicted label.

        Parameters
        ----------
        n_anchors : int
            How many references with the predicted label are covered at least (all literals are true of them).
        reference_instances : mapping, optional
            From labels to rows; default: those of ``set_reference_instances``.
        type_references : {"normal", "one_side"}
            Whether references with other labels must not be covered, or do not matter.
        check : bool
            Accepted and not needed: what is returned is proved.
        time_limit : float, optional
            Seconds.

        Returns
        -------
        Reason or None
            Of the literals that force the outcome, cover so many references and (``"normal"``) none with another
            label, a minimal set. ``None`` if it is proved that there is none.

        Raises
        ------
        UndecidedError
            If the time was up before that was known.
        """
        wanted = 0 if is_whole(n_anchors) and n_anchors == 0 else count_of(n_anchors, "n_anchors")
        with self.session.query(time_limit) as deadline:
            found = anchored(self._chosen_references(reference_instances, type_references), wanted, deadline)
            if found is None:
                return None
            if found.covered < wanted:
                raise deadline.undecided(f"whether a reason covers {wanted} references")
            return self._anchored_as(found, "anchored", False, deadline)

    def most_anchored_reason(
        self, *, type_references: str = NORMAL, check: bool = False, time_limit: float | None = None
    ) -> Reason | None:
        """Return a sufficient reason that covers as many of the references with the predicted label as can be.

        Parameters
        ----------
        type_references, check
            As in ``anchored_reason``.
        time_limit : float, optional
            Seconds; what was found by then is ``best_so_far``.

        Returns
        -------
        Reason or None
            ``proof.cost`` is how many references it covers, ``proof.upper`` what no reason exceeds. ``None`` if every
            reason covers a reference with another label.

        Notes
        -----
        Implicit hitting sets: each set of references that no reason covers is a conflict. Worst-case exponential.
        """
        with self.session.query(time_limit) as deadline:
            found = anchored(self._chosen_references(None, type_references), None, deadline)
            return None if found is None else self._anchored_as(found, "most anchored", True, deadline)

    def group_reason(self, rows: Any, *, time_limit: float | None = None) -> Reason | None:
        """Return one sufficient reason for the instance and all of some rows.

        Parameters
        ----------
        rows : array-like
            Rows, as the model takes them.
        time_limit : float, optional
            Seconds.

        Returns
        -------
        Reason or None
            A minimal set of literals that are true of all rows and force the outcome; ``None`` if what they have in
            common does not.
        """
        with self.session.query(time_limit) as deadline:
            cells = self._cells_of_references(self.session.compiled.read(rows))
            found = anchored(References(self.answers.literal_view(), cells, []), len(cells), deadline)
            if found is None:
                return None
            if found.covered < len(cells):
                raise deadline.undecided("whether one reason covers all rows")
            return self._anchored_as(found, "group", False, deadline)

    # -- how ---------------------------------------------------------------------------------------------------

    def _chosen_references(self, given: Mapping[Any, Any] | None, kind: str) -> References:
        if not isinstance(kind, str) or kind not in (NORMAL, ONE_SIDE):
            raise BadInputError(f"type_references={shown(kind)}: expected {NORMAL!r} or {ONE_SIDE!r}")
        if given is None:
            given = self.session.references
        if given is None:
            raise BadInputError(f"no references are known: call set_reference_instances({_SUCH}) first")
        own = self.session.outcome()
        cover: list[I32] = []
        avoid: list[I32] = []
        for index, rows in self._read_references(given):
            (cover if index == own else avoid).extend(self._cells_of_references(rows))
        return References(self.answers.literal_view(), cover, avoid if kind == NORMAL else [])

    def _read_references(self, given: Any) -> list[tuple[int, Any]]:
        """Return the class of each label with its rows as the model reads them."""
        compiled = self.session.compiled
        if not compiled.classes:
            raise CapabilityError("references have labels, and this model predicts numbers: use group_reason")
        if given is None:
            raise BadInputError(f"reference_instances=None: expected a mapping such as {_SUCH}")
        given = mapping_of(given, name="reference_instances", such_as=_SUCH)
        told = [(compiled.class_index(label), rows) for label, rows in given.items()]
        return [(index, compiled.read(rows)) for index, rows in told if not _none(rows)]

    def _cells_of_references(self, rows: Any) -> list[I32]:
        """Return the cells of rows.

        Raises
        ------
        BadInputError
            If a row is outside the domain.
        """
        space, found = self.session.space, []
        for number, row in enumerate(rows):
            try:
                space.check_row(row)
                found.append(space.place(row)[1])
            except TheoryError as error:
                raise BadInputError(f"row {number} of those to be covered is outside the domain: {error}") from None
        return found

    def _anchored_as(self, found: Anchored, kind: str, counted: bool, deadline: Deadline) -> Reason:
        view = self.answers.literal_view()
        done = found.maximal and (not counted or found.covered >= found.most)
        if not done:
            deadline.expired()
        status = Status.BEST_SO_FAR if not done else Status.OPTIMAL if counted else Status.PROVED
        proof = Proof(
            kind, status, Stop.NONE if done else deadline.stop, "implicit hitting sets", seconds=deadline.elapsed,
            cost=float(found.covered), upper=float(found.most) if counted else None,
        )  # fmt: skip
        return self.session.make(view.names(view.written(found.kept)), proof)


def _none(rows: Any) -> bool:
    """Tell whether there is no row in a list or an array."""
    return hasattr(rows, "__len__") and not hasattr(rows, "keys") and len(rows) == 0
