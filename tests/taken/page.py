"""Writes docs/models.md by running every case: ``python -m tests.taken.page``."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from typing import Any

from tests.house.layout import ROOT
from tests.taken.asking import GROUPS, told
from tests.taken.case import Case, Refused

HEAD = """# Models that are taken

Written by `python -m tests.taken.page`, which fits a small model of each kind and asks it everything; a test does it
again and compares each row. What the queries are is told in [queries.md](queries.md), and how to add a model in
[add-a-model.md](add-a-model.md).

*Exactness*: how the compiled form relates to the model's own `predict`; it is checked at all borders whenever an
explainer is made. "bit for bit": they agree for every row. "band": where the library adds in an order that depends on
the machine, scores nearer to a tie than a proved bound of the rounding are told as not proved
([further-models.md](further-models.md#near-ties)). A dash: this kind of model has no such query (several labels alone
have relations, numbers alone have ranges); queries.md says what to ask instead.
"""
GROUPS_TOLD = {  # groups in the order of the page, as they are told
    "scikit-learn": "scikit-learn", "wrappers": "Wrappers", "combinations": "Models made of models",
    "pipeline steps": "Steps of pipelines", "text": "Text", "xgboost": "XGBoost", "lightgbm": "LightGBM",
    "catboost": "CatBoost", "onnx": "ONNX-ML", "interpret": "Explainable boosting machines (interpret)",
    "imodels": "imodels", "hand-built": "Hand-built models", "rows": "Rows",
}  # fmt: skip
_HELPERS = ("asking", "case", "page")
PAGE = ROOT / "docs" / "models.md"


@cache
def everything() -> tuple[list[Case], list[Refused]]:
    """Return all cases, and all that is refused, group by group."""
    folder = Path(__file__).parent
    names = [m.name for m in iter_modules([str(folder)]) if m.name not in _HELPERS and not m.name.startswith("test_")]
    modules = [import_module(f"tests.taken.{name}") for name in names]
    taken = [case for module in modules for case in getattr(module, "CASES", ())]
    refused = [case for module in modules for case in getattr(module, "REFUSED", ())]
    return _ordered(taken), _ordered(refused)


def _ordered(cases: list[Any]) -> list[Any]:
    """Return cases by their groups, those of a group in their own order."""
    known = {name: place for place, name in enumerate(GROUPS_TOLD)}
    return sorted(cases, key=lambda case: known[case.group])


def page() -> str:
    """Return the whole page."""
    taken, refused = everything()
    parts = [HEAD]
    for group in dict.fromkeys(case.group for case in (*taken, *refused)):
        parts.append(f"\n## {GROUPS_TOLD[group]}\n\n")
        own = [case for case in taken if case.group == group]
        if own:
            parts.append("\n".join([*_head(), *(row_of(case, told(case)) for case in own), ""]))
        parts += _refusals([case for case in refused if case.group == group])
    return "".join(parts)


def _head() -> Iterator[str]:
    yield f"| model or step | exactness | {' | '.join(GROUPS)} | to know |"
    yield "|---|---|" + ":-:|" * len(GROUPS) + "---|"


def row_of(case: Case, answers: dict[str, str]) -> str:
    """Return a row of the table."""
    exactness = "band" if case.exactness.startswith("proved outside") else case.exactness
    return f"| {case.name} | {exactness} | {' | '.join(answers[group] for group in GROUPS)} | {case.note} |"


def _refusals(refused: Iterable[Refused]) -> Iterator[str]:
    listed = [f"* {case.name}: {case.why}\n" for case in refused]
    if listed:
        yield "\nRefused, in words:\n\n"
        yield from listed


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
