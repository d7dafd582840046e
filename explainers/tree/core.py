"""What all queries on a tree share: edges, reduced edges, families, and reasons made of elements."""

from __future__ import annotations

from typing import Any, ClassVar

from ...engine._native import Asked, TreeQuestion
from ...engine.arrays import F64, I32, Bools
from ...engine.budget import Deadline
from ...engine.diagrams.family import DEFAULT_NODE_LIMIT, Building, Family
from ...engine.hitting.edges import Edges
from ...engine.models import CompiledTree
from ...engine.models.trees import LeafTable, leaf_table
from ...engine.reasons import Reason
from ...engine.status import Status, Stop
from ...engine.trees.edges import banned_elements, tree_edges
from ..queries.answers import Deciding
from ..queries.changes import Limits, leaves_within
from ..session.session import Session
from ..words.arguments import OVER
from .order import element_positions

_PROVED, _NONE = Status.PROVED, Stop.NONE  # what enumerations are asked for takes a while
FEW = 1000  # nodes of a tree about which every question is quick


class TreeCore(Deciding):
    """What the answers of a tree share."""

    session: Session[CompiledTree]
    own_leaves: ClassVar[bool] = True  # whether questions are about what the tree itself decides

    def __init__(self, session: Session[CompiledTree]) -> None:
        super().__init__(session)
        session.only_cached = self.own_leaves

    def domain_changed(self) -> None:
        """Forget what was made for another domain."""
        self.small = len(self.session.compiled.tree.literal) < FEW
        if self.own_leaves:
            self.session.quick = self.small
        self.forms: dict[str, LeafTable] = {}  # of the model and the domain: threads share them
        self.questions: dict[bool, tuple[frozenset[int], TreeQuestion | None]] = {}  # so are these, by `per_feature`

    def own_room(self) -> None:
        """Forget nothing: trees need no workspace."""

    # -- cached forms ------------------------------------------------------------------------------------------

    @property
    def _table(self) -> LeafTable:
        table = self.forms.get("leaves")
        if table is None:
            table = self.forms["leaves"] = leaf_table(self.session.compiled.tree, self.session.space)
        return table

    def direct(self, per_feature: bool) -> bool:
        """Whether leaves give the edges directly: no clauses, and implications that form forests."""
        no_clauses = not (self.session.theory_on and self.session.clauses)
        return no_clauses and (per_feature or self.session.here.laminar)

    def ask(self, per_feature: bool) -> Asked | None:
        """Return what answers questions about the predicted class; None where cuts do not describe the domain."""
        session = self.session
        asked: Asked | None = session.cache.get(per_feature)
        if asked is None:
            here = session.here
            excluded, question = self.questions.get(per_feature, (None, None))
            if excluded is not session.excluded:
                question = self._question_of_all(per_feature)
                self.questions[per_feature] = session.excluded, question
            if question is None:
                return None
            asked = session.cache[per_feature] = question.ask(here.placed)
        return asked

    def ask_of_few(self, per_feature: bool) -> Asked | None:
        """Return what `ask` does for a small tree: what needs reduced edges looks at no limit there.

        None for a larger one, whose edges ``reduced`` reduces within the query's limit.
        """
        return self.ask(per_feature) if self.small else None

    def _question_of_all(self, per_feature: bool) -> TreeQuestion | None:
        """Return what is asked about every instance: what sets of literals (features) force the tree's outcome."""
        space, clauses = self.session.space, self.session.theory_on and self.session.clauses
        if clauses or not space.all_interval or not self.own_leaves:
            return None
        banned = banned_elements(space, per_feature, self.session.excluded)
        return TreeQuestion(space.core, self.session.compiled.tree.core, self._table.core, banned, per_feature)

    def _table_within(self, limits: Limits | None) -> LeafTable:
        """Return the leaves that a change within limits reaches."""
        if limits is None:
            return self._table
        key = ("leaves", limits)
        if key not in self.session.cache:
            self.session.cache[key] = leaves_within(self.session.here, self._table, limits)
        table: LeafTable = self.session.cache[key]
        return table

    def edges(
        self, good: Bools, per_feature: bool, banned: frozenset[int], limits: Limits | None = None
    ) -> Edges | None:
        """Return the edges of the question, or None if the generic way has to be taken."""
        if not self.direct(per_feature):
            return None
        key = ("edges", good.tobytes(), per_feature, banned, limits)
        if key not in self.session.cache:
            self.session.cache[key] = tree_edges(
                self.session.here, self._table_within(limits), good, per_feature=per_feature, banned_features=banned
            )
        edges: Edges | None = self.session.cache[key]
        return edges

    def reduced(
        self,
        good: Bools,
        per_feature: bool,
        banned: frozenset[int],
        limits: Limits | None = None,
        deadline: Deadline | None = None,
    ) -> Edges | None:
        """Return the edges that no others make redundant, or None if the generic way has to be taken.

        Raises
        ------
        UndecidedError
            If time was up, and a moment more, or Ctrl-C was pressed.
        """
        key = ("reduced", good.tobytes(), per_feature, banned, limits)
        if key not in self.session.cache:
            edges = self.edges(good, per_feature, banned, limits)
            limit = (deadline or Deadline()).with_grace()
            reduced = None if edges is None else edges.reduced(limit)
            if reduced is None and edges is not None:
                if limit.stop is Stop.INTERRUPT and deadline is not None:
                    deadline.halt(Stop.INTERRUPT)
                raise (deadline or limit).undecided("which leaves are the nearest ones")
            self.session.cache[key] = reduced
        known: Edges | None = self.session.cache[key]
        return known

    def family(
        self,
        good: Bools,
        per_feature: bool,
        deadline: Deadline,
        node_limit: int = DEFAULT_NODE_LIMIT,
        begun: Building | None = None,
    ) -> Family | None:
        """Return the diagram of all sufficient reasons, or None if it is not to be had (in time)."""
        key = ("family", good.tobytes(), per_feature)
        if key not in self.session.cache:
            edges = self.reduced(good, per_feature, self.session.excluded, deadline=deadline)
            if edges is None:
                return None
            building = begun or Building(edges, self.hint(edges, per_feature))
            family = building.go_on(deadline, node_limit)
            if family is None:
                return None
            self.session.cache[key] = family
        found: Family = self.session.cache[key]
        return found

    def hint(self, edges: Edges, per_feature: bool) -> F64:
        positions = element_positions(self.session.compiled.tree, self.session.space, self.session.here, per_feature)
        return positions[edges.ids]

    # -- reasons from elements ---------------------------------------------------------------------------------

    def told(self, items: tuple[int, ...], per_feature: bool, kind: str, method: str, deadline: Deadline) -> Reason:
        """Return a reason of literals, or of features by their places, that is proved."""
        proof = kind, _PROVED, _NONE, method, "native", deadline.elapsed, OVER[per_feature]
        session = self.session
        if per_feature:
            names = [session.features[i].name for i in items]
            return Reason(names, proof, session.words.say_names, None, session.own_row())
        return Reason(items, proof, session.words.say, None, session.own_row())

    def items(self, elements: I32, per_feature: bool) -> tuple[Any, ...]:
        """Return literals, or names of features in the order of their columns, for global elements."""
        if per_feature:
            return tuple(self.session.features[i].name for i in sorted(elements.tolist()))
        return self.session.here.literals(elements)
