"""Writes docs/queries.md from the table of queries: ``python -m tests.house.queries_page``."""

from suffice.explainers.queries.offered import arguments_of
from suffice.explainers.queries.table import FAMILIES, PUBLISHED, TABLE

from tests.house.layout import ROOT

HEAD = """# Queries

Written from `explainers/queries/table.py` by `python -m tests.house.queries_page`; a test compares the two.
What each answer means is told in [semantics.md](semantics.md), the arguments by docstrings (`help(explainer.batch)`).

| an explainer of | is called |
|---|---|
"""
TOLD = """
A query has the same arguments with the same defaults in all families, but for those that are named below a table with
the reason why; explainers say the same in their errors. A surrogate has the queries of the family that it was made of.
"""
SHORT = {family: "labels" if family == "multilabel" else family for family in FAMILIES}  # heads of columns


def page():
    """The whole page."""
    rows = "".join(f"| {what} | {SHORT[family]} |\n" for family, what in FAMILIES.items())
    parts = [f"{HEAD}{rows}{TOLD}"]
    for facet in dict.fromkeys(row.facet for row in TABLE):
        own = [row for row in TABLE if row.facet == facet]
        parts.append("\n".join([f"\n## {facet[0].upper()}{facet[1:]}\n", *table_of(own), ""]))
        parts.append("\n".join(["", *notes_of(own), ""]))
    spellings = ", ".join(f"`{old}` ({new})" for old, new in PUBLISHED.items())
    parts.append(f"\n## Published spellings\n\nStill answer: {spellings}.\n")
    return "".join(parts)


def table_of(rows):
    yield f"| query | answers | arguments | {' | '.join(SHORT.values())} |"
    yield "|---|---|---|" + ":-:|" * len(SHORT)
    for row in rows:
        taken = ", ".join(told(name, *how) for name, how in arguments_of(row, "all").items())
        has = " | ".join(has_it(row, family) for family in FAMILIES)
        yield f"| `{row.name}` | {row.says} | {f'`{taken}`' if taken else ''} | {has} |"


def has_it(row, family):
    if family in row.absent:
        return "–"
    borrowed = family == "surrogate" and not row.otherwise and len(row.absent) < len(FAMILIES) - 1
    return "as its models" if borrowed else "yes"


def told(name, by_place, default):
    return name if default is None else f"{name}={default}"


def notes_of(rows):
    """Why families do not answer, or not with all arguments; what has one reason together."""
    same = {}
    for row in rows:
        for argument, why in {"": row.absent, **row.lacks}.items():
            for said in dict.fromkeys(why.values()):
                families = ", ".join(SHORT[family] for family in why if why[family] == said)
                same.setdefault((families, said), []).append((row, argument))
    for (families, said), what in same.items():
        names = [f"`{row.name}`" for row, argument in what if not argument]
        lacking = dict.fromkeys(argument for _, argument in what if argument)
        yield f"* {families}: no {', '.join([*names, *(argument_in(rows, what, one) for one in lacking)])}: {said}."
    for row in rows:
        for family, defaults in row.otherwise.items():
            yield f"* {SHORT[family]}: `{row.name}({defaults})`."


def argument_in(rows, what, argument):
    """An argument that rows lack, with their names unless these are all that take it."""
    lacking = [row.name for row, one in what if one == argument]
    takers = [row.name for row in rows if argument in arguments_of(row, "all")]
    return f"`{argument}=`" + ("" if lacking == takers else f" of {', '.join(f'`{name}`' for name in lacking)}")


if __name__ == "__main__":
    (ROOT / "docs" / "queries.md").write_text(page(), encoding="utf-8")
