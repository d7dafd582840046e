"""Faults planted in the library, one at a time: ``python -m tests.soak.planted [--minutes 3] [--core]``.

Each is one changed place in a copy of the package, which a run of its own then asks. A fault is found when some answer
is wrong (or the run ends early); one that is not found in time is told, and their number is the exit status. Those of
the core (``--core``) are compiled first, in a copy of the sources.
"""

from __future__ import annotations

import argparse
import os
import re
import resource
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import NamedTuple

import suffice

ROOT = Path(__file__).resolve().parents[2]
_PATIENCE = 10  # times what is allowed: then a run hangs


class Fault(NamedTuple):
    """One place of the source, from the repository's folder, what is put there, and which kinds are asked (all)."""

    path: str
    old: str
    new: str
    kinds: tuple[str, ...] = ()

    @property
    def in_core(self) -> bool:
        """Whether it has to be compiled."""
        return self.path.endswith(("cpp", "hpp"))


FAULTS = (
    # what is read of models
    Fault("encoders/sklearn/trees.py", "column in missing and not missing_left[node]",
          "column in missing and bool(missing_left[node])"),
    Fault("engine/domain/conditions.py", "truth = values >= threshold", "truth = values > threshold"),
    Fault("engine/domain/conditions.py", "np.where(np.isnan(values), self.missing, truth)",
          "np.where(np.isnan(values), False, truth)"),
    # the domain
    Fault("engine/domain/attributes.py", "if least <= b < most", "if least < b < most"),
    Fault("engine/domain/attributes.py", "math.floor(b) if whole", "math.floor(b + 1) if whole"),
    Fault("engine/domain/space.py", "number if attribute.rising[i] else -number", "number"),
    # plans, chances, shares, whole models
    Fault("engine/plans/search.py", "self._below(search, min(limit, best.cost), best, deadline) == UNKNOWN",
          "self._below(search, 0.5 * min(limit, best.cost), best, deadline) == UNKNOWN"),
    Fault("explainers/recourse/axes.py", "(options[:, 0] < own[0]) & room.down", "(options[:, 0] < own[0])"),
    Fault("engine/diagrams/scores.py", "without * factorial(k) * factorial(n - k - 1)",
          "without * factorial(k) * factorial(n - k)"),
    Fault("explainers/verify/given.py", 'signs = (">=", "<=")', 'signs = (">", "<=")'),
    Fault("explainers/nearness/radius.py", "float(levels[min(clean + 1, bad)]), point",
          "float(levels[bad]) * 1.5, point"),
    Fault("explainers/chances/weighing.py", "inside &= (own >= box.low[a]) & (own <= box.high[a])",
          "inside &= (own > box.low[a]) & (own <= box.high[a])"),
    # certificates and what checks them, distances, many rows, saved forms, several labels, steps of listed numbers
    Fault("explainers/certificates/claims.py", "            if self.known(weaker):",
          "            if self.known(weaker) or len(kept) > 1:"),
    Fault("explainers/certificates/suffice_check.py", '== 1).all(), "a witness has no other outcome"',
          '>= -1).all(), "a witness has no other outcome"'),
    Fault("explainers/certificates/suffice_check_models.py", "clauses = [*clauses, *(np.array(clause, np.int64) for",
          "clauses = [*clauses, *(-np.array(clause, np.int64) for"),
    Fault("explainers/certificates/suffice_check_near.py", "one < self.radius for one in far",
          "one <= self.radius for one in far"),
    Fault("explainers/nearness/distances.py", "far = times(gap, weight)", "far = gap"),
    Fault("explainers/batch/asking.py", "Outcome(reason, classes[own])", "Outcome(reason, classes[0])"),
    Fault("encoders/saved/forms.py", "narrow(np.array([c.missing for c in listed], np.bool_))",
          "narrow(np.array([False for c in listed], np.bool_))"),
    Fault("engine/labels/search.py", "inside &= region.allowed[", "region.allowed["),
    Fault("explainers/recourse/numbers.py", "<= self.high and on_a_step", "<= self.high"),
    Fault("engine/ensembles/walks/marco.py", "clause_of(np.nonzero(dropped)[0].astype(np.int32), 1)",
          "clause_of(view.written_change(dropped), 1)", ("all against all",)),
    # surrogates, texts, networks of signs, contrasts
    Fault("explainers/surrogate/told.py", "Status.OF_SURROGATE if status in _CLAIMS else status", "status",
          ("surrogate", "surrogate of labels")),
    Fault("explainers/surrogate/fit.py", "self.share = sum(agreed) / len(agreed)",
          "self.share = (sum(agreed) + 1) / (len(agreed) + 1)", ("surrogate", "surrogate of labels")),
    Fault("encoders/text/domain.py", "if column.high > column.low or column.own:", "if column.high > column.low:",
          ("text, sums", "text, trees", "text, xgboost")),
    Fault("encoders/networks/models.py", "np.where(low, 1, -1), np.where(high, 1, -1)",
          "np.where(low, 1, -1), np.where(low, 1, -1)", ("network of bits", "network of signs")),
    Fault("encoders/builders/rules.py", "[w if not two or k else -w for", "[w for", ("rules",)),
    Fault("neural/cem/explaining.py", "empty = not self._negative and not verified.delta[i].any()",
          "empty = not self._negative", ("contrasts",)),
    # the core
    Fault("engine/native/trees/leaf_table.cpp", "leaves.low[e] <= region.high[a]", "leaves.low[e] < region.high[a]"),
    Fault("engine/native/ensembles/layout.cpp", "? cell > node->cut :", "? cell >= node->cut :"),
    Fault("engine/native/ensembles/alone.cpp", "best = problem.columns.worth(node.leaf, k); // more",
          "best = problem.columns.worth(node.leaf, k) / 2; // more"),
    Fault("engine/native/ensembles/goal.cpp", "strict[p] ? one > other : one >= other", "one > other"),
    Fault("engine/native/hitting/minimal.cpp", "return hits.count[k] == 1;", "return hits.count[k] == 0;"),
    Fault("engine/native/hitting/search.cpp", "top - last + one.hits < need", "top - last < need"),
)  # fmt: skip


