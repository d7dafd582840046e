"""Relations between labels: proved over the domain (or where literals are fixed), or refuted by an input."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from ...engine.arrays import I32
from ...engine.budget import Deadline
from ...engine.domain.region import Region, region_of
from ...engine.ensembles.answers import FOUND, NONE
from ...engine.errors import BadInputError, UndecidedError, shown
from ...engine.labels.problem import reaching
from ...engine.labels.search import LabelSearch
from ...engine.reasons import Check
from ..queries.explaining import Explaining
from ..session.witness import Shown, outside_of_labels
from ..words.asked import Asked
from .answers import LabelAnswers

Wanted = Mapping[int, int]
_SEARCHES = 32  # pairs of labels whose forms are kept


class LabelRelations(Explaining):
    """Queries about labels alone. They need no instance, unless they speak of its reasons."""

    answers: LabelAnswers

    def implies(self, label: Any, other: Any, *, given: Iterable[int] = (), time_limit: float | None = None) -> Check:
        """Tell whether every input with a label has the other one too.

        Parameters
        ----------
        label, other : label, or (label, value)
            Names or positions; a label alone means its second value, which is 1 (or True) for 0 and 1.
        given : iterable of int, str or tuple
            What is fixed, as in ``is_implicant``: only inputs that satisfy it are looked at; default: the whole domain.
            The literals of an instance (or a reason) make the question one about its vicinity.
        time_limit : float, optional
            Seconds; a check that was not done by then has the value ``None``.

        Returns
        -------
        Check
            ``False`` with a `witness`: an input that has the one and not the other, confirmed by the model's own
            ``predict`` (``None`` with the theory off).
        """
        a, b = self._said(label), self._said(other)
        if a[0] == b[0] and a[1] != b[1]:
            return self._found({a[0]: a[1]}, given, time_limit, "no input has the first value", refutes=True)
        cases = [{a[0]: a[1], b[0]: k} for k in self._other_values(b)] if a[0] != b[0] else []
        why = f"no input has {self._name(a)} without {self._name(b)}"
        return self._none_of(cases, given, time_limit, why)

    def equivalent(
        self, label: Any, other: Any, *, given: Iterable[int] = (), time_limit: float | None = None
    ) -> Check:
        """Tell whether two labels always hold together; parameters as in ``implies``."""
        a, b = self._said(label), self._said(other)
        cases = []
        if a[0] != b[0]:
            cases = [{a[0]: a[1], b[0]: k} for k in self._other_values(b)]
            cases += [{a[0]: k, b[0]: b[1]} for k in self._other_values(a)]
        elif a[1] != b[1]:
            cases = [{a[0]: a[1]}, {b[0]: b[1]}]
        return self._none_of(cases, given, time_limit, f"no input has one of {self._name(a)}, {self._name(b)} alone")

    def exclusive(self, label: Any, other: Any, *, given: Iterable[int] = (), time_limit: float | None = None) -> Check:
        """Tell whether two labels never hold together; parameters as in ``implies``."""
        a, b = self._said(label), self._said(other)
        cases = [{a[0]: a[1], b[0]: b[1]}] if a[0] != b[0] or a[1] == b[1] else []
        return self._none_of(cases, given, time_limit, f"no input has both {self._name(a)} and {self._name(b)}")

    def co_occur(self, *labels: Any, given: Iterable[int] = (), time_limit: float | None = None) -> Check:
        """Tell whether some input has all of these labels; `witness` is one. Parameters as in ``implies``."""
        if not labels:
            raise BadInputError("co_occur needs labels: co_occur('a', 'b')")
        wanted: dict[int, int] = {}
        for label, value in map(self._said, labels):
            if wanted.setdefault(label, value) != value:
                return Check(False, f"{self.answers.form.labels[label].name!r} has one value only")
        return self._found(wanted, given, time_limit, "no input has all of them", refutes=False)

    def reasons_subsumed(self, label: Any, other: Any, *, time_limit: float | None = None) -> Check:
        """Tell whether each sufficient reason for a label at the instance also forces what the other label is there.

        Then a reader needs the reasons of one of them only. It is proved by an implication where one holds, else by
        going through the reasons.
        """
        a, b = self.answers.form.label_index(label), self.answers.form.label_index(other)
        own = self.answers.vector
        one, two = ((i, self.answers.form.labels[i].classes[own[i]]) for i in (a, b))
        general = self.implies(one, two, time_limit=time_limit)
        if general.value:
            return Check(True, "every input with the value of the one has that of the other")
        with self.session.query(time_limit) as deadline:
            mine, theirs = self.answers.sub(self.answers.staying([a])), self.answers.sub(self.answers.staying([b]))
            for reason in mine.answers.all_sufficient(False, deadline, None):
                held = theirs.is_reason(reason, time_limit=deadline)  # type: ignore[arg-type]  # a deadline is taken
                if held.value is None:
                    break
                if not held.value:
                    return Check(False, f"{reason} forces the one and not the other", held.witness)
            if deadline.stop is not deadline.stop.NONE or deadline.expired():
                return Check(None, deadline.told, stop=deadline.stop)
            return Check(True, "each sufficient reason of the one forces the other")

    # -- how ---------------------------------------------------------------------------------------------------

    def _said(self, label: Any) -> tuple[int, int]:
        """Return the position of a label and the class that is meant."""
        if isinstance(label, tuple) and len(label) == 2:
            i = self.answers.form.label_index(label[0])
            return i, self.answers.class_of(i, label[1])
        i = self.answers.form.label_index(label)
        name, classes = self.answers.form.labels[i].name, self.answers.form.labels[i].classes
        if len(classes) != 2:
            raise BadInputError(
                f"label {name!r} has the values {shown(list(classes), 200)}: say which one, such as "
                f"({name!r}, {classes[-1]!r})"
            )
        return i, 1

    def _name(self, said: tuple[int, int]) -> str:
        label = self.answers.form.labels[said[0]]
        return f"{label.name} = {label.classes[said[1]]}"

    def _other_values(self, said: tuple[int, int]) -> list[int]:
        return [k for k in range(len(self.answers.form.labels[said[0]].classes)) if k != said[1]]

    def _none_of(self, cases: list[dict[int, int]], given: Any, time_limit: Any, why: str) -> Check:
        """Tell that no input has any of the given values together."""
        asked = self._fixed(given)

        def ask(deadline: Deadline) -> Check:
            for wanted in cases:
                point = self._point_in(wanted, asked, deadline)
                if point is not None:
                    return self._met(wanted, asked, point, value=False)
            return Check(True, why)

        return self.session.checked(time_limit, ask)

    def _found(self, wanted: dict[int, int], given: Any, time_limit: Any, why: str, *, refutes: bool) -> Check:
        asked = self._fixed(given)

        def ask(deadline: Deadline) -> Check:
            point = self._point_in(wanted, asked, deadline)
            if point is None:
                return Check(refutes, why)
            return self._met(wanted, asked, point, value=not refutes)

        return self.session.checked(time_limit, ask)

    def _met(self, wanted: Wanted, asked: Asked, point: I32, *, value: bool) -> Check:
        """Return a check that an input with some labels answers; it lies where it was asked for."""
        said = " and ".join(map(self._name, sorted(wanted.items())))
        check = Check(value, f"an input has {said}", self._shown(wanted, point))
        return self.answers.asked.inside(asked, check, outside_of_labels(self.answers.form, reaching(wanted)))

    def _fixed(self, given: Any) -> Asked:
        asked = self.session.words.asking.region(given, "given")
        if not asked.worded and any(-v in asked.literals for v in asked.literals):
            raise BadInputError(f"given={shown(asked.literals)}: two literals contradict each other")
        return asked

    def _fixed_region(self, given: Any) -> Region:
        asked = self._fixed(given)
        if len(asked.parts) != 1:
            raise BadInputError(f"given={shown(given)} falls into {len(asked.parts)} parts: expected a range a feature")
        return region_of(self.session.space, np.array(asked.parts[0], np.int32))

    def _point_in(self, wanted: Wanted, asked: Asked, deadline: Deadline) -> I32 | None:
        """Return a point with these classes in one of the parts of what is fixed."""
        for part in asked.parts:
            point = self._point_of(wanted, region_of(self.session.space, np.array(part, np.int32)), deadline)
            if point is not None:
                return point
        return None

    def _point_of(self, wanted: Wanted, region: Region, deadline: Deadline) -> I32 | None:
        """Return a point of a region with these classes; None if there is none.

        Raises
        ------
        UndecidedError
            If time was up.
        """
        if region.empty:
            return None
        key = tuple(sorted(wanted.items()))
        searches = self.answers.searches
        if key not in searches:
            clauses = self.session.clauses if self.session.theory_on else ()
            where = self.session.where
            # a point that is told has to be one beyond doubt, and so has a proof that there is none
            searches[key] = LabelSearch(self.answers.form, reaching(wanted), where, clauses, away=False)
            if len(searches) > _SEARCHES:
                del searches[next(iter(searches))]
        code, point = searches[key].find(region, deadline)
        if code not in (FOUND, NONE):
            raise UndecidedError
        return point

    def _shown(self, wanted: Wanted, point: I32) -> Any:
        teller = self.session.anyones if self.session.situation is None else self.session.teller
        return Shown(
            teller, self.session.where, lambda: point, outside_of_labels(self.answers.form, reaching(wanted))
        )()
