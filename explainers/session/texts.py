"""Texts as instances: each has a form of its own, and what is told of a change is a text again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ...encoders.columns.given import Given
from ...encoders.columns.row_kind import RowKind
from ...encoders.columns.text_rows import NAME, text_kind
from ...encoders.columns.told import Row
from ...encoders.fingerprint import Watch
from ...encoders.meta.as_given import predict_as_given
from ...encoders.selfcheck import compare, self_check
from ...engine.arrays import F64
from ...engine.errors import BadInputError
from ...engine.models import CompiledModel
from ...engine.models.around import around_of, near
from .witness import Teller

if TYPE_CHECKING:
    from ...engine.domain.instance import Situation
    from .session import Session


class TextTeller(Teller):
    """Tells texts: the instance, and texts with other counts that are made of it."""

    __slots__ = ()

    def of(self, compiled: CompiledModel) -> Teller:
        """Return the same for another form or model of these columns."""
        if compiled is self.compiled:
            return self
        return TextTeller(compiled, self.kind, self.given, self.note, self._watch)

    def _plainest(
        self, ranges: list[tuple[float, float]], column: int, value: float, situation: Situation, nearest: bool
    ) -> float:
        """Return the nearest count."""
        return value

    def _row(self, read: F64, made: dict[int, float], changed: tuple[str, ...]) -> Any:
        """Return a text that is read so; None if there is none."""
        around = self.compiled.around
        assert around is not None
        if self.given is not None and not made:
            return Row((NAME,), self.given.values, self.kind, (), self.note)
        text = around.write(read)
        if text is None:
            return None
        return Row((NAME,), (text,), self.kind, (NAME,) if changed else (), self.note)


def teller_of(compiled: CompiledModel, kind: RowKind | None, watch: Watch) -> Teller:
    """Return what tells rows where there is no instance."""
    if around_of(compiled) is None:
        assert kind is not None
        return Teller(compiled, kind, None, watch=watch)
    return TextTeller(compiled, text_kind([]), None, watch=watch)


def set_text(session: Session[Any], instance: Any) -> None:
    """Make a text the instance: go over to its form, and place it there.

    Raises
    ------
    BadInputError
        If it is no text, or several.
    SelfCheckError
        If the pipeline's own ``predict`` decides about it otherwise than its compiled form.
    """
    texts = session.compiled.around.texts(instance)
    if len(texts) != 1:
        raise BadInputError(
            f"set_instance got {len(texts)} texts: expected one; use suffice.explain(model, texts) for many"
        )
    kind = text_kind(instance)
    adopt(session, near(session.compiled, texts[0]))
    form = session.compiled
    read = form.read(texts)
    session.placed_row = read[0]
    session.around = TextTeller(form, kind, Given(kind, tuple(texts)), "", session.instances.watch)
    session.place()
    if session.guard is not None:
        self_check(form, session.space)
        compare(form, session.space, read, predict_as_given(form, texts))


def adopt(session: Session[Any], form: CompiledModel) -> None:
    """Go over to another form, which has columns and literals of its own; what is excluded stays so by its words."""
    old = session.compiled
    if form is old:
        return
    names = old.vocabulary.names
    session.kept_out |= {names[c] for c in session.excluded_columns}
    session.compiled, session.spaces, session.declared = form, {}, form.features
    session.clauses = form.around.clauses if form.around is not None else ()
    session.excluded_columns = frozenset(c for c, n in enumerate(form.vocabulary.names) if n in session.kept_out)
    session.placed_row, session.around, session.left_out = None, None, frozenset()
    session.rebuild()


def check_options(theory_clauses: Any, ranges: Any, compiled: CompiledModel) -> None:
    """Raise BadInputError for what cannot be said of texts."""
    if around_of(compiled) is None:
        return
    if ranges:
        raise BadInputError(
            "ranges are for columns of numbers; say how often words may occur by features_type={'integer': {'good': "
            "(0, 3)}}"
        )
    if theory_clauses:
        raise BadInputError(
            "clauses speak of literals, and each text has literals of its own: leave theory out for a pipeline that "
            "reads texts"
        )


def declare_words(session: Session[Any], types: Any) -> None:
    """Declare which words may come, and place the instance anew."""
    text = None if session.placed_row is None else session.compiled.around.text
    teller = session.around
    near(session.compiled, None)
    adopt(session, session.compiled.around.declare(types))
    if text is not None and isinstance(teller, Teller):
        adopt(session, near(session.compiled, text))
        session.placed_row = session.compiled.read([text])[0]
        session.around = teller.of(session.compiled)
    session.types, session.theory_on = types, True
    session.rebuild()
