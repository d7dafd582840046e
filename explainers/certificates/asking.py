"""Which claims an answer makes, and the certificate of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ...engine.arrays import I32, I64, Bools
from ...engine.budget import Deadline
from ...engine.domain.instance import Situation, situate
from ...engine.ensembles.layout import elements_of_conditions
from ...engine.errors import BadInputError, SelfCheckError, shown
from ...engine.labels.problem import Problem
from ...engine.models.multilabel import CompiledMultiLabel
from ...engine.reasons import Check, Reason, Reasons
from ...engine.reasons.certified import Limits
from ...engine.reasons.label_reasons import LabelReason
from ...engine.status import Status
from ...solvers.proofs import EXACT
from .about import excluded_of, of_check, of_reason
from .certificate import Certificate
from .changes import Changes
from .claims import Claims
from .cover import Cover
from .majority import KINDS, majority
from .outcomes import Outcomes, classes_claimed, labels_claimed, numbers_claimed, problem_claimed
from .prover import Prover
from .refusals import not_so
from .regions import Clause
from .shared import Shared
from .subject import Form, Subject

_MINIMAL = ("sufficient", "minimal sufficient", "preferred sufficient", "most general")
_FORCING = ("direct", "tree-specific", "minimal tree-specific", "preferred tree-specific")


def certificate_of(session: Any, said: Any, deadline: Deadline, solver: str | None = None) -> Certificate:
    """Return the certificate of a reason, a set of reasons, or a check, of a session.

    Raises
    ------
    BadInputError, UnsupportedModelError
        If there is no certificate of such an answer, or such a model.
    UndecidedError
        If time was up, or rounding decides.
    SelfCheckError
        If what was said is not so.
    """
    if isinstance(said, Check):
        return _of_check(Asking(session, *of_check(said), deadline), said)
    first = said[0] if isinstance(said, Reasons) else said
    asking = Asking(session, *of_reason(session, first), deadline)
    try:
        return _of_all(asking, said) if isinstance(said, Reasons) else _of_reason(asking, said, solver)
    except SelfCheckError as error:
        if not session.excluded_moved:
            raise
        raise SelfCheckError(
            "it is not so by the features that are excluded now: ask for the reason anew, if others were when it was "
            f"given. If none were, {error}"
        ) from error


class Asking:
    """A row of a session, and what is claimed of it."""

    def __init__(self, session: Any, form: Form, here: Situation, deadline: Deadline) -> None:
        self.session, self.deadline = session, deadline
        self.subject = Subject(form, here.space, here)
        self.excluded = excluded_of(session, form, here.space)

    def claims(self, outcomes: Outcomes, per_feature: bool, given: Sequence[Clause] = ()) -> Claims:
        """Begin claims about the row; clauses hold of all rows that are looked at."""
        return Claims(Prover(self.subject, outcomes, self.deadline, given), per_feature)

    def items(self, names: Sequence[Any], per_feature: bool) -> list[int]:
        """Return items as certificates number them; they have to be the row's own."""
        places = {feature.name: place for place, feature in enumerate(self.subject.space.features)}
        own = places if per_feature else {*self.subject.space.literals(self.subject.here.truth).tolist()}
        if not {*names} <= {*own}:
            raise BadInputError("certificates are of the row's own literals, or features, and this names others")
        if not per_feature:
            return [abs(int(literal)) - 1 for literal in names]
        tested = set(self.subject.owner.tolist())  # others do not matter
        return [places[name] for name in names if places[name] in tested]

    def of_classes(self, good: Any, label: int = 0) -> Outcomes:
        """Return O for a vector over the classes, or an interval of predictions (its outside, if marked so)."""
        model = self.subject.models[label][1]
        if not isinstance(good, tuple):
            return classes_claimed(np.nonzero(good)[0], label)
        low, high, *marked = good
        return numbers_claimed(model, low, high, outside=bool(marked))

    def prices(self, whole: I64, per_feature: bool) -> I64:
        """Return the price of each item, by feature or condition, from those of elements."""
        if per_feature:
            return whole[: 1 + int(self.subject.owner.max(initial=-1))]
        element, _ = elements_of_conditions(self.subject.space)
        found: I64 = np.where(element >= 0, whole[np.maximum(element, 0)] if len(whole) else 0, 0)
        return found

    def still(self, limits: Limits | None, per_feature: bool) -> tuple[Bools, list[Clause]]:
        """Return the items that no change has, and of features that move one way what stays true of them."""
        owner = self.subject.owner
        kept = np.isin(owner, list(self.excluded))
        if limits is not None:
            kept |= limits.kept()
        if not per_feature:
            return kept, []
        every = np.arange(1 + int(owner.max(initial=-1)))
        items = np.isin(every, owner[kept]) & ~np.isin(every, owner[~kept])
        own = self.subject.space.literals(self.subject.here.truth)
        return items, [[int(literal)] for literal in own[kept & ~items[owner]]]

    def own(self, reason: Reason) -> Outcomes:
        """Return O = the row's own outcome."""
        form = self.subject.form
        if isinstance(form, CompiledMultiLabel):
            if (asked := getattr(reason, "question", None)) is not None:
                return problem_claimed(form, asked)
            vector = form.vector_at(self.subject.here.truth)
            told = reason.labels if isinstance(reason, LabelReason) and reason.labels else dict.fromkeys(form.names)
            return labels_claimed(form, {i: int(vector[i]) for i in map(form.label_index, told)}, never=False)
        model = self.subject.models[0][1]
        if model.regression:
            interval = reason.interval or self.session.interval
            if interval is None:
                raise BadInputError("the interval that the reason is about is not known: call set_interval first")
            return self.of_classes(interval)
        return self.of_classes(np.arange(len(model.classes)) == model.outcome_at(self.subject.here.truth))

    def reached(self, reason: Reason, point: I32) -> Outcomes:
        """Return O = all outcomes but the one of a changed row (of several labels: all vectors but the wanted one)."""
        form, truth = self.subject.form, self.subject.truth(point)
        if isinstance(form, CompiledMultiLabel):
            if (asked := getattr(reason, "question", None)) is not None:
                return problem_claimed(form, asked)
            told = reason.labels if isinstance(reason, LabelReason) else {}
            vector = form.vector_at(truth)
            wanted = {i: int(vector[i]) for i in map(form.label_index, told)}
            return labels_claimed(form, wanted, never=True)
        model = self.subject.models[0][1]
        if model.regression:
            raise BadInputError("changes to a target interval are not certified: set_interval says what is left")
        return self.of_classes(np.arange(len(model.classes)) != model.outcome_at(truth))

    def told(self, reason: Any) -> str:
        """Return what is claimed, in the user's words."""
        features = " and ".join(reason.features) if isinstance(reason, Reason) else ", ".join(map(str, reason))
        return f"{getattr(reason, 'kind', 'reason')}: {features or 'nothing'}"


