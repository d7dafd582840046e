"""The model and the rows that a command names, checked before any work."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ...encoders.registry import own_names
from ...engine.errors import BadInputError, shown
from .data_files import columns_of, read_rows
from .model_files import read_model


@dataclass(frozen=True, slots=True)
class Subject:
    """What is explained.

    Attributes
    ----------
    model : object
        The model, or the path of its file.
    rows : pandas.DataFrame
        The rows that are explained, with the model's columns.
    whole : pandas.DataFrame
        All rows of the file, which say what columns hold.
    single : bool
        Whether one row was asked for.
    """

    model: Any
    rows: Any
    whole: Any
    single: bool


def model_and_rows(options: argparse.Namespace) -> tuple[Any, Any]:
    """Return the model that options name, and all rows in its columns."""
    model = read_model(options.model, trust_pickle=options.trust_pickle, trusted=options.trust)
    whole = read_rows(options.data, index=options.index)
    return model, columns_of(whole, _names_of(model), options.drop, options.data)


def subject_of(options: argparse.Namespace) -> Subject:
    """Return the model and the rows that options name."""
    model, whole = model_and_rows(options)
    if options.row is not None:
        if not 0 <= options.row < len(whole):
            raise BadInputError(
                f"--row {options.row}: expected 0 to {len(whole) - 1}, for {options.data} has {len(whole)} rows"
            )
        return Subject(model, whole.iloc[[options.row]], whole, True)
    rows = whole if options.rows is None else whole.iloc[options.rows]
    if not len(rows):
        raise BadInputError(f"--rows: none are left of the {len(whole)} rows of {options.data}")
    return Subject(model, rows, whole, False)


def _names_of(model: Any) -> Sequence[str] | None:
    """Return the columns that a model, or a loaded explainer, was fitted with."""
    session = getattr(model, "session", None)
    return own_names(model) if session is None else tuple(session.compiled.vocabulary.names)


def target_of(options: argparse.Namespace, endings: tuple[str, ...]) -> Path | None:
    """Return where to write, which is checked before the work.

    Raises
    ------
    BadInputError
        If nothing can be written there, or a file is there already.
    """
    if options.to is None:
        return None
    path = Path(options.to)
    if path.suffix.lower() not in endings:
        raise BadInputError(f"--to {shown(options.to)}: expected a name that ends with {', '.join(endings)}")
    inputs = [Path(options.model), Path(options.data)]
    if any(path.exists() and one.exists() and path.samefile(one) for one in inputs):
        raise BadInputError(f"--to {shown(options.to)}: that is an input; choose another name")
    if path.is_dir() or not path.parent.is_dir():
        raise BadInputError(f"--to {shown(options.to)}: expected a file in a folder that is there")
    if path.exists() and not options.force:
        raise BadInputError(f"--to {shown(options.to)}: it is there already; pass --force to write over it")
    return path


def note(options: argparse.Namespace, text: str) -> None:
    """Tell something that is no result, unless that is not wanted."""
    if not options.quiet:
        print(text, file=sys.stderr)