def copied_package(target: Path) -> Path:
    """Copy the package that is imported here; return the folder to import it from."""
    shutil.copytree(Path(suffice.__file__).parent, target / "suffice", ignore=shutil.ignore_patterns("__pycache__"))
    for told in Path(suffice.__file__).parent.parent.glob("suffice-*.dist-info"):
        shutil.copytree(told, target / told.name)
    return target


def plant(folder: Path, fault: Fault) -> None:
    """Change one place of a copy."""
    path = folder / fault.path
    text = path.read_text(encoding="utf-8")
    if text.count(fault.old) != 1:
        raise SystemExit(f"{fault.path} has {fault.old!r} {text.count(fault.old)} times: the fault is out of date")
    path.write_text(text.replace(fault.old, fault.new), encoding="utf-8")


def compiled(fault: Fault, work: Path) -> Path:
    """Compile the core with a fault in it, in a copy of the sources; return the module."""
    sources = work / "sources"
    kept = shutil.ignore_patterns(".git", "pkg", "site", "lib", "__pycache__", "docs")
    shutil.copytree(ROOT, sources, ignore=kept, symlinks=True, copy_function=shutil.copy2)
    plant(sources, fault)
    subprocess.run([sys.executable, "building/compile_native.py"], cwd=sources, check=True, capture_output=True)
    return next((sources / "engine").glob("_native*.so"))


def asked(fault: Fault, minutes: float, seed: int, part: str = "") -> tuple[bool, float, str]:
    """Tell whether a fault is found, after how many seconds of processor time, and by what."""
    with tempfile.TemporaryDirectory() as name:
        work = Path(name)
        package = copied_package(work / "package")
        if fault.in_core:
            module = compiled(fault, work)
            shutil.copy2(module, package / "suffice" / "engine" / module.name)
        else:
            plant(package / "suffice", fault)
        how = [sys.executable, "-m", "tests.soak", "--minutes", str(minutes), "--seed", str(seed), "--stop"]
        how += ["--ask", part, *(word for kind in fault.kinds for word in ("--kind", kind))]
        paths = os.pathsep.join([str(package), str(ROOT)])
        start = _children()
        env = {**os.environ, "PYTHONPATH": paths, "PYTHONWARNINGS": "ignore"}
        try:
            done = subprocess.run(
                how, cwd=ROOT, capture_output=True, text=True, check=False, env=env, timeout=_PATIENCE * 60 * minutes
            )
        except subprocess.TimeoutExpired:
            return True, _children() - start, "a question that does not end"
        seconds = _children() - start
    told = re.search(r"^--- (.*)", done.stdout, re.M)
    said = told[1] if told else (done.stderr.strip().splitlines() or ["nothing"])[-1]
    return done.returncode != 0, seconds, said


def _children() -> float:
    """The processor time of all runs so far, so that a busy machine does not count."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def main() -> int:
    """Plant all faults, one after the other; return how many were not found."""
    parser = argparse.ArgumentParser(prog="python -m tests.soak.planted", description=__doc__)
    parser.add_argument("--minutes", type=float, default=3.0, help="processor time a fault")
    parser.add_argument("--seed", type=int, default=0, help="the first seed of each run")
    parser.add_argument("--core", action="store_true", help="the faults of the core too, which are compiled")
    parser.add_argument("-k", action="append", help="part of the path of a fault (default: all)")
    parser.add_argument("--ask", default="", help="part of the name of the questions")
    told = parser.parse_args()
    missed = 0
    chosen = [one for one in FAULTS if any(k in one.path for k in told.k or [""])]
    for fault in (one for one in chosen if told.core or not one.in_core):
        found, seconds, said = asked(fault, told.minutes, told.seed, told.ask)
        missed += not found
        answer = "found" if found else "NOT FOUND"
        print(f"{answer} after {seconds:.0f} CPU s: {fault.path}: {fault.new}\n    {said}", flush=True)
    return missed


if __name__ == "__main__":
    raise SystemExit(main())
