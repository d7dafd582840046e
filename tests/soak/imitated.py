"""Surrogates of functions that nobody can read: the surrogate is the model, and the function is known row by row."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any

import numpy as np
from sklearn.neighbors import KNeighborsClassifier
from suffice import BadInputError, Binarizer, Check, FidelityError, Reason, Reasons, SurrogateExplainer

from tests.brute.choices import Choices
from tests.soak.kinds import Kind, Ready, UnfitError
from tests.soak.worlds import World, draw_world

COLUMNS = ("integer", "integer", "binary", "category", "free", "group")
CLAIMS = {"proved", "optimal", "complete", "infeasible"}  # of a model itself
NAMES = (("no", "yes"), (0, 1), (False, True), ("c", "a", "b"), (7, -3, 4))
Scores = Callable[[np.ndarray], np.ndarray]


class Honest:
    """A surrogate's explainer, each of whose answers is looked at: none may claim to be proved of the function."""

    def __init__(self, explainer: SurrogateExplainer) -> None:
        self.surrogate = explainer

    def __getattr__(self, name: str) -> Any:
        found = getattr(self.surrogate, name)
        if not callable(found):
            return found

        def ask(*given: Any, **asked: Any) -> Any:
            answer = found(*given, **asked)
            self.look(answer)
            return answer

        return ask

    def look(self, answer: Any) -> None:
        """Assert that an answer says what it is about, and how faithful that is."""
        if isinstance(answer, Reason):
            labels = getattr(answer, "labels", None) or list(self.surrogate.fidelity.accuracy)
            shares = [self.surrogate.fidelity.accuracy[str(name)] for name in labels]
            assert answer.proof.fidelity == min(shares), (answer.proof, shares)
            assert "of a surrogate" in answer.proof.method, answer.proof
        if isinstance(answer, (Reason, Reasons, Check)):
            assert str(answer.status) not in CLAIMS, f"{answer} claims to be {answer.status}"
            assert answer.status == "of_surrogate" or not isinstance(answer, Check) or answer.value is None, answer
        for one in answer if isinstance(answer, Reasons) else ():
            self.look(one)


class Imitated:
    """A function, the data that it was asked about, and the surrogates that came out, which say what is right."""

    def __init__(self, function: Any, data: np.ndarray, frame: Any, how: dict[str, Any], x: np.ndarray) -> None:
        self.function, self.data, self.frame, self.how, self.x = function, data, frame, how, x
        self.explainer = SurrogateExplainer(function, frame(data), frame(x[None]), **how)
        self.models = self.explainer.models
        self.several = self.explainer.label_names is not None
        if not self.several:
            self.classes_ = np.unique(self.models[0].classes_)
        else:
            self.classes_ = np.array([0, 1])

    def predict(self, rows: Any) -> np.ndarray:
        """What the surrogates say."""
        told = [np.asarray(model.predict(np.asarray(rows, dtype=np.float64))) for model in self.models]
        return np.column_stack(told).astype(np.int64) if self.several else told[0]

    def of_function(self, rows: np.ndarray) -> list[Any]:
        """What the function itself says: a label a row, or a tuple of them."""
        said = np.asarray(self.function(self.frame(rows)))
        if self.how.get("threshold") is not None:
            said = (said >= self.how["threshold"]).astype(np.int64)
        listed = said.tolist()
        return [tuple(int(one) for one in row) for row in listed] if said.ndim == 2 else listed


def _scores(choose: Choices, seed: int, data: np.ndarray) -> Scores:
    """Draw a function of rows: chance, neighbours, a small network, a product, a sum."""
    rng = np.random.default_rng(seed)
    first, second = rng.normal(size=(data.shape[1], 4)), rng.normal(size=4)
    one, other = choose.whole(0, data.shape[1] - 1), choose.whole(0, data.shape[1] - 1)
    near = KNeighborsClassifier(3).fit(data, rng.integers(0, 2, size=len(data)))

    def chance(rows: np.ndarray) -> np.ndarray:
        keys = (hashlib.blake2b(row.tobytes() + bytes([seed % 251])).digest() for row in rows + 0.0)
        return np.array([key[0] / 256 for key in keys])

    ways: list[Scores] = [
        chance, lambda rows: near.predict(rows) * 1.0, lambda rows: np.tanh(rows @ first) @ second,
        lambda rows: (rows[:, one] - 0.5) * (rows[:, other] - 0.5), lambda rows: rows @ first[:, 0],
        lambda rows: np.full(len(rows), 0.25),
    ]  # fmt: skip
    return choose.one_of(ways)


