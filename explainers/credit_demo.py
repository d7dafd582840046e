"""The demonstration with a model as people deploy it: explained in the columns that went into it."""

from __future__ import annotations

import sys
from typing import Any

from .credit import synthetic_credit
from .explain import explain

NUMBERS = ["age", "income", "debt", "amount", "years employed", "late payments"]
CATEGORIES = ["purpose", "home"]
FITTED = 1000  # applications that the model is fitted on


def credit_model(rows: Any, granted: Any) -> Any:
    """Return a model of credit applications as people deploy it, fitted.

    Missing numbers are filled in, numbers scaled, categories spread; a forest whose depth a grid search has chosen, in
    folds that are calibrated; and a threshold that was tuned for balanced accuracy.
    """
    from sklearn.calibration import CalibratedClassifierCV
    from sklearn.compose import make_column_transformer
    from sklearn.ensemble import RandomForestClassifier
    from sklearn.impute import SimpleImputer
    from sklearn.model_selection import GridSearchCV, TunedThresholdClassifierCV
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import OneHotEncoder, StandardScaler

    columns = make_column_transformer(
        (make_pipeline(SimpleImputer(strategy="median"), StandardScaler()), NUMBERS),
        (OneHotEncoder(handle_unknown="ignore"), CATEGORIES),
        remainder="passthrough",
    )
    forest = make_pipeline(columns, RandomForestClassifier(20, random_state=0))
    search = GridSearchCV(forest, {"randomforestclassifier__max_depth": [3, 5]}, cv=2)
    calibrated = CalibratedClassifierCV(search, cv=2)
    return TunedThresholdClassifierCV(calibrated, scoring="balanced_accuracy", cv=2, random_state=0).fit(rows, granted)


def run_credit_demo(row: int) -> int:
    """Explain an application that the model was not fitted on, and print why; return the exit status."""
    rows, granted = synthetic_credit(FITTED + 500)
    if not 0 <= row < len(rows) - FITTED:
        print(f"--row {row}: expected 0 to {len(rows) - FITTED - 1}", file=sys.stderr)
        return 2
    model = credit_model(rows[:FITTED], granted[:FITTED])
    asked = rows[FITTED:]
    print(f"made-up credit applications: accuracy {model.score(asked, granted[FITTED:]):.1%} on {len(asked)} of them\n")
    print(explain(model, asked.iloc[[row]], immutable=["age", "married"], time_limit=10.0)[0])
    return 0
