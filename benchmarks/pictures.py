"""The pictures of docs/pictures.md: ``python -m benchmarks.pictures`` draws them anew into docs/images."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from sklearn.datasets import load_breast_cancer
from sklearn.ensemble import RandomForestClassifier
from sklearn.tree import DecisionTreeClassifier
from suffice import explain
from suffice.explainers.credit import synthetic_credit
from suffice.report import plot_boundary, plot_changes, plot_population, plot_reason, plot_tree, save_picture

IMAGES = Path(__file__).parents[1] / "docs" / "images"


def main() -> None:
    """Draw all pictures."""
    rows, granted = synthetic_credit()
    rows = rows.drop(columns=["purpose", "home", "years employed"])
    forest = RandomForestClassifier(30, max_depth=6, random_state=0).fit(rows, granted)
    many = explain(forest, rows[:60])
    one = many[5]
    draw = {
        "reason": plot_reason(one, data=rows),
        "reason-dark": plot_reason(one, data=rows, theme="dark"),
        "population": plot_population(many, changes=True),
    }
    tree = DecisionTreeClassifier(max_depth=8, random_state=0).fit(rows, granted)
    decision = explain(tree, rows[:60])[5]
    draw |= {
        "tree": plot_tree(decision),
        "changes": plot_changes(decision, data=rows),
        "boundary": plot_boundary(decision, "income", "debt", data=rows),
    }
    cancer = load_breast_cancer(as_frame=True)
    labels = np.where(cancer.target, "benign", "malignant")
    cells = DecisionTreeClassifier(random_state=0).fit(cancer.data, labels)
    draw["tree-dark"] = plot_tree(explain(cells, cancer.data[19:20])[0], theme="dark")
    for name, picture in draw.items():
        save_picture(picture, IMAGES / f"picture-{name}.png", dpi=110)


if __name__ == "__main__":
    main()
