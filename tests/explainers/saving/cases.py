"""Small explainers of each family, with what they answer, for files that are written once and read for ever."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np
from sklearn.calibration import CalibratedClassifierCV
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from suffice import BadInputError, Explainer

from tests.explainers.batch.cases import FAMILIES, data, made

FOLDER = Path(__file__).parent
NAMES = (*FAMILIES, "composed", "linear")
ROWS = (0, 3, 7)


def explainer_of(name):
    """An explainer of a family, in its place."""
    X, y = data()
    if name == "composed":
        members = CalibratedClassifierCV(RandomForestClassifier(2, max_depth=2, random_state=0), cv=2).fit(X, y)
        return Explainer.initialize(members, X[1])
    if name == "linear":
        return Explainer.initialize(LogisticRegression().fit(X, y), X[1], background=X)
    return made(name, X[1])


def answers(explainer):
    """What an explainer says of its instance and of some rows, as JSON has it."""
    found = [_said(explainer)]
    for row in data()[0][list(ROWS)]:
        explainer.set_instance(row)
        try:
            found.append(_said(explainer))
        except BadInputError as error:  # a number outside the interval
            found.append(str(error))
    return json.loads(json.dumps(found))


def _said(explainer):
    change = explainer.minimal_contrastive_reason(over="features")
    return {
        "row": [float(value) for value in explainer.instance],
        "prediction": np.asarray(explainer.target_prediction).tolist(),
        "literals": list(map(int, explainer.minimal_sufficient_reason())),
        "features": list(explainer.minimal_sufficient_reason(over="features")),
        "change": None if change is None else [list(change), np.asarray(change.witness).tolist()],
    }


def write(schema):
    """Write the files of a schema: once, with the first version that writes it."""
    folder = FOLDER / f"schema{schema}"
    folder.mkdir()
    for name in NAMES:
        explainer = explainer_of(name)
        explainer.save(folder / f"{name}.suffice")
        (folder / f"{name}.json").write_text(json.dumps(answers(explainer)) + "\n")


if __name__ == "__main__":
    write(int(sys.argv[1]))
