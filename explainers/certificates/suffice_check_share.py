"""Checks how many rows are decided as labelled and stay so, or how far they do: ``python suffice_check_share.py FILE``.

It lies beside suffice_check.py, suffice_check_near.py and suffice_check_text.py, and needs numpy. A file holds rows,
their labels (of radii none), and a certificate of each row of which something is known; all of these are checked here.
"""

from __future__ import annotations

import io
import json
import math
import sys
import zipfile
from collections import Counter
from typing import Any

import numpy as np

try:
    from . import suffice_check as core
    from .suffice_check_near import NORMS, Near
    from .suffice_check_text import BALLS, fit, fit_certificate
except ImportError:  # the four files alone
    import suffice_check as core  # type: ignore[import-not-found, no-redef]
    from suffice_check_near import NORMS, Near  # type: ignore[import-not-found, no-redef]
    from suffice_check_text import BALLS, fit, fit_certificate  # type: ignore[import-not-found, no-redef]

FORMAT, RADII, HEAD, ROWS = "suffice share", "suffice radii", "share.json", "rows.npy"
LARGEST = 4 * core.LARGEST  # bytes: of all certificates together, unpacked
OWN = (
    "condition_column", "condition_operator", "condition_threshold", "condition_missing", "tree_root", "tree_literal",
    "tree_left", "tree_right", "tree_leaf", "leaf_values", "base",
)  # fmt: skip


def is_share(path: Any) -> bool:
    """Tell whether a file holds rows and their certificates."""
    try:
        with zipfile.ZipFile(path) as file:
            return HEAD in file.namelist()
    except (OSError, zipfile.BadZipFile):
        return False


def load(path: Any) -> tuple[dict[str, Any], Any, dict[int, bytes]]:
    """Return the text, the rows, and the certificates of rows, by their number."""
    with zipfile.ZipFile(path) as file:
        parts = core.once([(part.filename, part) for part in file.infolist()])
        size = sum(part.file_size for part in parts.values())
        core.require(size <= core.LARGEST and parts[HEAD].file_size <= core.LARGEST / 8)
        head = json.loads(file.read(HEAD), object_pairs_hook=core.once)
        rows = np.load(io.BytesIO(file.read(ROWS)), allow_pickle=False)
        core.require(rows.ndim == 2 and rows.dtype == np.float64 and rows.size >= len(rows) > 0, "there are no rows")
        named = {name: name.removesuffix(".cert") for name in parts if name not in (HEAD, ROWS)}
        known = (i.isdecimal() and name == f"{int(i)}.cert" and int(i) < len(rows) for name, i in named.items())
        core.require(all(known), "a part is not known")
        found = {int(i): file.read(name) for name, i in sorted(named.items())}
        core.require(sum(map(unpacked, found.values())) <= LARGEST)
        return head, rows, found


def unpacked(part: bytes) -> int:
    """Return how many bytes a certificate has, unpacked."""
    with zipfile.ZipFile(io.BytesIO(part)) as file:
        return sum(inner.file_size for inner in file.infolist())


