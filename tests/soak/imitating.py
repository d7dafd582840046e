"""Questions about surrogates: what the function itself says, how faithful they are, and many rows."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import suffice
from scipy.stats import binomtest
from suffice import BadInputError, FidelityError, SurrogateExplainer
from suffice.explainers.surrogate.splits import split_rows

from tests.soak.imitated import Honest
from tests.soak.scenes import Scene


def _needed(scene: Scene) -> tuple[Any, SurrogateExplainer]:
    scene.need(scene.kind.family == "surrogate")
    return scene.model, scene.model.explainer


def confirm(scene: Scene) -> None:
    """The function is asked about changes, and about rows of the data that agree."""
    model, explainer = _needed(scene)
    own, told = model.of_function(scene.x[None])[0], model.of_function(model.data)
    for change in explainer.contrastive_reason(n=3) or ():
        said = model.of_function(scene.row_of(change.witness)[None])[0]
        found = explainer.confirm(change)
        assert found.value == (said != own), (change, found, said, own)
    for over in ("literals", "features"):
        reason = explainer.minimal_sufficient_reason(over=over)
        scene.need(reason is not None and scene.literal)
        reference, of_literals = scene.reference, over == "literals"
        units = [unit.mask for unit in reference.tested if not of_literals and unit.name in set(reason)]
        kept = reference.mask(reason) if of_literals else sum(units)
        agree = [not (reference.domain.truth_mask(row) ^ reference.x_mask) & kept for row in model.data]
        other = any(said != own for said, one in zip(told, agree, strict=True) if one)
        found = explainer.confirm(reason)
        assert found.value is (False if other else None), (reason, found)
        assert found.value is None or model.of_function(np.asarray(found.witness, float)[None])[0] != own
        assert found.value is not None or f"all {sum(agree)} rows" in found.why, (found.why, sum(agree))


def fidelity(scene: Scene) -> None:
    """The figures of fidelity, by counting; rows of the vicinity, by their distances; wishes that are not shown."""
    model, explainer = _needed(scene)
    told, how = explainer.fidelity, model.how
    own, said = model.of_function(scene.x[None])[0], model.predict(scene.x[None])[0]
    assert explainer.target_prediction == own, (explainer.target_prediction, own)
    assert (tuple(said.tolist()) if model.several else said) == own, f"the surrogate says {said} and not {own}"
    vicinity = explainer._fitted.vicinity
    _near(scene, vicinity.rows[: vicinity.n_asked])
    codes = explainer.binarizer.encode(vicinity.rows)
    split = split_rows(codes, vicinity.n_asked, how["seed"], how["minimum_held_out"], False)
    learnt, held = ({tuple(row) for row in vicinity.rows[part] + 0.0} for part in (split.learn, split.report))
    assert not learnt & held and tuple(scene.x + 0.0) not in held
    assert told.n_held_out == len(held) >= how["minimum_held_out"]
    assert (told.n_held_out_rows, told.n_learnt) == (len(split.report), len(split.learn) + 1)
    different = np.array(sorted(held)).reshape(len(held), -1)
    _counted(scene, told, different, vicinity.rows[split.report], vicinity.rows[split.learn])
    least = scene.choose.one_of([0.1, 0.4, 0.7])
    try:
        again = SurrogateExplainer(
            model.function, model.frame(model.data), model.frame(scene.x[None]), **how, minimum_fidelity=least
        )
    except FidelityError as error:
        assert "minimum_fidelity" in str(error) or "otherwise than the model" in str(error), error
    else:
        assert again.fidelity.lower >= least


def _near(scene: Scene, rows: np.ndarray) -> None:
    """Rows of the vicinity are those of the data (where it is they) up to the radius that is told, without the row."""
    model, explainer = scene.model, scene.model.explainer
    far = _distances(scene, rows)
    assert (far <= explainer.fidelity.radius + 1e-9).all(), "a row is farther than the radius"
    assert not (rows == scene.x).all(axis=1).any(), "the instance is among the rows"
    if explainer.fidelity.source != "perturbed":
        inside = model.data[_distances(scene, model.data) <= explainer.fidelity.radius]
        inside = inside[~(inside == scene.x).all(axis=1)]
        assert sorted(map(tuple, inside.tolist())) == sorted(map(tuple, rows.tolist()))
    elif len(rows):
        seen = np.vstack([model.data, scene.x])
        assert all(np.isin(rows[:, c], seen[:, c]).all() for c in range(rows.shape[1]))


def _distances(scene: Scene, rows: np.ndarray) -> np.ndarray:
    """How many columns (or bits) differ, or the distance in standard deviations."""
    model, explainer, x = scene.model, scene.model.explainer, scene.x
    bits, categories = explainer.learns_from_bits, explainer.binarizer.categories
    usual = "hamming" if bits or np.isin(np.vstack([model.data, x]), (0, 1)).all() else "scaled"
    usual = "hamming" if len(categories) == len(x) else usual
    if (model.how["metric"] or usual) == "hamming":
        if bits:
            rows, x = explainer.binarizer.transform(rows), explainer.binarizer.transform(x[None])[0]
        found: np.ndarray = (rows != x).sum(axis=1)
        return found
    scale = model.data.std(axis=0)
    gaps = np.abs(rows - x) / np.where(scale == 0, 1.0, scale)
    for column in categories:
        gaps[:, column] = rows[:, column] != x[column]
    return np.sqrt((gaps**2).sum(axis=1))


def _counted(scene: Scene, told: Any, different: np.ndarray, copies: np.ndarray, learnt: np.ndarray) -> None:
    """Shares, intervals and the more frequent answer of each label."""
    model = scene.model

    def labels(rows: np.ndarray) -> tuple[list[Any], list[Any]]:
        one, other = model.of_function(rows), model.predict(rows).tolist()
        return ([[v] for v in one], [[v] for v in other]) if not model.several else (one, other)

    names = list(told.accuracy)
    known = labels(np.vstack([learnt, scene.x]))[0]
    for place, name in enumerate(names):
        share = [a[place] == b[place] for a, b in zip(*labels(different), strict=True)]
        assert told.accuracy[name] == sum(share) / len(share), (name, told)
        every = [a[place] == b[place] for a, b in zip(*labels(copies), strict=True)]
        assert told.weighted[name] == sum(every) / len(every), (name, told)
        exact = binomtest(sum(share), len(share)).proportion_ci(1 - 0.05 / len(names), method="exact")
        assert np.allclose(told.interval[name], (exact.low, exact.high), atol=1e-9), (name, told, exact)
        seen = [row[place] for row in known]
        most = max(map(seen.count, seen))
        usual = [value for value in dict.fromkeys(seen) if seen.count(value) == most]
        here = [row[place] for row in labels(different)[0]]
        assert told.baseline[name] in {here.count(value) / len(here) for value in usual}, (name, told)
    assert told.worst == min(told.accuracy.values())
    assert told.lower == min(low for low, _ in told.interval.values())


def rows(scene: Scene) -> None:
    """Many rows are answered as surrogates of their own are; a saved explainer is made again."""
    model, explainer = _needed(scene)
    some = model.data[:2]
    answers = explainer.batch(model.frame(some), "minimal_sufficient_reason", over="features")
    for row, found in zip(some, answers, strict=True):
        try:
            own = SurrogateExplainer(model.function, model.frame(model.data), model.frame(row[None]), **model.how)
        except (FidelityError, BadInputError) as error:
            assert type(found) is type(error), (found, error)
            continue
        if scene.excluded:
            own.set_excluded_features(list(scene.excluded))
        again = own.minimal_sufficient_reason(over="features")
        assert scene.excluded or (again is None) == (found is None)
        if found is not None and not scene.excluded:
            Honest(own).look(found)
            assert len(again) == len(found), (again, found)
    if model.how["binarizer"] is None or isinstance(model.how["binarizer"], str):
        with tempfile.TemporaryDirectory() as folder:
            explainer.save(Path(folder) / "surrogate.suffice")
            loaded = suffice.load(Path(folder) / "surrogate.suffice", function=model.function)
        assert loaded.fidelity == explainer.fidelity
        assert loaded.target_prediction == explainer.target_prediction


IMITATING = {"confirm": confirm, "fidelity": fidelity, "surrogates of rows": rows}
