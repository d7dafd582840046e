"""The data and the models of the benchmarks of recourse."""

from __future__ import annotations

from typing import Any

from benchmarks.cases import DATA

STILL = {"credit": ["age", "married", "purpose"], "adult": ["Age", "Race", "Sex", "Country"]}


def tables_of(name: str) -> tuple[Any, Any]:
    """Return rows of numbers, and whether each is granted."""
    import pandas

    if name == "adult":
        told = pandas.read_csv(DATA / "adult.csv.gz")
        return told.drop(columns="Target").astype(float), told["Target"].to_numpy()
    from suffice.explainers.credit import synthetic_credit

    rows, granted = synthetic_credit(2000)
    codes = {c: rows[c].astype("category").cat.codes for c in ("purpose", "home")}
    return rows.assign(**codes, married=rows.married.astype(int)).fillna(0.0), (granted == "yes").to_numpy().astype(int)


def fitted(kind: str, n_trees: int, rows: Any, labels: Any, seed: int = 0) -> Any:
    if kind == "forest":
        from sklearn.ensemble import RandomForestClassifier

        return RandomForestClassifier(n_trees, max_depth=6, random_state=seed).fit(rows, labels)
    from xgboost import XGBClassifier

    return XGBClassifier(n_estimators=n_trees, max_depth=4, learning_rate=0.1, random_state=seed).fit(rows, labels)