class Rows:
    """Rows, and what their certificates prove."""

    shape: Any = BALLS

    def __init__(self, head: Any, rows: Any, parts: dict[int, bytes]) -> None:
        core.require(head["version"] == core.VERSION, "another version")
        self.told, self.ball, self.rows = head, head["ball"], rows
        self.first: Any = None
        self.relative: list[str] = []
        for i, part in parts.items():
            self.row(i, self.checked(part))
        core.require(self.first is not None, "nothing is known of any row")
        self.distances()

    def checked(self, part: bytes) -> Near:
        """Return what checked a certificate, which is of the same model, and domain, as the others."""
        head, arrays = core.load(io.BytesIO(part))
        fit_certificate(head, arrays, Near.claims)
        checker = Near(head, arrays)
        core.require(checker.says, "nothing is claimed")
        for name, said in checker.says.items():
            getattr(checker, name)(said)
        if self.first is None:
            self.first, self.head, self.arrays = checker, head, arrays
            self.relative = [label["relative"] for label in head["model"]["labels"] if label["relative"]]
        text = all(head[key] == self.head[key] for key in ("model", "features", "clauses"))
        numbers = (np.array_equal(arrays[name], self.arrays[name]) for name in OWN)
        core.require(text and all(numbers), "certificates are of different models, or domains")
        return checker

    def row(self, i: int, checker: Near) -> None:
        """Take what is proved of a row."""
        raise NotImplementedError

    def same(self, i: int, rows: Any) -> None:
        """Check that a certificate is of a row."""
        core.require(len(rows) and np.array_equal(rows[0], self.rows[i], equal_nan=True), f"row {i} is another one")

    def near(self, i: int, ball: Any) -> None:
        """Check that distances of a row are told as those of all rows."""
        said, features = self.ball, ball.domain.features
        numbers = {k for k in said["measured"] if not np.isnan(self.rows[i][features[k]["columns"][0]])}
        same = ball.norm == said["norm"] and ball.weights == [*map(float.fromhex, said["weights"])]
        same &= ball.still == {*said["still"]} and ball.missing == said["missing"] and {*ball.measured} == numbers
        core.require(same, f"row {i}: distances are told otherwise")

    def distances(self) -> None:
        """Check how distances are told, also where no certificate has any: all rows have another outcome."""
        said, n = self.ball, len(self.first.domain.features)
        weights = [*map(float.fromhex, said["weights"])]
        core.require(len(weights) == n and all(0 <= one < math.inf for one in weights), "weights do not fit")
        sound = (
            said["norm"] in NORMS and type(said["missing"]) is bool and not (said["norm"] == "l0" and said["measured"])
        )
        sound &= core.within(said["measured"], n) and core.within(said["still"], n)
        core.require(sound, "a norm is not known, or there is no such feature")
        alone = (len(self.first.domain.features[k]["columns"]) == 1 for k in said["measured"])
        core.require(all(alone), "a choice is no number")

    def words(self) -> str:
        """Return how distances are told, in words."""
        ball, names = self.ball, [feature["name"] for feature in self.first.domain.features]
        weights = [*map(float.fromhex, ball["weights"])]
        told = "".join(
            f"; {name} counts {weight!r}" for name, weight in zip(names, weights, strict=True) if weight != 1
        )
        told += "".join(f"; {names[k]} stays" for k in sorted(ball["still"]))
        rest = [name for k, name in enumerate(names) if k not in ball["measured"] and ball["norm"] != "l0"]
        told += f"; a change counts once of {', '.join(rest)}" if rest else ""
        return told + "; values may become missing, or be there again" * (ball["missing"] is True)


class Share(Rows):
    """Rows, what they are labelled, and which of them are proved to stay so."""

    shape: Any = {**BALLS, "eps": str, "labels": [int]}  # noqa: RUF012  # nobody changes it

    def __init__(self, head: Any, rows: Any, parts: dict[int, bytes]) -> None:
        self.eps, self.labels = float.fromhex(head["eps"]), head["labels"]
        core.require(0 <= self.eps < math.inf, "the distance is no finite number from 0")
        core.require(len(self.labels) == len(rows), "no label a row")
        self.right, self.wrong = list[int](), list[int]()
        super().__init__(head, rows, parts)
        self.classes = self.head["model"]["labels"][0]["classes"]
        core.require(all(-1 <= k < len(self.classes) for k in self.labels), "there is no such class")

    def row(self, i: int, checker: Near) -> None:
        """Take whether a row is proved to stay as it is labelled, or not to."""
        claim, label = checker.claim, self.labels[i]
        (one,), wanted = claim["outcomes"], self.head["model"]["labels"]
        plain = {*one} == {"label", "classes"} and one["classes"] == [label] * (label >= 0) and not claim["together"]
        plain &= len(wanted) == 1 and wanted[0]["rule"] in core.RULES
        core.require(plain, f"row {i}: another outcome is claimed than its label")
        if checker.ball is None:  # the row itself has another outcome
            core.require({*checker.says} == {"refuted"}, f"row {i}: nothing is said of its neighbours")
            self.same(i, checker.arrays["witness"])
            self.wrong.append(i)
            return
        self.same(i, checker.arrays["row"])
        self.near(i, checker.ball)
        if "clear" in checker.says and checker.ball.radius > self.eps:
            self.right.append(i)
            return
        far = float.fromhex(checker.says.get("reached", {"distance": "inf"})["distance"])
        core.require(far <= self.eps, f"row {i}: it is not shown to stay as it is within the distance, nor not to")
        self.wrong.append(i)

    def words(self) -> str:
        """Return what is claimed, in words, from the numbers."""
        n, right, wrong = len(self.rows), len(self.right), len(self.wrong)
        told = f"share: of {n} rows {right} are decided as they are labelled, and so is each row at a distance of "
        told += f"{self.eps!r} at most by {self.ball['norm']}; {wrong} are not, or some such row is not"
        told += f"; of {n - right - wrong} nothing is known" * (right + wrong < n)
        told += f"; from {right / n!r} to {(n - wrong) / n!r} of them"
        counts = Counter("another label" if k < 0 else self.classes[k] for k in self.labels)
        told += "; labels: " + ", ".join(f"{name} ({count})" for name, count in counts.items())
        return told + super().words()


