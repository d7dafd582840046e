"""What solvers told, side by side: sums, a plot, the page, and who contradicts whom."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from statistics import mean, median

BEGIN, END = "<!-- made by python -m benchmarks solvers --page -->", "<!-- end -->"
TITLES = {
    "sat": "SAT: is it sufficient, and contrastive reasons",
    "maxsat": "MaxSAT: minimum and tree-specific reasons",
    "counter": "Counts",
    "mip": "Linear programs: is it sufficient, minimum, tree-specific and majoritary reasons",
}
_CLOSE = 1e-6  # of costs in floating point


@dataclass(frozen=True)
class Told:
    """What one backend said to one question; `said` is "proved", "open", "refused" or "error"."""

    solver: str
    number: int
    kind: str
    family: str
    query: str
    model: str
    size: int
    said: str
    cpu: float
    wall: float
    answer: str | None = None
    lower: float | None = None
    estimate: str | None = None
    remark: str = ""

    @property
    def question(self) -> tuple[str, int, str, str, str, int]:
        """Which question it was: its kind, its number among those, where it comes from, and its size."""
        return self.kind, self.number, self.family, self.query, self.model, self.size

    @property
    def solved(self) -> bool:
        """Whether it was decided."""
        return self.said == "proved"


def par2(told: Sequence[Told], limit: float) -> float:
    """Return the mean CPU seconds; twice the limit for each question that is not decided."""
    return mean(each.cpu if each.solved else 2 * limit for each in told)


def summary(told: Sequence[Told], limit: float) -> tuple[list[str], list[list[str]]]:
    """Return the head and the lines of a table: a line a backend, best first."""
    lines, best = [], _best(told)
    for name in {each.solver for each in told}:
        own = [each for each in told if each.solver == name]
        solved = [each.cpu for each in own if each.solved]
        shown = [each for each in own if each.kind != "sat" and (each.answer or each.estimate) is not None]
        open_ones = [each for each in shown if not each.solved]
        good = sum(each.answer is not None and not _below(best.get(each.question), each.answer) for each in open_ones)
        refused, failed = (sum(each.said == said for each in own) for said in ("refused", "error"))
        middle = f"{median(solved):.3f}" if solved else "-"
        score = par2(own, limit)
        others = "-" if not refused + failed else f"{refused} refused" if not failed else f"{failed} errors"
        lines.append(
            (score, [name, f"{len(solved)}/{len(own)}", f"{score:.3f}", middle, f"{len(open_ones)} ({good})", others])
        )
    head = ["solver", "decided", "PAR-2, s", "median, CPU s", "bounds only (best)", "else"]
    return head, [line for _, line in sorted(lines)]


def _best(told: Sequence[Told]) -> dict[tuple[str, int, str, str, str, int], str]:
    """Return the cheapest solution that anybody found, by question."""
    found: dict[tuple[str, int, str, str, str, int], str] = {}
    for each in told:
        if each.answer is not None and _is_number(each.answer):
            known = found.get(each.question)
            if known is None or _below(each.answer, known):
                found[each.question] = each.answer
    return found


def disagreements(told: Sequence[Told]) -> list[str]:
    """Return a line for each answer that contradicts a proved one."""
    found = []
    for question, group in groupby(sorted(told, key=lambda each: each.question), key=lambda each: each.question):
        answers = list(group)
        proved = [each for each in answers if each.solved]
        if proved:
            found += [f"{' '.join(map(str, question))}: {text}" for text in _against(proved[0], answers)]
    return found


def _against(first: Told, answers: Sequence[Told]) -> Iterator[str]:
    for each in answers:
        both = f"{first.solver} proves {first.answer}, {each.solver} says {each.answer} ({each.said})"
        if each.solved and not _same(first.answer, each.answer):
            yield both
        if first.kind not in ("maxsat", "mip") or each.solved:
            continue
        if each.answer is not None and (first.answer == "infeasible" or _below(each.answer, first.answer)):
            yield both
        if each.lower is not None and first.answer != "infeasible" and _below(first.answer, repr(each.lower)):
            yield f"{first.solver} proves {first.answer}, {each.solver} says at least {each.lower}"


def _same(one: str | None, other: str | None) -> bool:
    if one == other or one is None or other is None or not _is_number(one) or not _is_number(other):
        return one == other
    if one.isdigit() and other.isdigit():
        return int(one) == int(other)
    return abs(float(one) - float(other)) <= _CLOSE * max(1.0, abs(float(one)))


def _below(one: str | None, other: str | None) -> bool:
    """Tell whether one cost is below another by more than rounding."""
    if one is None or other is None or not _is_number(one) or not _is_number(other):
        return False
    return float(one) < float(other) - _CLOSE * max(1.0, abs(float(other)))


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def draw(told: Sequence[Told], limit: float, path: Path) -> None:
    """Draw a cactus plot for each kind: how many questions are decided within so many CPU seconds each."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    figure, places = pyplot.subplots(2, 2, figsize=(13, 9.5), constrained_layout=True)
    for place, kind in zip(places.flat, TITLES, strict=True):
        own = [each for each in told if each.kind == kind]
        names = [line[0] for line in summary(own, limit)[1]]
        for number, name in enumerate(names):
            times = sorted(each.cpu for each in own if each.solver == name and each.solved)
            if times:
                style = ("-", "--", ":")[number // 7 % 3]
                place.plot(times, range(1, len(times) + 1), style, color=f"C{number % 7}", marker=".", label=name)
        asked = len({each.question for each in own})
        place.axhline(asked, color="0.7", linewidth=0.8)
        place.set(xscale="log", xlabel="CPU seconds of a question", ylabel=f"decided, of {asked}")
        place.set_title(TITLES[kind].partition(":")[0], loc="left")
        if place.lines[:-1]:
            place.legend(fontsize=8, frameon=False, loc="center left", bbox_to_anchor=(1.0, 0.5))
        place.spines[["top", "right"]].set_visible(False)
    figure.savefig(path, dpi=100)
    pyplot.close(figure)


def write_page(told: Sequence[Told], limit: float, page: Path) -> None:
    """Put the tables in the place of the old ones."""
    text = page.read_text()
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    parts = [BEGIN, ""]
    for kind, title in TITLES.items():
        own = [each for each in told if each.kind == kind]
        if own:
            head, lines = summary(own, limit)
            parts += [
                f"**{title}** ({len({each.question for each in own})} questions)",
                "",
                *_markdown(head, lines),
                "",
            ]
            parts += ["Decided by family and query:", "", *_markdown(*_by_query(own, limit)), ""]
    page.write_text(before + "\n".join([*parts, END]) + after)


def _by_query(told: Sequence[Told], limit: float) -> tuple[list[str], list[list[str]]]:
    queries = sorted({(each.family, each.query) for each in told})
    names = [line[0] for line in summary(told, limit)[1]]
    lines = []
    for family, query in queries:
        own = [each for each in told if (each.family, each.query) == (family, query)]
        asked = len({each.question for each in own})
        solved = [sum(each.solved for each in own if each.solver == name) for name in names]
        lines.append([f"{family}: {query} ({asked})", *map(str, solved)])
    return ["question", *names], lines


def _markdown(head: Sequence[str], lines: Sequence[Sequence[str]]) -> list[str]:
    return ["| " + " | ".join(line) + " |" for line in (head, ["---"] * len(head), *lines)]