def _of_reason(asking: Asking, reason: Reason, solver: str | None) -> Certificate:
    per_feature = reason.proof.over == "features"
    items, kind = asking.items(reason, per_feature), reason.kind
    cheapest = kind in _MINIMAL and reason.proof.status is Status.OPTIMAL and reason.costs is not None
    if solver == EXACT and not cheapest:
        raise BadInputError("exact proves what a smallest, or preferred, sufficient reason costs: leave out solver=")
    if solver is not None and kind not in (*_MINIMAL, *_FORCING):
        raise BadInputError(f"solver={shown(solver)}: formulas are of reasons that force the outcome: leave it out")
    if kind.endswith("contrastive") and "restricted" not in kind:
        return _of_change(asking, reason, items, per_feature)
    if kind in ("necessary", "relevant"):
        return _of_shared(asking, reason, items, per_feature)
    if KINDS.fullmatch(kind):
        return _of_majority(asking, reason, items, per_feature)
    if kind not in (*_MINIMAL, *_FORCING):
        raise BadInputError(
            f"a reason of kind {shown(kind)} is not certified: expected a sufficient or contrastive one"
        )
    claims = asking.claims(asking.own(reason), per_feature)
    if solver in (None, EXACT):
        claims.forces(items)
    else:
        claims.forced(items, str(solver))
    if kind in _MINIMAL and reason.proof.status is not Status.BEST_SO_FAR and getattr(reason, "mode", "") != "joined":
        claims.minimal(items)
        if cheapest:
            assert reason.costs is not None
            prices = asking.prices(reason.costs.whole, per_feature)
            cost = int(sum(prices[item] for item in set(items)))
            cover = Cover(claims, asking.excluded)
            (cover.bounded if solver == EXACT else cover.cheapest)(prices, cost)
    return claims.certificate(items, asking.told(reason))