class Radii(Rows):
    """Rows, and how far each may be moved."""

    def __init__(self, head: Any, rows: Any, parts: dict[int, bytes]) -> None:
        self.each: list[str] = []
        super().__init__(head, rows, parts)

    def row(self, i: int, checker: Near) -> None:
        """Take how far a row may be moved, and as what it is decided."""
        core.require(checker.ball is not None, f"row {i}: nothing is said of its neighbours")
        self.same(i, checker.arrays["row"])
        self.near(i, checker.ball)
        (label,), (one,) = self.head["model"]["labels"], checker.claim["outcomes"]
        plain = not checker.claim["together"] and {*one} <= {"label", "classes", "range"}
        core.require(plain and len(one["classes"]) == 1, f"row {i}: more is claimed than that its outcome stays")
        ends = [*map(float.fromhex, one.get("range", ()))]
        numbers = label["rule"] == "number" and one["classes"] == [1]
        core.require(bool(ends) == numbers, f"row {i}: numbers do not stay within, or classes do")
        said = [f"{checker.ball.radius!r} is clear"] * ("clear" in checker.says)
        if "reached" in checker.says:
            said.append(f"one at {float.fromhex(checker.says['reached']['distance'])!r} is not")
        outcome = f"within {ends}" if ends else label["classes"][one["classes"][0]]
        self.each.append(f"row {i} ({outcome}): {', '.join(said)}")

    def words(self) -> str:
        """Return what is claimed, in words, from the numbers."""
        n, left = len(self.rows), len(self.rows) - len(self.each)
        told = f"radii: of {n} rows by {self.ball['norm']}, all nearer rows are decided alike; {'; '.join(self.each)}"
        return told + f"; of {left} nothing is known" * (left > 0) + super().words()


def kind_of(head: Any) -> type[Rows]:
    """Return what checks a file of rows, by its text."""
    kinds = {FORMAT: Share, RADII: Radii}
    core.require(type(head) is dict and type(head.get("format")) is str and head["format"] in kinds, "another format")
    kind: type[Rows] = kinds[head["format"]]
    fit(head, kind.shape)
    return kind


def check(path: Any) -> tuple[str, str]:
    """Return the verdict on a file, and what was checked or why it is rejected."""
    try:
        head, rows, parts = load(path)
        share = kind_of(head)(head, rows, parts)
        verdict, why = core.RELATIVE if share.relative else core.ACCEPTED, "; ".join([share.words(), *share.relative])
    except Exception as error:  # what does not hold, or is damaged
        verdict, why = core.REJECTED, f"{type(error).__name__}: {error}"
    return verdict, "".join(c if c.isprintable() else " " for c in why)


if __name__ == "__main__":
    sys.stdout.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]
    found = [(name, *check(name)) for name in sys.argv[1:]]
    print(*(": ".join(one) for one in found), sep="\n")
    sys.exit(not found or not all(verdict == core.ACCEPTED for _, verdict, _ in found))
