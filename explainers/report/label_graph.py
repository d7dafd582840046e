"""The drawing of how labels are related."""

from __future__ import annotations

from typing import Any

from .figures import pyplot

_STYLES = {
    "implies": ("#1b6ca8", "solid", "-|>"),
    "equivalent": ("#2e8b57", "solid", "<|-|>"),
    "excludes": ("#b03a2e", "dashed", "-"),
    "co-occurs": ("#999999", "dotted", "-"),
}


def draw_graph(graph: Any, ax: Any = None) -> Any:
    """Draw a graph of relations between labels, and return the axes."""
    import networkx

    plt = pyplot()
    ax = plt.subplots(figsize=(7, 6))[1] if ax is None else ax
    place = networkx.circular_layout(graph)
    fixed = [n for n, always in graph.nodes(data="always") if always is not None]
    networkx.draw_networkx_nodes(graph, place, ax=ax, node_size=1500, node_color="#dde6f0", edgecolors="#445")
    networkx.draw_networkx_nodes(graph, place, nodelist=fixed, ax=ax, node_size=1500, node_color="#cccccc")
    networkx.draw_networkx_labels(graph, place, ax=ax, font_size=9)
    for relation, (color, style, arrow) in _STYLES.items():
        pairs = [(a, b) for a, b, kind in graph.edges(data="relation") if kind == relation]
        if relation != "implies":
            pairs = [pair for pair in pairs if pair[0] < pair[1]]
        if pairs:
            networkx.draw_networkx_edges(
                graph, place, edgelist=pairs, ax=ax, edge_color=color, style=style, arrowstyle=arrow, arrows=True,
                node_size=1500, width=1.6, connectionstyle="arc3,rad=0.06",
            )  # fmt: skip
            ax.plot([], [], color=color, linestyle=style, label=relation)
    if ax.get_legend_handles_labels()[0]:
        ax.legend(loc="best", frameon=False)
    ax.set_axis_off()
    return ax