def _of_majority(asking: Asking, reason: Reason, items: list[int], per_feature: bool) -> Certificate:
    """Certify that each of so many trees votes for the outcome."""
    literals = asking.claims(asking.own(reason), per_feature).kept(items)
    asking.subject, outcomes = majority(asking.subject, reason.kind, literals)
    claims = asking.claims(outcomes, per_feature)
    claims.forces(items)
    return claims.certificate(items, asking.told(reason))


def _of_change(asking: Asking, reason: Reason, items: list[int], per_feature: bool) -> Certificate:
    """Certify a change: it is least of all changes, or of those to the outcome that it has."""
    given = asking.still(reason.limits, per_feature)[1]
    claims = asking.claims(asking.own(reason), per_feature, given)
    point = _changed(asking, reason, items, claims)
    fallen = [int(item) for item in np.nonzero(claims.broken(point))[0]]  # all that change with those that are written
    if not set(items) <= set(fallen):
        raise not_so("the row is not changed as the reason tells")
    if reason.proof.status is Status.BEST_SO_FAR or getattr(reason, "mode", "") == "joined":
        stays = np.nonzero(~claims.broken(point))[0].tolist()
        claims = asking.claims(asking.reached(reason, point), per_feature)
        claims.prover.points.append(point)
        claims.says["refuted"] = {}
        return claims.certificate(stays, f"{asking.told(reason)}: with the others kept")
    for outcomes in (claims.prover.outcomes, None):
        claims = asking.claims(asking.reached(reason, point) if outcomes is None else outcomes, per_feature, given)
        if claims.changed(point):
            claims.prover.sure([point])
            return claims.certificate(fallen, asking.told(reason))
        claims.prover.sure([point])
        if getattr(reason, "question", None) is not None:
            break
    raise not_so("a part of the change leads elsewhere as well")


def _changed(asking: Asking, reason: Reason, items: list[int], claims: Claims) -> I32:
    """Return the cells of the changed row."""
    space, row = asking.subject.space, reason.witness
    if row is not None:
        return situate(space, asking.subject.form.read(row.row)[0]).cells
    if not claims.per_feature:
        truth = asking.subject.here.truth.copy()
        truth[items] ^= True
        return space.locate(truth)
    stays = [place for place in range(len(space.features)) if place not in set(items)]
    found = claims.prover.look(claims.kept(stays))
    if found is None:
        raise not_so("changing it changes nothing")
    return found


def _of_check(asking: Asking, check: Check) -> Certificate:
    asked = check.asked
    assert asked is not None
    told = f"{asked.query}: {check.answer}"
    if isinstance(asked.wanted, Problem):
        outcomes = problem_claimed(asking.subject.form, asked.wanted)
    else:
        outcomes = asking.of_classes(asked.wanted)
    if asked.query == "is_implicant":
        given = [[int(literal)] for literal in asked.items]
        claims = Claims.of_all(Prover(asking.subject, outcomes, asking.deadline, given))
        if check.value:
            claims.forces([])
        else:
            claims.refuted([])
        return claims.certificate([], told)
    items = asking.items(asked.items, asked.per_feature)
    owners = items if asked.per_feature else asking.subject.owner[items].tolist()
    if asked.query in ("is_sufficient_reason", "is_contrastive_reason") and asking.excluded & {*owners}:
        raise BadInputError("it uses an excluded feature, which is no matter of the model's numbers: certify is_reason")
    claims = asking.claims(outcomes, asked.per_feature)
    if asked.query == "is_contrastive_reason":
        return _of_asked_change(asking, claims, items, check)
    if check.value:
        claims.forces(items)
        if asked.query == "is_sufficient_reason":
            claims.minimal(items)
    else:
        items = claims.not_least(items) if asked.query == "is_sufficient_reason" else items
        claims.answered(items)
    return claims.certificate(items, told)


