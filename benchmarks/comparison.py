"""What other explainers say of the same rows of the same model, judged by exact questions.

A forest on synthetic credit decisions (six numeric columns), rows that it has not seen. Each peer runs in an
environment of its own with its defaults; then every answer is asked about exactly: does the model keep its decision
wherever what was told stays as it is? Is a changed row decided otherwise, and could fewer features have changed? The
domain is each column's range in the training data, whole numbers where the column has no others.
"""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np

from benchmarks.measure import ROOT
from benchmarks.report import table

COLUMNS = ("age", "income", "debt", "amount", "years employed", "late payments")
WHOLE = ["age", "years employed", "late payments"]
_TEXT = re.compile(r"^(?:(?P<low>-?[\d.]+) (?P<strict><=?) )?(?P<name>.*?)(?: (?P<sign><=?|>=?) (?P<end>-?[\d.]+))?$")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--rows", type=int, default=50, help="rows that are explained (50)")
    parser.add_argument("--shown", type=int, default=0, help="which of them is printed in full (0)")
    parser.add_argument(
        "--peers", nargs="*", default=[], metavar="PYTHON", help="environments with shap, lime, alibi, dice-ml, pyxai"
    )


class Judge:
    """Exact questions about one row of the model."""

    def __init__(self, model: Any, row: Any, ranges: dict[str, tuple[float, float]]) -> None:
        self.model, self.row, self.ranges = model, row, ranges
        began = time.perf_counter()
        self.explainer = self._initialize(ranges)
        self.setup = time.perf_counter() - began

    def _initialize(self, within: dict[str, tuple[float, float]]) -> Any:
        import suffice

        return suffice.Explainer.initialize(
            self.model, self.row, feature_names=list(COLUMNS), features_type={"integer": WHOLE}, ranges=within,
            check=False,
        )  # fmt: skip

    def fixes(self, names: Sequence[str]) -> bool:
        """Whether these features, kept as they are, force the decision."""
        return bool(self.explainer.is_reason(list(names), over="features"))

    def holds(self, conditions: Sequence[str]) -> tuple[bool, Any]:
        """Whether the decision is the same wherever conditions on numbers hold, and else a row where it is not."""
        within = dict(self.ranges)
        for condition in conditions:
            name, low, high = read(condition)
            old = within[name]
            within[name] = (max(old[0], low), min(old[1], high))
        check = self._initialize(within).is_reason([], over="features")
        return bool(check), None if check else check.witness


def read(condition: str) -> tuple[str, float, float]:
    """Return the column of a condition like ``1 < age <= 2``, and the closed interval of floats that it allows."""
    low, high = -np.inf, np.inf
    found = _TEXT.match(condition)
    if found is None:
        raise ValueError(f"{condition!r}: no condition on a number")
    if found["low"]:
        low = float(found["low"])
        low = float(np.nextafter(np.float32(low), np.float32(np.inf))) if found["strict"] == "<" else low
    if found["end"]:
        end, sign = float(found["end"]), found["sign"]
        beside = float(np.nextafter(np.float32(end), np.float32(-np.inf if sign == "<" else np.inf)))
        if sign.startswith("<"):
            high = end if sign == "<=" else beside
        else:
            low = end if sign == ">=" else beside
    return found["name"], low, high


def ask_peer(python: str, model: Path, data: Path) -> dict[str, Any]:
    """Return what the libraries of an environment say."""
    request = json.dumps({"model": str(model), "data": str(data)})
    done = subprocess.run(
        [python, "-m", "benchmarks.peers.reasons_driver"], input=request, capture_output=True, text=True, cwd=ROOT,
        check=False,
    )  # fmt: skip
    lines = [line for line in done.stdout.splitlines() if line.startswith("answers ")]
    if not lines:
        raise RuntimeError(f"{python}: {done.stderr[-500:]}")
    answers: dict[str, Any] = json.loads(lines[-1].removeprefix("answers "))
    return answers


def ours(judge: Judge) -> dict[str, Any]:
    """Return our answers about a row, with seconds."""
    began = time.perf_counter()
    reason = judge.explainer.minimal_sufficient_reason(over="features")
    why = time.perf_counter() - began
    began = time.perf_counter()
    change = judge.explainer.minimal_contrastive_reason(over="features")
    return {
        "reason": reason, "change": change, "why": why, "what if": time.perf_counter() - began,
        "literals": judge.explainer.sufficient_reason(),
    }  # fmt: skip


