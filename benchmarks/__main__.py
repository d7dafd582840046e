"""`python -m benchmarks trees` (or another family): measure, print tables, write JSON."""

from __future__ import annotations

import argparse
import io
import sys
from pathlib import Path

from benchmarks import (
    additive,
    attribution,
    boosting,
    boxes,
    catboost,
    categories,
    cem,
    certificates,
    chances,
    comparison,
    composed,
    exported,
    forests,
    limits,
    multilabel,
    paired,
    rcsb,
    recourse,
    robustness,
    runs,
    solvers,
    trees,
    verify,
)
from benchmarks.measure import ROOT
from benchmarks.report import environment, stamp, write_json


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description="Measure this library and its peers.")
    families = parser.add_subparsers(dest="family", required=True)
    for name, title, module in (
        ("trees", "decision trees", trees),
        ("forests", "forests of trees", forests),
        ("boosting", "boosted trees", boosting),
        ("chances", "reasons that hold with a chance", chances),
        ("attribution", "formal feature attribution and scores", attribution),
        ("boxes", "the most general box of forests with hard votes", boxes),
        ("additive", "models that add a number a column", additive),
        ("exported", "ONNX models of 500 trees", exported),
        ("categories", "columns of many categories", categories),
        ("catboost", "CatBoost's models of adult", catboost),
        ("composed", "models of models, on adult", composed),
        ("comparison", "other explainers on the same rows, judged exactly", comparison),
        ("recourse", "cheapest plans, and how long they last", recourse),
        ("runs", "files of many rows, on threads and clusters", runs),
        ("verify", "questions about whole models", verify),
        ("solvers", "solvers of others on our questions", solvers),
        ("limits", "how late queries stop", limits),
        ("certificates", "proofs of answers, and their checker", certificates),
        ("cem", "contrastive explanations of networks", cem),
        ("robustness", "radii of rows, comparisons of models", robustness),
        ("rcsb", "region-constrained counterfactuals of images", rcsb),
        ("multilabel", "several labels through surrogates", multilabel),
    ):
        family = families.add_parser(name, help=title, description=module.__doc__)
        module.add_arguments(family)
        if name in paired.FAMILIES:
            paired.add_arguments(family)
        family.add_argument("--json", type=Path, help="write all figures and every single run to this file")
        family.set_defaults(run=module.run)
    options = parser.parse_args()
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(line_buffering=True)  # tables come as they are made, also in a file
    where = environment(ROOT)
    print(stamp(where))
    old = getattr(options, "with_old", None)
    told = options.run(options) if old is None else paired.run(options.family, options)
    where["load after"] = environment(ROOT)["load"]
    if options.json is not None:
        write_json(options.json, {"environment": where, options.family: told})
        print(f"\nwritten: {options.json}")
    if isinstance(told, dict) and told.get("wrong"):
        raise SystemExit(1)  # answers that contradict each other


if __name__ == "__main__":
    main()
