"""The graph of the relations between labels, and its drawing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import combinations
from typing import TYPE_CHECKING, Any

import numpy as np

from ...engine.budget import Deadline
from ...engine.domain.clauses import unmet
from ...engine.domain.region import Region
from ...engine.errors import UndecidedError
from ...engine.labels.joint_question import truth_of_cells
from ..report.label_graph import draw_graph
from .answers import LabelAnswers
from .relations import LabelRelations

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from networkx import DiGraph

_SAMPLE = 300  # random inputs, whose labels need no proof that they go together
Value = tuple[int, int]  # a label and one of its classes


class LabelGraph(LabelRelations):
    """Queries for all relations at once."""

    answers: LabelAnswers

    def label_graph(
        self,
        *,
        labels: Any = None,
        given: Iterable[int] = (),
        co_occurrence: bool = False,
        time_limit: float | None = None,
    ) -> DiGraph:
        """Return how labels are related: all implications, equivalences and exclusions, each of them proved.

        Parameters
        ----------
        labels : list of labels, optional
            Default: all.
        given : iterable of int
            Literals that are fixed, as in ``implies``; default: the whole domain.
        co_occurrence : bool
            Whether pairs that can hold together, and are not related otherwise, get an edge as well.
        time_limit : float, optional
            Seconds; what was not decided by then is listed in ``graph.graph["undecided"]``.

        Returns
        -------
        networkx.DiGraph
            Nodes are labels (of two values; "name = value" for others) with ``always`` (True, False: it holds
            everywhere, nowhere; else None). Edges have a ``relation``: ``"implies"``, ``"equivalent"``, ``"excludes"``,
            ``"co-occurs"``; all but the first come in both directions. What always or never holds has no edges.
        """
        import networkx

        nodes = list(self._nodes(self.answers.named(labels)))
        region = self._fixed_region(given)
        graph = networkx.DiGraph(undecided=[])
        with self.session.query(time_limit) as deadline:
            seen = self._sampled(region)
            free = []
            for node in nodes:
                holds = self._possible([node], region, deadline, seen)
                fails = self._possible([(node[0], k) for k in self._other_values(node)][:1], region, deadline, seen)
                if len(self.answers.form.labels[node[0]].classes) > 2:
                    fails = None if not holds else self._fails(node, region, deadline, seen)
                always = None if holds and fails else (holds is not False if fails is False else False)
                always = None if None in (holds, fails) else always
                graph.add_node(self._node_name(node), always=always)
                if None in (holds, fails):
                    graph.graph["undecided"].append((self._node_name(node),))
                elif holds and fails:
                    free.append(node)
            for one, other in combinations(free, 2):
                if one[0] != other[0]:
                    self._relate(graph, one, other, region, deadline, seen, co_occurrence)
        graph.graph["complete"] = not graph.graph["undecided"]
        return graph

    def draw_label_graph(self, graph: Any = None, *, ax: Any = None, theme: str = "light", **ask: Any) -> Axes:
        """Draw the relations between labels (needs matplotlib).

        Parameters
        ----------
        graph : networkx.DiGraph, optional
            What ``label_graph`` returned; default: it is asked for, with `ask`.
        ax : matplotlib axes, optional
            Where to draw; default: a new figure.
        theme : {"light", "dark"}
            The page that it is for.

        Returns
        -------
        matplotlib axes
        """
        axes: Axes = draw_graph(self.label_graph(**ask) if graph is None else graph, ax, theme=theme)
        return axes

    # -- how ---------------------------------------------------------------------------------------------------

    def _nodes(self, labels: tuple[int, ...]) -> Iterator[Value]:
        for i in labels:
            classes = self.answers.form.labels[i].classes
            if len(classes) == 2:
                yield (i, 1)
            elif len(classes) > 2:
                yield from ((i, k) for k in range(len(classes)))

    def _node_name(self, node: Value) -> str:
        label = self.answers.form.labels[node[0]]
        return label.name if len(label.classes) == 2 else self._name(node)

    def _sampled(self, region: Region) -> set[tuple[int, ...]]:
        """Return vectors of labels that some inputs of a region have."""
        space, rng = self.session.space, np.random.default_rng(0)
        found: set[tuple[int, ...]] = set()
        if region.empty:
            return found
        clauses = self.session.clauses if self.session.theory_on else ()
        pools = []
        for a in range(len(space.attributes)):
            listed = region.allowed[region.base[a] : region.base[a + 1]]
            pools.append(np.nonzero(listed)[0] if len(listed) else np.arange(region.low[a], region.high[a] + 1))
        for _ in range(_SAMPLE):
            cells = np.array([rng.choice(pool) for pool in pools], np.int32)
            truth = truth_of_cells(space, cells)
            if unmet(clauses, truth) is None:
                found.add(self.answers.form.vector_at(truth))
        return found

    def _possible(
        self, values: list[Value], region: Region, deadline: Deadline, seen: set[tuple[int, ...]]
    ) -> bool | None:
        """Tell whether some input has all values; None if time is up."""
        if not values:
            return False
        if any(all(vector[i] == k for i, k in values) for vector in seen):
            return True
        if deadline.expired():
            return None
        try:
            point = self._point_of(dict(values), region, deadline)
        except UndecidedError:
            return None
        if point is not None:
            seen.add(self.answers.form.vector_at(truth_of_cells(self.session.space, point)))
        return point is not None

    def _fails(self, node: Value, region: Region, deadline: Deadline, seen: set[tuple[int, ...]]) -> bool | None:
        answers = [self._possible([(node[0], k)], region, deadline, seen) for k in self._other_values(node)]
        return True if any(answers) else (None if None in answers else False)

    def _apart(
        self, one: Value, other: Value, region: Region, deadline: Deadline, seen: set[tuple[int, ...]]
    ) -> bool | None:
        """Tell whether some input has the one value and not the other."""
        answers = []
        for k in self._other_values(other):
            answers.append(self._possible([one, (other[0], k)], region, deadline, seen))
            if answers[-1]:
                return True
        return None if None in answers else False

    def _relate(
        self, graph: Any, one: Value, other: Value, region: Region, deadline: Deadline,
        seen: set[tuple[int, ...]], co_occurrence: bool,
    ) -> None:  # fmt: skip
        a, b = self._node_name(one), self._node_name(other)
        both = self._possible([one, other], region, deadline, seen)
        forward = self._apart(one, other, region, deadline, seen)
        backward = self._apart(other, one, region, deadline, seen)
        if None in (both, forward, backward):
            graph.graph["undecided"].append((a, b))
        if forward is False and backward is False:
            both_ways = "equivalent"
        elif both is False:
            both_ways = "excludes"
        else:
            both_ways = "co-occurs" if both and co_occurrence and forward and backward else ""
            if forward is False:
                graph.add_edge(a, b, relation="implies")
            if backward is False:
                graph.add_edge(b, a, relation="implies")
        if both_ways:
            graph.add_edge(a, b, relation=both_ways)
            graph.add_edge(b, a, relation=both_ways)
