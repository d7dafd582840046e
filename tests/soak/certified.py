"""Questions for certificates: of reasons, of checks and of what is said of whole models; and of changed ones."""

from __future__ import annotations

import contextlib
from typing import Any

import numpy as np
from suffice import verify
from suffice.engine.errors import BadInputError, UndecidedError, UnsupportedModelError
from suffice.explainers.certificates.suffice_check import REJECTED

from tests.brute.certificates import TooLargeError
from tests.brute.certified_share import what_is_wrong as false_share
from tests.explainers.certificates.mutants import mutants
from tests.explainers.certificates.test_suffice_check import what_is_wrong
from tests.soak.scenes import OpenError, Scene
from tests.soak.whole import beside
from tests.soak.why import proved, subset

SECONDS = 3.0  # for a proof


def _certificate(answer: Any, **asked: Any) -> Any:
    """The certificate of an answer; there may be none of its kind, or none in time."""
    if str(getattr(answer, "status", "")) != "infeasible":  # that there is no plan is certified, too
        proved(answer)
    try:
        return answer.certificate(time_limit=SECONDS, **asked)
    except (BadInputError, UndecidedError, UnsupportedModelError) as error:
        raise OpenError(str(error)) from error


def _right(certificate: Any) -> None:
    """A certificate is accepted, and brute force finds all that it says true."""
    verdict, why = certificate.check()
    assert verdict != REJECTED, why
    wrong = what_is_wrong(certificate)
    assert not wrong, wrong


def _named(scene: Scene) -> list[str]:
    return [unit.name for unit in scene.reference.tested if unit.name not in scene.excluded]


def _reason(scene: Scene) -> Any:
    over = scene.choose.one_of(["features", "literals"]) if scene.literal else "features"
    name = scene.choose.one_of(["sufficient_reason", "minimal_sufficient_reason", "contrastive_reason"])
    several: list[dict[str, Any]] = [{"n": scene.explainer.ALL}, *[{"n": 2}] * (name == "contrastive_reason")]
    asked = scene.choose.one_of([{}, *several]) if scene.literal and name != "minimal_sufficient_reason" else {}
    return getattr(scene.explainer, name)(over=over, **asked)


def reason(scene: Scene) -> None:
    """The certificate of a reason, or of a list of them."""
    found = _reason(scene)
    scene.need(found)
    _right(_certificate(found))


def _whole(scene: Scene, kind: str) -> Any:
    """An answer about a whole model, about two, about plans, rules, or rows near the row."""
    scene.need(scene.kind.target == "classes")
    if kind == "never":
        return verify.never(scene.explainer, scene.class_named(scene.choose.whole(0, len(scene.classes) - 1)))
    if kind == "compare":
        return beside(scene)[0]
    if kind == "rule":
        rows = scene.world.rows[[scene.place, *(scene.choose.whole(0, len(scene.world.rows) - 1) for _ in range(4))]]
        found = verify.rules(scene.explainer, scene.class_named(scene.own), data=rows)
        scene.need(len(found))
        return found[0]
    if kind == "radius":
        return verify.robustness(scene.explainer, scene.x, scene.choose.one_of(["linf", "l1", "l0"]))
    scene.need(len(scene.classes) > 1 and not scene.world.missing)
    return scene.explainer.recourse(cost=scene.choose.one_of(["l0", "l1"]), at_most=scene.choose.whole(1, 3))


def _other(scene: Scene) -> Any:
    """An answer that is no reason."""
    explainer, over = scene.explainer, scene.choose.one_of(["features", "literals"])
    kinds = ["shared", "check", "direct", "never", "plan", "box", "compare", "radius", "rule"]
    kind = scene.choose.one_of(kinds[:3] if scene.kind.family == "text" else kinds)
    if kind in ("never", "plan", "compare", "radius", "rule"):
        return _whole(scene, kind)
    scene.need(scene.literal)
    if kind == "direct":
        return explainer.direct_reason()
    if kind == "box":
        return explainer.most_general_reason()
    if kind == "shared":
        return getattr(explainer, scene.choose.one_of(["necessary_", "relevant_"]) + over)()
    some = subset(scene, _named(scene) if over == "features" else scene.reference.universe)
    ask = getattr(explainer, scene.choose.one_of(["is_reason", "is_sufficient_reason", "is_contrastive_reason"]))
    found = ask(tuple(some), over=over)
    if found.value is None:
        raise OpenError("check")
    return found


def other(scene: Scene) -> None:
    """The certificate of what is shared, of a check, of a question about the whole model or of plans."""
    found = _other(scene)
    scene.need(found is not None)
    _right(_certificate(found))


def changed(scene: Scene) -> None:
    """What is changed in a certificate so that brute force finds it false is rejected."""
    found = _reason(scene) if scene.choose.coin() else _other(scene)
    scene.need(found is not None and found != ())
    certificate = _certificate(found)
    rng = np.random.default_rng(scene.choose.whole(0, 10**6))
    for what, mutant in mutants(certificate, rng, 6):
        wrong = what_is_wrong(mutant)
        assert not wrong or mutant.check()[0] == REJECTED, (what, wrong, certificate.head["claim"])


def share(scene: Scene) -> None:
    """The certificates of some rows, with labels that are right or not, in one file."""
    scene.need(scene.kind.target == "classes" and scene.kind.family != "text")
    rows = scene.world.rows[[scene.place, *(scene.choose.whole(0, len(scene.world.rows) - 1) for _ in range(3))]]
    labels = [scene.class_named(scene.choose.whole(0, len(scene.classes) - 1)) for _ in rows]
    eps, norm = scene.choose.one_of([0.0, 0.5, 1.0]), scene.choose.one_of(["linf", "l1", "l0"])
    _right_of_rows(_certificate(verify.certified_accuracy(scene.explainer, rows, labels, eps, norm)))


def radii(scene: Scene) -> None:
    """The certificates of the radii of some rows in one file."""
    scene.need(scene.kind.target == "classes" and scene.kind.family != "text")
    rows = scene.world.rows[[scene.place, *(scene.choose.whole(0, len(scene.world.rows) - 1) for _ in range(2))]]
    found = verify.robustness(scene.explainer, rows, scene.choose.one_of(["linf", "l1", "l0"]))
    _right_of_rows(_certificate(found))


def _right_of_rows(found: Any) -> None:
    """A file of rows is accepted, and brute force finds all that it says true."""
    verdict, why = found.check()
    assert verdict != REJECTED, why
    with contextlib.suppress(TooLargeError):
        wrong = false_share(found)
        assert not wrong, wrong


CERTIFIED = {
    "certificate": reason,
    "certificate of another answer": other,
    "certificate, changed": changed,
    "certificate of a share": share,
    "certificate of radii": radii,
}