def judged(name: str, answer: dict[str, Any], judge: Judge, own: dict[str, Any]) -> dict[str, Any]:
    """Return what exact questions say of a peer's answer about one row."""
    if "error" in answer:
        return {"error": answer["error"]}
    if "weights" in answer:
        order = np.argsort(-np.abs(answer["weights"]))
        sizes = [k for k in range(len(COLUMNS) + 1) if judge.fixes([COLUMNS[c] for c in order[:k]])]
        return {"at our size": min(sizes) <= len(own["reason"]), "needed": min(sizes)}
    if "changed" in answer:
        rows = np.array(answer["changed"]).reshape(-1, len(COLUMNS))
        before = judge.model.predict(judge.row[None])[0]
        flips = [bool(judge.model.predict(row[None])[0] != before) for row in rows]
        sizes = [int((row != judge.row).sum()) for row, flip in zip(rows, flips, strict=True) if flip]
        return {"flips": sum(flips), "of": len(rows), "fewest": min(sizes, default=None)}
    if name == "pyxai":
        return {"holds": judge.fixes([COLUMNS[c] for c in answer["columns"]]), "size": len(answer["columns"])}
    holds, witness = judge.holds(answer["words"])
    return {"holds": holds, "witness": witness, "size": len(answer["words"])}


def run(options: argparse.Namespace) -> dict[str, Any]:
    import joblib
    from sklearn.ensemble import RandomForestClassifier
    from suffice.explainers.credit import synthetic_credit

    applications, granted = synthetic_credit(3000, 0)
    whole = applications[list(COLUMNS)].dropna()
    values, labels = whole.to_numpy(np.float64), granted[whole.index].to_numpy().astype(str)
    train, rows = values[:-500], values[-500:][: options.rows]
    model = RandomForestClassifier(100, max_depth=6, random_state=0).fit(train, labels[:-500])
    print(f"accuracy on rows that it has not seen: {model.score(values[-500:], labels[-500:]):.3f}")
    ranges = {
        name: (float(low), float(high)) for name, low, high in zip(COLUMNS, train.min(0), train.max(0), strict=True)
    }
    judges = [Judge(model, row, ranges) for row in rows]
    owns = [ours(judge) for judge in judges]
    answers: dict[str, Any] = {}
    with tempfile.TemporaryDirectory() as folder:
        stored, data = Path(folder) / "model.joblib", Path(folder) / "data.npz"
        joblib.dump(model, stored)
        numbers = (labels[:-500] == "yes").astype(int)
        np.savez(data, train=train, labels=numbers, rows=rows, names=np.array(COLUMNS))
        for python in options.peers:
            answers |= {name: told for name, told in ask_peer(python, stored, data).items() if name not in answers}
    verdicts = {
        name: [judged(name, answer, judge, own) for answer, judge, own in zip(told["rows"], judges, owns, strict=True)]
        for name, told in answers.items()
    }
    _show(options.shown, judges, owns, answers, verdicts)
    print(table(("", "rows", "median ms", "judged exactly"), list(_lines(owns, answers, verdicts))))
    return {"answers": answers, "verdicts": verdicts}


def _show(i: int, judges: Sequence[Judge], owns: Sequence[Any], answers: Any, verdicts: Any) -> None:
    judge, own = judges[i], owns[i]
    print("row", dict(zip(COLUMNS, judge.row.tolist(), strict=True)), judge.model.predict_proba(judge.row[None])[0])
    print("ours, why:", own["reason"], own["reason"].status, own["literals"].features)
    print("ours, change:", own["change"].features, own["change"].status, own["change"].witness)
    for name, told in answers.items():
        print(name, {key: value for key, value in told["rows"][i].items() if key != "seconds"})
        print("   judged:", verdicts[name][i])


def _lines(owns: Sequence[Any], answers: Any, verdicts: Any) -> Any:
    count = str(len(owns))
    for key, what in (("why", "fewest features that force the decision"), ("what if", "fewest to change")):
        proved = sum(own["reason" if key == "why" else "change"].status in ("optimal", "proved") for own in owns)
        yield f"suffice, {what}", count, f"{median(own[key] for own in owns) * 1e3:.1f}", f"{proved} proved"
    say: dict[str, Callable[[Sequence[Any], Sequence[Any]], str]] = {
        "at our size": lambda found, own: (
            f"{sum(v['at our size'] for v in found)} of {len(found)} times its first k features force the decision "
            f"(k = the least number); it takes its first {np.mean([v['needed'] for v in found]):.1f} on average, "
            f"{np.mean([len(o['reason']) for o in own]):.1f} are enough"
        ),
        "flips": lambda found, own: (
            f"{sum(v['flips'] for v in found)} of {sum(v['of'] for v in found)} rows change the decision; "
            f"{sum(v['fewest'] == len(o['change']) for v, o in zip(found, own, strict=True))} of {len(found)} times "
            "one of them with the fewest features"
        ),
        "holds": lambda found, own: (
            f"{sum(v['holds'] for v in found)} of {len(found)} hold everywhere; "
            f"{np.mean([v['size'] for v in found]):.1f} features on average"
        ),
    }
    for name, told in answers.items():
        pairs = [(v, o) for v, o in zip(verdicts[name], owns, strict=True) if "error" not in v]
        kind = next((key for key in say if pairs and key in pairs[0][0]), None)
        words = "no answer" if kind is None else say[kind](*zip(*pairs, strict=True))
        yield name, str(len(pairs)), f"{median(r['seconds'] for r in told['rows']) * 1e3:.1f}", words


if __name__ == "__main__":
    sys.exit("run python -m benchmarks comparison")