def _of_asked_change(asking: Asking, claims: Claims, items: list[int], check: Check) -> Certificate:
    """Certify that items are a contrastive reason; or what is left of the row forces, or less than they is enough."""
    told = f"is_contrastive_reason: {check.answer}"
    fallen = claims.fallen(items)
    stays = np.nonzero(~fallen)[0].tolist()
    found = claims.prover.look(claims.kept(stays))
    if found is None:
        if check.value:
            raise not_so("changing them changes nothing")
        claims.forces(stays)
        return claims.certificate(stays, f"{told}: whatever they become, what is left decides")
    claims.prover.points.clear()
    if check.value:
        if not claims.changed(found):
            raise not_so("a part of the change is enough")
        return claims.certificate(np.nonzero(claims.broken(found))[0].tolist(), told)
    for more in claims.larger(fallen):
        if claims.prover.look(claims.kept(more)) is not None:
            claims.says["refuted"] = {}
            return claims.certificate(more, f"{told}: less changes the outcome, with these kept")
    raise not_so("no part of the change is enough")


def _of_shared(asking: Asking, reason: Reason, items: list[int], per_feature: bool) -> Certificate:
    """Certify what all sufficient reasons share, or what some of them need."""
    if reason.proof.status is Status.BEST_SO_FAR:
        raise BadInputError(f"the {reason.kind} items are not all known: ask with more time, and certify that")
    claims = asking.claims(asking.own(reason), per_feature)
    shared = Shared(claims, asking.excluded)
    left = shared.none()
    if left is not None:
        return claims.certificate(left, f"{asking.told(reason)}: nothing forces the outcome without what is excluded")
    (shared.necessary if reason.kind == "necessary" else shared.relevant)(items)
    return claims.certificate(items, asking.told(reason))


def _of_all(asking: Asking, reasons: Reasons) -> Certificate:
    kinds = {reason.kind for reason in reasons}
    if all(kind.endswith("contrastive") and "restricted" not in kind for kind in kinds):
        return _of_changes(asking, reasons)
    if (
        kinds != {"sufficient"}
        or reasons.status is not Status.COMPLETE
        or any(isinstance(r, LabelReason) for r in reasons)
    ):
        raise BadInputError(
            "sets of reasons are certified where they are contrastive, or all sufficient reasons (n=ALL), and complete"
        )
    first = reasons[0]
    per_feature = first.proof.over == "features"
    claims = asking.claims(asking.own(first), per_feature)
    for reason in reasons:
        if claims.add_set(asking.items(reason, per_feature)) is not None:
            raise not_so("an input that satisfies a reason has another outcome")
    Cover(claims, asking.excluded).complete(claims.sets)
    return claims.certificate([], f"all {len(reasons)} sufficient reasons")


def _of_changes(asking: Asking, reasons: Reasons) -> Certificate:
    """Certify several changes; if they are all there are, also that."""
    if any(r.proof.status is Status.BEST_SO_FAR or getattr(r, "mode", "") == "joined" for r in reasons):
        raise BadInputError("these changes are not proved to be least, or put together: certify them one by one")
    first = reasons[0]
    per_feature, limits = first.proof.over == "features", reasons.limits
    own = asking.claims(asking.own(first), per_feature)
    reasons.witnesses  # noqa: B018  # confirmed together
    points = [_changed(asking, reason, asking.items(reason, per_feature), own) for reason in reasons]
    kinds = {r.kind for r in reasons}
    every = reasons.complete and limits is not None and kinds in ({"contrastive"}, {"minimal contrastive"})
    own.prover.points.clear()
    still, given = asking.still(limits, per_feature)
    tried: list[Outcomes] = [] if limits is not None and limits.targeted else [own.prover.outcomes]
    if limits is None or limits.targeted:
        tried.append(asking.reached(first, points[0]))
    for outcomes in tried:
        changes = Changes(claims := asking.claims(outcomes, per_feature, given), points)
        claims.prover.sure(points)
        if not all(claims.prover.is_witness(point) for point in points) or not changes.least(shared=every):
            continue
        whole = "contrastive" in kinds
        if every and (whole or changes.counted()):
            changes.no_other(still, None if whole else max(map(changes.spread, changes.listed)))
        told = "all " * (every and "all_changes" in claims.says)
        return claims.certificate([], f"{told}{len(reasons)} {first.kind} reasons")
    raise not_so("a part of a change leads elsewhere as well")