def _function(choose: Choices, seed: int, data: np.ndarray, several: bool) -> tuple[Any, float | None]:
    """Draw a function of what users have, and its threshold if it gives probabilities."""
    parts = [_scores(choose, seed + 7 * i, data) for i in range(choose.whole(2, 3) if several else 1)]
    cuts = [np.median(part(data)) for part in parts]
    probable, labels = choose.whole(0, 3) == 0, np.array(choose.one_of(NAMES))

    def scores(rows: Any) -> np.ndarray:
        plain = np.asarray(rows, dtype=np.float64)
        told = np.array([part(plain) - cut for part, cut in zip(parts, cuts, strict=True)])
        found: np.ndarray = told.T.round(9)
        return found

    if probable:
        return (lambda rows: _single(1 / (1 + np.exp(-scores(rows))), several)), 0.5
    if several:
        return (lambda rows: (scores(rows) > 0).astype(int)), None
    ends = [0.0] if len(labels) == 2 else [-0.3, 0.3]
    return (lambda rows: labels[np.digitize(scores(rows)[:, 0], ends)]), None


def _single(told: np.ndarray, several: bool) -> np.ndarray:
    return told if several else told[:, 0]


def _how(choose: Choices, seed: int, world: World, labels: bool) -> dict[str, Any]:
    """Draw how surrogates are made; small ones, so that brute force can follow."""
    kind = choose.one_of(
        ["forest", "tree", "tree", "boosted", "linear", "linear", *["auto"] * (choose.whole(0, 5) == 0)]
    )
    small = {"forest": {"n_estimators": 3, "max_depth": 2}, "tree": {"max_depth": choose.whole(1, 4)},
             "boosted": {"n_estimators": choose.whole(1, 4)}}  # fmt: skip
    how: dict[str, Any] = {
        "kind": kind, "source": choose.one_of(["rows", "rows", "perturbed", "both"]), "n_samples": 60,
        "metric": choose.one_of([None, "hamming", "scaled"]), "minimum_held_out": choose.whole(2, 6), "seed": seed,
        "features_type": world.arguments()["features_type"], "feature_names": list(world.names), **small.get(kind, {}),
    }  # fmt: skip
    how.update(choose.one_of([{"n_neighbors": 25}, {"n_neighbors": 500}, {"radius": float(choose.whole(2, 6))}]))
    categories = [c.name for c in world.columns if c.kind == "category"]
    bits: list[Any] = [None, None, "quantiles", "trees",
                       Binarizer(n_thresholds=3, categorical=categories, feature_names=list(world.names))]  # fmt: skip
    how["binarizer"] = choose.one_of(bits)
    if labels and choose.coin():
        how["label_names"] = None
    return how


def _imitated(several: bool) -> Callable[[Choices, int], Ready]:
    def ready(choose: Choices, seed: int) -> Ready:
        rng = np.random.default_rng(seed)
        world = draw_world(choose, missing=False, numbers=True, spaces=False, kinds=COLUMNS)
        data = world.training(rng, choose.one_of([30, 80, 200]), codes=True)
        function, threshold = _function(choose, seed, data, several)
        how = _how(choose, seed, world, several)
        if threshold is not None:
            how["threshold"] = threshold
        x = choose.one_of([data, world.training(rng, len(data))])[int(rng.integers(len(data)))].copy()
        frame = _frame(world) if choose.coin() else lambda rows: rows.copy()
        try:
            model = Imitated(function, data, frame, how, x)
        except (BadInputError, FidelityError) as error:
            if "different" in str(error) or "otherwise than the model" in str(error):
                raise UnfitError(str(error)) from error
            raise
        return Ready(model, world, x, Honest(model.explainer))

    return ready


def _frame(world: World) -> Any:
    import pandas as pd

    return lambda rows: pd.DataFrame(rows, columns=list(world.names))


ASKED = (
    "sufficient_reason", "minimal_sufficient_reason", "sufficient_reasons", "preferred_sufficient_reason",
    "necessary_literals", "direct_reason", "n_sufficient_reasons", "is_sufficient_reason", "time_limit",
    "contrastive_reason", "contrastive_reasons", "attribution", "scores", "most_general_reason", "group_reason",
    "most_general_reason of a reason", "most_anchored_reason", "tree_specific_reason", "implies", "reasons of a label",
    "changes of labels", "confirm", "fidelity", "surrogates of rows",
)  # fmt: skip
IMITATED: dict[str, Kind] = {
    "surrogate": Kind("surrogate", ready=_imitated(False), asked=ASKED),
    "surrogate of labels": Kind("surrogate", ready=_imitated(True), target="labels", asked=ASKED),
}
