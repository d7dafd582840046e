"""Checks how many rows are decided as they are labelled, and stay so: ``python suffice_check_share.py FILE``.

It lies beside suffice_check.py and suffice_check_near.py, and needs numpy. A file holds rows, their labels, and a
certificate of each row of which something is known; all of these are checked, and added up here.
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
except ImportError:  # the three files alone
    import suffice_check as core  # type: ignore[import-not-found, no-redef]
    from suffice_check_near import NORMS, Near  # type: ignore[import-not-found, no-redef]

FORMAT, HEAD, ROWS = "suffice share", "share.json", "rows.npy"
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
        core.require(sum(part.file_size for part in parts.values()) <= core.LARGEST, "the file is too large")
        head = json.loads(file.read(HEAD), object_pairs_hook=core.once)
        rows = np.load(io.BytesIO(file.read(ROWS)), allow_pickle=False)
        core.require(rows.ndim == 2 and rows.dtype == np.float64 and rows.size >= len(rows) > 0, "there are no rows")
        named = {name: name.removesuffix(".cert") for name in parts if name not in (HEAD, ROWS)}
        known = (i.isdecimal() and name == f"{int(i)}.cert" and int(i) < len(rows) for name, i in named.items())
        core.require(all(known), "a part is not known")
        return head, rows, {int(i): file.read(name) for name, i in sorted(named.items())}


class Share:
    """Rows, what they are labelled, and what their certificates prove."""

    def __init__(self, head: Any, rows: Any, parts: dict[int, bytes]) -> None:
        core.require(head.get("format") == FORMAT and head.get("version") == core.VERSION, "another format, or version")
        self.eps, self.labels, self.ball = float.fromhex(head["eps"]), head["labels"], head["ball"]
        core.require(0 <= self.eps < math.inf, "the distance is no finite number from 0")
        core.require(type(self.labels) is list and len(self.labels) == len(rows), "no label a row")
        self.rows, self.right, self.wrong = rows, list[int](), list[int]()
        self.first: Any = None
        self.relative: list[str] = []
        for i, part in parts.items():
            (self.right if self.row(i, part) else self.wrong).append(i)
        core.require(self.first is not None, "nothing is known of any row")
        self.distances()
        self.classes = self.head["model"]["labels"][0]["classes"]
        core.require(all(type(k) is int and -1 <= k < len(self.classes) for k in self.labels), "there is no such class")

    def row(self, i: int, part: bytes) -> bool:
        """Check the certificate of a row; tell whether the row is proved to stay as it is labelled, or not to."""
        head, arrays = core.load(io.BytesIO(part))
        checker = Near(head, arrays)
        core.require(checker.says and {*checker.says} <= {*Near.claims}, "claims are not known here")
        for name, said in checker.says.items():
            getattr(checker, name)(said)
        self.alike(head, arrays, checker)
        claim, label = checker.claim, self.labels[i]
        (one,), (wanted,) = claim["outcomes"], head["model"]["labels"]
        plain = {*one} == {"label", "classes"} and one["classes"] == [label] * (label >= 0) and not claim["together"]
        core.require(plain and wanted["rule"] in core.RULES, f"row {i}: another outcome is claimed than its label")
        if checker.ball is None:  # the row itself has another outcome
            core.require({*checker.says} == {"refuted"}, f"row {i}: nothing is said of its neighbours")
            self.same(i, arrays["witness"])
            return False
        self.same(i, arrays["row"])
        self.near(i, checker.ball)
        if "clear" in checker.says and checker.ball.radius > self.eps:
            return True
        far = float.fromhex(checker.says.get("reached", {"distance": "inf"})["distance"])
        core.require(far <= self.eps, f"row {i}: it is not shown to stay as it is within the distance, nor not to")
        return False

    def alike(self, head: Any, arrays: Any, checker: Near) -> None:
        """Check that a certificate is of the same model, and domain, as the first one."""
        if self.first is None:
            self.first, self.head, self.arrays = checker, head, arrays
            self.relative = [label["relative"] for label in head["model"]["labels"] if label["relative"]]
        text = all(head[key] == self.head[key] for key in ("model", "features", "clauses"))
        numbers = (np.array_equal(arrays[name], self.arrays[name]) for name in OWN)
        core.require(text and all(numbers), "certificates are of different models, or domains")

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
        """Return what is claimed, in words, from the numbers."""
        n, ball, names = len(self.rows), self.ball, [feature["name"] for feature in self.first.domain.features]
        right, wrong = len(self.right), len(self.wrong)
        told = f"share: of {n} rows {right} are decided as they are labelled, and so is each row at a distance of "
        told += f"{self.eps!r} at most by {ball['norm']}; {wrong} are not, or some such row is not"
        told += f"; of {n - right - wrong} nothing is known" * (right + wrong < n)
        told += f"; from {right / n!r} to {(n - wrong) / n!r} of them"
        counts = Counter("another label" if k < 0 else self.classes[k] for k in self.labels)
        told += "; labels: " + ", ".join(f"{name} ({count})" for name, count in counts.items())
        weights = [*map(float.fromhex, ball["weights"])]
        told += "".join(
            f"; {name} counts {weight!r}" for name, weight in zip(names, weights, strict=True) if weight != 1
        )
        told += "".join(f"; {names[k]} stays" for k in sorted(ball["still"]))
        rest = [name for k, name in enumerate(names) if k not in ball["measured"] and ball["norm"] != "l0"]
        told += f"; a change counts once of {', '.join(rest)}" if rest else ""
        return told + "; values may become missing, or be there again" * (ball["missing"] is True)


def check(path: Any) -> tuple[str, str]:
    """Return the verdict on a file, and what was checked or why it is rejected."""
    try:
        share = Share(*load(path))
        verdict, why = core.RELATIVE if share.relative else core.ACCEPTED, "; ".join([share.words(), *share.relative])
    except Exception as error:  # what does not hold, or is damaged
        verdict, why = core.REJECTED, f"{type(error).__name__}: {error}"
    return verdict, "".join(c if c.isprintable() else " " for c in why)


if __name__ == "__main__":
    sys.stdout.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]
    found = [(name, *check(name)) for name in sys.argv[1:]]
    print(*(": ".join(one) for one in found), sep="\n")
    sys.exit(not found or not all(verdict == core.ACCEPTED for _, verdict, _ in found))
