"""A tree that was laid out, drawn on a sheet."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from .lanes import decision_of, short
from .sheet import EDGE, Sheet, cut, literally, width_of
from .style import Style
from .tree_layout import Placed, lay_out, nodes_of

if TYPE_CHECKING:
    from .plot_tree import Shown

_HEAD, _LEVEL, _GAP, _PAD = 66.0, 58.0, 12.0, 8.0  # points
_BOX, _SIZE, _TEXT = 20.0, 8.5, 170.0
_LEAST, _ROOF = 430.0, 9.0
_LEGEND = ("test that the reason decides", "path of the row", "not reached while the reason holds")


def draw_tree(shown: Shown, ax: Any, style: Style, size: Any) -> Any:
    """Draw what is shown of a tree, and return the axes."""
    root = _placed(shown, shown.nodes.root)
    wide = lay_out(root, _GAP)
    nodes = nodes_of(root)
    high = max(_y(node) + _tall(shown, node) for node in nodes)
    width = max(wide + 2 * EDGE, _LEAST)
    sheet = Sheet(ax, style, width, high + EDGE, size)
    for node in nodes:
        node.x += (width - wide) / 2
    head = _head(shown)
    sheet.title(head)
    _legend(sheet, shown)
    for node in nodes:
        for child, said in zip(node.children, ("no", "yes"), strict=False):
            _edge(sheet, shown, node, child, said)
    for node in nodes:
        _node(sheet, shown, node)
    path = " then ".join(_tests(shown)) or "no test"
    return sheet.described(f"{head}.{f' The row passes: {path}.' if shown.path else ''}")


def _head(shown: Shown) -> str:
    nodes = shown.nodes
    head = f"{shown.head[0].upper()}{shown.head[1:]}: {len(nodes.leaves(nodes.root))} leaves"
    if shown.asked.explanation is not None:
        head += f"; prediction {decision_of(shown.asked.explanation)}"
    return head


def _tests(shown: Shown) -> list[str]:
    """Return what is true on the path, in words."""
    out, nodes = [], shown.nodes
    for node, below in zip(shown.path, shown.path[1:], strict=False):
        literal = int(nodes.literal[node])
        out.append(shown.asked.session.words.literal(literal if below == int(nodes.right[node]) else -literal))
    return out


def _placed(shown: Shown, root: int) -> Placed:
    """Return the nodes that are drawn, with their widths."""
    nodes = shown.nodes

    def made(node: int) -> Placed:
        if node in shown.opened:
            return Placed(node, width_of(_test(shown, node), _SIZE, "bold") + 2 * _PAD)
        lines = _end(shown, node)
        return Placed(node, max(width_of(line, _SIZE, "bold") for line in lines) + 2 * _PAD)

    first = made(root)
    order = [first]
    for one in order:
        if one.what in shown.opened:
            one.children = [made(int(nodes.left[one.what])), made(int(nodes.right[one.what]))]
            order += one.children
    return first


def _test(shown: Shown, node: int) -> str:
    return cut(literally(shown.asked.session.words.literal(int(shown.nodes.literal[node]))), _TEXT, _SIZE, "bold")


def _end(shown: Shown, node: int) -> list[str]:
    """Return what is written in a leaf, or below the symbol of a subtree."""
    nodes, classes = shown.nodes, shown.asked.session.compiled.classes
    leaves = nodes.leaves(node)
    if nodes.values is None:
        counts = Counter(int(nodes.leaf[leaf]) for leaf in leaves).most_common()
        if len(leaves) == 1:
            return [cut(literally(short(classes[counts[0][0]])), _TEXT, _SIZE, "bold")]
        some = [f"{count} {cut(literally(short(classes[label])), 60, _SIZE)}" for label, count in counts[:3]]
        if len(counts) == 1:
            return [f"{len(leaves)} leaves", f"all {some[0].split(' ', 1)[1]}"]
        return [f"{len(leaves)} leaves", *some, *([f"{len(counts) - 3} more classes"] if len(counts) > 3 else [])]
    added = [nodes.values[int(nodes.leaf[leaf])] for leaf in leaves]
    if len(leaves) == 1:
        return _values(added[0], classes)
    if len(added[0]) > 1:
        return [f"{len(leaves)} leaves"]
    numbers = [float(one[0]) for one in added]
    return [f"{len(leaves)} leaves", f"{min(numbers):+.3g} … {max(numbers):+.3g}"]


def _values(value: Any, classes: Any) -> list[str]:
    """Return what a leaf of an ensemble adds."""
    if len(value) == 1:
        return [f"{float(value[0]):+.4g}"]
    told = sorted(((float(one), place) for place, one in enumerate(value) if one), key=lambda pair: (-pair[0], pair[1]))
    named = [classes[place] if place < len(classes) else f"score {place}" for _, place in told]
    lines = [f"{cut(literally(short(name)), 90, _SIZE)} {one:.3g}" for name, (one, _) in zip(named, told, strict=True)]
    return lines[:3] + ([f"+ {len(lines) - 3} more"] if len(lines) > 3 else []) or ["0"]


def _y(node: Placed) -> float:
    return _HEAD + _BOX / 2 + _LEVEL * node.level


def _tall(shown: Shown, node: Placed) -> float:
    """Return how far a node reaches below its middle."""
    if node.what in shown.opened:
        return _BOX / 2
    roof = _ROOF if shown.nodes.literal[node.what] else 0.0
    return 11.0 * len(_end(shown, node.what)) + 9 + roof - _BOX / 2


def _edge(sheet: Sheet, shown: Shown, node: Placed, child: Placed, said: str) -> None:
    style, on = sheet.style, node.what in shown.path and child.what in shown.path
    alive = child.what in shown.reached
    colour = style.holds if on else style.soft if alive else style.line
    top, bottom = _y(node) + _BOX / 2, _y(child) - _BOX / 2
    line = "-" if alive else (0, (2, 2))
    sheet.line([node.x, child.x], [top, bottom], colour, 2.6 if on else 1.0, zorder=4 if on else 2, linestyle=line,
               gid="path" if on else "edge")  # fmt: skip
    part = 0.55
    x, y = node.x + part * (child.x - node.x), top + part * (bottom - top)
    sheet.text(x, y, said, 7.5, style.holds if on else style.soft, ha="center", halo=True, zorder=9)


def _node(sheet: Sheet, shown: Shown, node: Placed) -> None:
    style, what = sheet.style, node.what
    on, alive = what in shown.path, what in shown.reached
    ink = style.ink if alive else style.soft
    x, y, wide = node.x - node.width / 2, _y(node), node.width
    if what in shown.opened:
        literal = int(shown.nodes.literal[what])
        decided = alive and bool(shown.forced[abs(literal) - 1])
        fill = style.holds if decided else style.paper
        edge = style.holds if on else style.soft if alive else style.line
        sheet.box(x, y - _BOX / 2, wide, _BOX, fill, edge, 2.0 if on else 1.0, 5, zorder=5,
                  gid="decided" if decided else "test")  # fmt: skip
        sheet.text(node.x, y, _test(shown, what), _SIZE, style.on(fill) if decided else ink, ha="center",
                   weight="bold" if on else "normal")  # fmt: skip
        return
    lines, leaf = _end(shown, what), not shown.nodes.literal[what]
    tall = 11.0 * len(lines) + 9
    edge = style.holds if on else style.soft if alive else style.line
    if leaf:
        sheet.box(x, y - _BOX / 2, wide, tall, style.tint(style.holds) if on else style.paper, edge, 2.0 if on else 1.0,
                  tall / 2 if len(lines) == 1 else 8, zorder=5, gid="leaf")  # fmt: skip
    else:
        top = y - _BOX / 2
        xs = [node.x, x + wide, x + wide, x, x]
        ys = [top, top + _ROOF, top + _ROOF + tall, top + _ROOF + tall, top + _ROOF]
        sheet.ax.fill(xs, ys, facecolor=style.tint(style.people), edgecolor=edge, linewidth=sheet.scale, zorder=5,
                      gid="symbol")  # fmt: skip
        y += _ROOF
    for place, line in enumerate(lines):
        sheet.text(node.x, y - _BOX / 2 + 10 + 11 * place, line, _SIZE, ink, ha="center",
                   weight="bold" if on else "normal")  # fmt: skip


def _legend(sheet: Sheet, shown: Shown) -> None:
    style, x, y = sheet.style, EDGE, 38.0
    kinds = [shown.reason is not None, bool(shown.path), shown.reason is not None]
    for number, said in enumerate(_LEGEND):
        if not kinds[number]:
            continue
        if number == 0:
            sheet.box(x, y - 4.5, 16, 9, style.holds, round_=2.5)
        else:
            on = number == 1
            sheet.line([x, x + 16], [y, y], style.holds if on else style.line, 2.6 if on else 1.0,
                       linestyle="-" if on else (0, (2, 2)))  # fmt: skip
        sheet.text(x + 21, y, said, 8, style.soft)
        x += 21 + width_of(said, 8) + 14
