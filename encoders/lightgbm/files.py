"""LightGBM's own model text, section by section; nothing that is not of this form reaches the library, which trusts it.

Guaranteed form
---------------
Written by LightGBM 2 to 4, lines end with a line feed::

    text       := "tree" header tree* end importances? parameters? parser? frame?
    header     := (key "=" value | flag)*            as many trees as it announces, of the lengths that it announces
    tree       := "Tree=" number (key "=" value)*    see ``blocks``
    end        := "end of trees"                     older texts: what follows ends them
    parameters := "parameters:" ("[" key ": " value "]")* "end of parameters"
    frame      := "pandas_categorical:" JSON

A text that has the end mark is whole if the parameters end, or a frame follows; with columns of categories only if a
frame follows (Python's package always writes one: it may be null). Nothing in a text is executed.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from ...engine.errors import FormatError, NotFittedModelError, shown
from .blocks import REMEDY, TextTree, check_header, fields, tree_of

_END = "end of trees"
_PARAMETERS, _PARAMETERS_END = "parameters:", "end of parameters"
_PARSER, _PARSER_END = "parser:", "end of parser"
_IMPORTANCES = ("feature_importances:", "feature importances:")
_FRAME = "pandas_categorical:"
_PARAMETER = re.compile(r"\[([^:\]]+): ?(.*)\]")
_Frame = tuple[tuple[Any, ...], ...]
_IMPORTANCE = re.compile(r".*=\d+(\.\d+)?(e[+-]?\d+)?")


@dataclass(frozen=True, slots=True, eq=False)
class ModelText:
    """What a text says.

    Attributes
    ----------
    header : mapping
        Its first lines; those without a value are empty.
    trees : tuple of TextTree
        All trees.
    parameters : mapping
        What it was trained with, if the text tells that.
    frame_categories : tuple of tuple
        Categories of the columns of the data frame that it was trained on.
    """

    header: Mapping[str, str]
    trees: tuple[TextTree, ...]
    parameters: Mapping[str, str]
    frame_categories: tuple[tuple[Any, ...], ...]

    def number(self, key: str) -> int:
        """Return a whole number of the header."""
        return int(self.header[key])


def parse_text(text: str, where: str) -> ModelText:
    """Parse a model text; `where` is what error messages call it.

    Raises
    ------
    FormatError
        If it is no such text, is cut off or damaged.
    NotFittedModelError
        If it has no trees.
    UnsupportedModelError
        If its leaves hold linear models.
    """
    if "\r" in text or "\x00" in text:
        raise FormatError(f"{where} has line ends or zeros that LightGBM does not write: it was changed; {REMEDY}")
    lines = text.split("\n")
    if any(line.isspace() for line in lines):
        raise FormatError(f"{where} has a line of blanks only: it was changed; {REMEDY}")
    if lines[0] != "tree":
        raise FormatError(f"{where} begins with {shown(lines[0])}: {REMEDY}")
    end, after = _end_of_trees(lines, where)
    starts = [i for i in range(end) if lines[i].startswith("Tree=")]
    header = fields(lines[1 : starts[0] if starts else end], f"the header of {where}")
    check_header(header, where)
    if not starts:
        raise NotFittedModelError(f"{where} has no trees: train it with at least one round")
    blocks = [lines[a:b] for a, b in pairwise([*starts, end])]
    _check_sizes(header, blocks, after == end, where)
    trees = tuple(tree_of(block, i, f"tree {i} of {where}") for i, block in enumerate(blocks))
    parameters, frame = _rest(lines[after:], where)
    if frame is None:
        _check_whole(header, trees, bool(parameters) or after == end, where)
    return ModelText(header, trees, parameters, frame or ())


def _end_of_trees(lines: list[str], where: str) -> tuple[int, int]:
    """Return the line at which the trees end, and the one at which the rest begins."""
    if lines.count(_END) > 1:
        raise FormatError(f"{where} has the line {_END!r} twice: it is damaged; {REMEDY}")
    if _END in lines:
        end = lines.index(_END)
        return end, end + 1
    for i, line in enumerate(lines):  # texts of LightGBM 2
        if line in _IMPORTANCES or line.startswith(_FRAME):
            return i, i
    raise FormatError(f"{where} has no line {_END!r}: it is cut off; {REMEDY}")


def _check_sizes(header: Mapping[str, str], blocks: list[list[str]], old: bool, where: str) -> None:
    """Check that the trees are as many and as long as the header announces: the library jumps by these lengths."""
    told = header.get("tree_sizes")
    if told is None:
        return
    sizes = [int(size) for size in told.split()]
    if len(sizes) != len(blocks):
        raise FormatError(f"{where} has {len(blocks)} of {len(sizes)} trees: it is cut off or damaged; {REMEDY}")
    for i, (size, block) in enumerate(zip(sizes, blocks, strict=True)):
        found = len("\n".join([*block, ""]).encode())
        spare = 1 if old and i + 1 == len(blocks) else 0  # an empty line may stand before what follows
        if not size <= found <= size + spare:
            raise FormatError(f"{where}: tree {i} has {found} bytes, announced are {size}: it is damaged; {REMEDY}")


def _check_whole(header: Mapping[str, str], trees: tuple[TextTree, ...], ended: bool, where: str) -> None:
    """Refuse a text without categories of a data frame where these may have been cut off."""
    coded = any(not info.startswith("[") and info != "none" for info in header["feature_infos"].split())
    if not ended or coded or any((tree.decision & 1).any() for tree in trees):
        raise FormatError(
            f"{where} has no line {_FRAME!r}: it may be cut off; if it is whole, load it with "
            "lightgbm.Booster(model_file=…) and save it again"
        )


def _rest(lines: list[str], where: str) -> tuple[dict[str, str], _Frame | None]:
    """Return the parameters and the categories of the data frame, from the lines below the trees."""
    parameters: dict[str, str] = {}
    frame: _Frame | None = None
    part, done = "", set[str]()
    for line in lines:
        if part == _PARSER and line != _PARSER_END:
            continue
        if not line:
            continue
        head = _FRAME if line.startswith(_FRAME) else line
        if (part, line) in ((_PARAMETERS, _PARAMETERS_END), (_PARSER, _PARSER_END)):
            part = ""
        elif part != _PARAMETERS and head in (*_IMPORTANCES, _PARAMETERS, _PARSER, _FRAME) and head not in done:
            done.add(head)
            part = head
            if head == _FRAME:
                frame = _frame_categories(line, where)
        elif part == _PARAMETERS and (found := _PARAMETER.fullmatch(line)):
            parameters[found[1]] = found[2].strip()
        elif not (part in _IMPORTANCES and _IMPORTANCE.fullmatch(line)):
            raise FormatError(f"{where} has the line {shown(line)} below its trees: it is damaged; {REMEDY}")
    if part in (_PARAMETERS, _PARSER):
        raise FormatError(f"{where} has no line 'end of {part[:-1]}': it is cut off; {REMEDY}")
    return parameters, frame


def _frame_categories(line: str, where: str) -> _Frame:
    told = line.removeprefix(_FRAME).strip()
    try:
        listed = json.loads(told)
        columns = tuple(tuple(one) for one in listed or ())
        plain = isinstance(listed, list | None) and all(isinstance(one, list) for one in listed or ())
        if not plain or any(len(set(one)) != len(one) for one in columns):
            raise ValueError
    except (ValueError, TypeError, RecursionError):
        raise FormatError(f"{where} has {_FRAME}{shown(told)}: expected lists of categories; {REMEDY}") from None
    return columns
