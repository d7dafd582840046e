"""Relations between labels, drawn as a graph."""

from __future__ import annotations

import math
from typing import Any

from .figures import axes_of
from .style import bare, style_of

_STYLES: dict[str, tuple[str, Any, str, str]] = {  # relation -> attribute of the style, line, arrow, meaning
    "implies": ("holds", "solid", "-|>", "implies"),
    "equivalent": ("same", "solid", "<|-|>", "implies each other"),
    "excludes": ("changes", "dashed", "-", "never together"),
    "co-occurs": ("soft", "dotted", "-", "can be together"),
}
_SAME = {"light": "#009e73", "dark": "#3fc79f"}
_SIZE = 1500  # of a node


def draw_graph(graph: Any, ax: Any = None, *, theme: str = "light") -> Any:
    """Draw a graph of relations between labels, and return the axes.

    Parameters
    ----------
    graph : networkx.DiGraph
        As ``label_graph`` returns it.
    ax : matplotlib axes, optional
        Where to draw; default: a new figure, larger for more labels.
    theme : {"light", "dark"}
        The page that it is for.
    """
    import networkx

    style = style_of(theme)
    count = max(1, graph.number_of_nodes())
    side = min(12.0, 5.0 + 0.22 * count)
    ax = axes_of(ax, side + 1.5, side)
    bare(ax, style)
    place = networkx.circular_layout(graph)
    fixed = [n for n, always in graph.nodes(data="always") if always is not None]
    free = [n for n in graph if n not in fixed]
    for nodes, fill in ((free, style.paper), (fixed, style.line)):
        networkx.draw_networkx_nodes(
            graph, place, nodelist=nodes, ax=ax, node_size=_SIZE, node_color=fill, edgecolors=style.ink, linewidths=1.2
        )
    for name, (x, y) in place.items():
        _name(ax, str(name), x, y, style)
    shown = [relation for relation in _STYLES if _edges(graph, place, ax, relation, style, theme)]
    _legend(ax, shown, bool(fixed), style, theme)
    ax.set(xlim=(-1.45, 1.45), ylim=(-1.3, 1.3), aspect="equal")
    complete = "" if graph.graph.get("complete", True) else "; some were not decided in time"
    said = f"relations between {count} labels, proved for every input of the domain{complete}"
    ax.set_title(said, fontsize=9, color=style.soft, loc="left")
    return ax


def _name(ax: Any, name: str, x: float, y: float, style: Any) -> None:
    """Write a label into its node if it fits, else beside it, away from the middle."""
    if len(name) <= 7:
        ax.text(x, y, name, ha="center", va="center", fontsize=9, color=style.ink, zorder=5, parse_math=False)
        return
    short = name if len(name) <= 24 else f"{name[:23]}…"
    far = 1 + 0.17 / max(0.3, math.hypot(x, y))
    side = "center" if abs(x) < 0.25 else "left" if x > 0 else "right"
    ax.text(x * far, y * far + math.copysign(0.05, y), short, ha=side, va="bottom" if y >= 0 else "top", fontsize=9,
            color=style.ink, zorder=5, parse_math=False)  # fmt: skip


def _edges(graph: Any, place: Any, ax: Any, relation: str, style: Any, theme: str) -> bool:
    """Draw the edges of a relation; tell whether there are any."""
    import networkx

    _, line, arrow, _ = _STYLES[relation]
    pairs = [(a, b) for a, b, kind in graph.edges(data="relation") if kind == relation]
    if relation != "implies":
        pairs = [pair for pair in pairs if pair[0] < pair[1]]
    if pairs:
        networkx.draw_networkx_edges(
            graph, place, edgelist=pairs, ax=ax, edge_color=_colour(relation, style, theme), style=line,
            arrowstyle=arrow, arrows=True, arrowsize=16, node_size=_SIZE, width=1.6, connectionstyle="arc3,rad=0.06",
            min_source_margin=2, min_target_margin=4,
        )  # fmt: skip
    return bool(pairs)


def _colour(relation: str, style: Any, theme: str) -> str:
    name = _STYLES[relation][0]
    return _SAME[theme] if name == "same" else str(getattr(style, name))


def _legend(ax: Any, relations: list[str], fixed: bool, style: Any, theme: str) -> None:
    from matplotlib.lines import Line2D

    marks = [
        Line2D([], [], color=_colour(one, style, theme), linestyle=_STYLES[one][1], label=_STYLES[one][3])
        for one in relations
    ]
    if fixed:
        marks.append(
            Line2D([], [], marker="o", linestyle="", markersize=10, markerfacecolor=style.line,
                   markeredgecolor=style.ink, label="always the same")
        )  # fmt: skip
    if marks:
        ax.legend(handles=marks, loc="upper center", bbox_to_anchor=(0.5, 0.0), ncols=len(marks), frameon=False,
                  fontsize=9, labelcolor=style.ink)  # fmt: skip
