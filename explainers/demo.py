"""The demonstration: a decision tree on real data, and every kind of answer about one row."""

from __future__ import annotations

import sys
import time
from typing import Any

from ..engine.reasons import Reason
from .explain import explain
from .facade import Explainer
from .tree.explainer import TreeExplainer


def run_demo(dataset: str, row: int) -> int:
    """Fit a tree on a dataset of scikit-learn, explain one test row, and print the answers; return the exit status."""
    from sklearn import datasets
    from sklearn.model_selection import train_test_split
    from sklearn.tree import DecisionTreeClassifier

    data: Any = getattr(datasets, f"load_{dataset}")()
    names = [str(name) for name in data.feature_names]
    labels = data.target_names[data.target]
    train, test, known, truth = train_test_split(data.data, labels, test_size=0.3, random_state=0)
    if not 0 <= row < len(test):
        print(f"--row {row}: expected 0 to {len(test) - 1}", file=sys.stderr)
        return 2
    tree = DecisionTreeClassifier(random_state=0).fit(train, known)
    print(
        f"{dataset}: a tree of {tree.get_n_leaves()} leaves, accuracy {tree.score(test, truth):.1%} on {len(test)} "
        "test rows"
    )
    explainer = TreeExplainer(tree, test[row], feature_names=names, background=train)
    print(f"the compiled tree agrees with predict on all rows and around all {len(explainer.vocabulary)} thresholds\n")
    print(f"test row {row} is predicted {explainer.target_prediction!r} (truth: {str(truth[row])!r})\n")

    _warm_up(explainer)
    _print("a sufficient reason: this alone forces the prediction", [explainer.sufficient_reason()])
    _print("the shortest ones", explainer.minimal_sufficient_reason(n=Explainer.ALL))
    _print("necessary in every reason", [explainer.necessary_literals()])
    total = explainer.n_sufficient_reasons()
    print(f"there are {total} sufficient reasons; how many use each feature:")
    for name, count in sorted(explainer.n_sufficient_reasons_per_feature().items(), key=lambda item: -item[1])[:5]:
        print(f"   {count:>4}  {name}")
    print("\nwhat would change the prediction (each change is enough, the smallest first):")
    for reason in explainer.contrastive_reason(n=5):
        print(f"   {' and '.join(reason.features)}   -> {explainer.predict(reason.witness)}")
    began = time.perf_counter()
    many = explain(tree, test, feature_names=names, check=False)
    seconds = time.perf_counter() - began
    print(f"\none sufficient reason for each of {len(many)} test rows: {seconds:.3f} s")
    return 0


def _warm_up(explainer: TreeExplainer) -> None:
    """Ask once for everything, so that the times that are shown are not those of a first compilation."""
    began = time.perf_counter()
    explainer.sufficient_reason()
    explainer.minimal_sufficient_reason()
    explainer.n_sufficient_reasons()
    seconds = time.perf_counter() - began
    if seconds > 1:
        print(f"(machine code was compiled for this installation: {seconds:.0f} s, once)\n")


def _print(title: str, reasons: Any) -> None:
    print(f"{title}:")
    shown: list[Reason] = list(reasons)
    for reason in shown:
        print(f"   {' and '.join(reason.features) or '(nothing)'}   [{reason.status}, {reason.seconds * 1000:.1f} ms]")
    print()
