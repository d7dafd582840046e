"""What solvers told, side by side; and that what is chosen unasked is what the stored tables say."""

import argparse
import json
from dataclasses import asdict
from pathlib import Path

import pytest
from suffice.explainers.boosted.tree_specific import DEFAULT_SOLVER
from suffice.explainers.forest.planner import MAJORITARY
from suffice.explainers.solving.sessions import DEFAULT_MAXSAT, DEFAULT_SAT
from suffice.solvers import Kind, get
from suffice.solvers.catalog import BUILTIN

from benchmarks.solver_tables import BEGIN, END, Told, disagreements, draw, par2, summary, write_page
from benchmarks.solvers import run

PAGE = Path(__file__).parents[2] / "docs" / "solvers.md"


def told(solver, said="proved", answer="3", kind="maxsat", number=0, cpu=1.0, **more):
    return Told(solver, number, kind, "tree", "query", "model", 5, said, cpu, cpu, answer, **more)


@pytest.mark.parametrize(
    ("first", "second", "wrong"),
    [
        ({}, {}, 0),
        ({}, {"answer": "4"}, 1),
        ({}, {"answer": "infeasible"}, 1),
        ({}, {"answer": "3.0000001"}, 0),
        ({}, {"answer": "3.1"}, 1),
        ({}, {"said": "open", "answer": "4"}, 0),
        ({}, {"said": "open", "answer": "2"}, 1),
        ({}, {"said": "open", "answer": None, "lower": 3.0}, 0),
        ({}, {"said": "open", "answer": None, "lower": 4.0}, 1),
        ({"answer": "infeasible"}, {"said": "open", "answer": "9"}, 1),
        ({"kind": "counter", "answer": str(2**90)}, {"kind": "counter", "answer": str(2**90 + 1)}, 1),
        ({"kind": "sat", "answer": "sat"}, {"kind": "sat", "answer": "unsat"}, 1),
        ({"kind": "sat", "answer": "sat"}, {"kind": "sat", "answer": "unsat", "number": 1}, 0),
        ({"said": "refused", "answer": None}, {"answer": "4"}, 0),
    ],
)
def test_contradictions_are_seen(first, second, wrong):
    assert len(disagreements([told("a", **first), told("b", **second)])) == wrong
    assert len(disagreements([told("b", **second), told("a", **first)])) == wrong


def test_sums():
    runs = [told("a", cpu=1.0), told("a", number=1, said="open"), told("b", cpu=4.0), told("b", number=1, said="error")]
    assert par2(runs[:2], 5.0) == 5.5
    head, lines = summary(runs, 5.0)
    assert head[:3] == ["solver", "decided", "PAR-2, s"]
    assert [line[0] for line in lines] == ["a", "b"]
    assert lines[0] == ["a", "1/2", "5.500", "1.000", "1 (1)", "-"]
    assert lines[1][-1] == "1 errors"


@pytest.mark.parametrize(("limits", "used"), [((15.0, 15.0), 15.0), ((5.0, 15.0), None)])
def test_joined_runs_keep_their_limit(tmp_path, limits, used):
    paths = [tmp_path / f"{place}.json" for place in range(len(limits))]
    for path, limit in zip(paths, limits, strict=True):
        path.write_text(json.dumps({"solvers": {"limit": limit, "runs": [asdict(told("a", said="open"))]}}))
    options = argparse.Namespace(join=paths, page=False, limit=1.0)
    if used is None:
        with pytest.raises(SystemExit, match="limits of"):
            run(options)
    else:
        assert run(options)["limit"] == used


def test_the_page_and_the_plot_are_made(tmp_path):
    pytest.importorskip("matplotlib")
    page = tmp_path / "page.md"
    page.write_text(f"before\n{BEGIN}\nold\n{END}\nafter\n")
    runs = [told(name, kind=kind, answer="sat") for name in ("a", "b") for kind in ("sat", "mip")]
    write_page(runs, 5.0, page)
    text = page.read_text()
    assert text.startswith(f"before\n{BEGIN}")
    assert text.endswith(f"{END}\nafter\n")
    assert "old" not in text
    assert "| tree: query (1) | 1 | 1 |" in text
    draw(runs, 5.0, tmp_path / "plot.png")
    assert (tmp_path / "plot.png").stat().st_size > 1000


def stored():
    """PAR-2 by kind and solver, and how many are decided by question and solver, as the page has them."""
    scores, decided, kind, names = {}, {}, None, []
    for line in PAGE.read_text().partition(BEGIN)[2].splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if line.startswith("**"):
            kind = line.strip("*").partition(" ")[0].rstrip(":")
            kind = {"SAT": "sat", "MaxSAT": "maxsat", "Counts": "counter", "Linear": "mip"}[kind.strip("*")]
        elif cells[0] in ("solver", "question"):
            names = cells[1:]
        elif len(cells) > 1 and not cells[0].startswith("-"):
            if names[0] == "decided":
                scores[kind, cells[0]] = float(cells[2])
            else:
                decided[kind, cells[0].rpartition(" (")[0]] = dict(zip(names, map(int, cells[1:]), strict=True))
    return scores, decided


CHOSEN = [(str(kind), [e.name for e in BUILTIN if e.kind is kind and e.preferred]) for kind in (Kind.SAT, Kind.MAXSAT)]


@pytest.mark.parametrize(("kind", "names"), CHOSEN, ids=[kind for kind, _ in CHOSEN])
def test_the_first_choice_is_the_best_of_what_is_always_there(kind, names):
    scores, _ = stored()
    assert names[0] == get(None, kind).name == {"sat": DEFAULT_SAT, "maxsat": DEFAULT_MAXSAT}[kind]
    assert scores[kind, names[0]] <= 1.1 * min(scores[kind, name] for name in names)


def test_programs_go_to_the_best_of_their_kind():
    scores, decided = stored()
    floating = [e.name for e in BUILTIN if e.kind is Kind.MIP and e.preferred and e.name != "cpsat"]
    assert get(None, "mip", needs=["continuous"]).name == floating[0]
    for question in ("forest: is it sufficient", "boosted: is it sufficient"):  # with fractions
        row = decided["mip", question]
        assert row[floating[0]] == max(row[name] for name in floating)
    for chosen, question in (
        (MAJORITARY, "forest: minimal_majoritary_reason"),
        (DEFAULT_SOLVER, "boosted: minimal_tree_specific_reason"),
    ):
        row = decided["mip", question]
        assert row[chosen] == max(row[name] for name in (*floating, "cpsat"))
    assert scores["mip", "cpsat"] == min(score for (kind, _), score in scores.items() if kind == "mip")


def test_every_backend_that_can_be_missing_names_its_remedy():
    for entry in BUILTIN:
        needed = entry.load().requirement
        assert needed.remedy or not (needed.modules or needed.programs), entry.name
