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
    """Return a model of credit applications, fitted: missing numbers filled in, categories spread, a forest."""
    from sklearn.compose import make_column_transformer
    from sklearn.ensemble import RandomForestClassifier
    from sklearn.impute import SimpleImputer
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import OneHotEncoder, StandardScaler

    columns = make_column_transformer(
        (make_pipeline(SimpleImputer(strategy="median"), StandardScaler()), NUMBERS),
        (OneHotEncoder(handle_unknown="ignore"), CATEGORIES),
        remainder="passthrough",
    )
    return make_pipeline(columns, RandomForestClassifier(40, max_depth=6, random_state=0)).fit(rows, granted)


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
