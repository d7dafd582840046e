"""One call of ``explain`` for one kind: domain, search, verification, results."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from ...engine.budget import Deadline
from ...engine.errors import BadInputError
from ...engine.status import Status, Stop
from .inputs import F64, Rows
from .model.machine import Machine, guided_kappa
from .model.sums import row_sum
from .results.contrast import Outcome, label_list
from .results.contrasts import Contrasts, Work
from .scaling import scaled_domain, scaled_objective
from .search.best import Best
from .search.bounds import Size, most_calls
from .search.domains import Domain, grouped, negative_domain, positive_domain
from .search.groups import Groups, check_one_hot, group_options, make_groups
from .search.objective import Objective
from .search.problem import Problem, make_problem
from .search.solve import solve
from .search.trace import Trace
from .search.verify import Rules, Verified, Verifier
from .settings import Settings

Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class Question:
    """What is asked about the rows; flat arrays, in the user's numbers.

    Attributes
    ----------
    wanted : ndarray of bool (n, K) or None
        The target classes of negatives; None: any but the predicted one.
    groups : tuple of ndarray of int
    fixed : ndarray of bool, shape (d,)
        Immutable features; a group with one of them is immutable as a whole.
    scale : ndarray, shape (d,), or None
        The unit of each feature; the search runs in these units, everything else in the user's.
    """

    rows: Rows
    no_info: F64
    low: F64
    high: F64
    fixed: Mask
    groups: tuple[NDArray[np.int64], ...]
    names: tuple[str, ...] | None
    wanted: Mask | None
    scale: F64 | None = None


@dataclass(frozen=True)
class Call:
    """How the search is run."""

    settings: Settings
    machine: Machine
    deadline: Deadline
    batch: int
    trace: bool
    seed: int
    landed: Callable[[int], None]


def explain_kind(negative: bool, question: Question, call: Call) -> Contrasts:
    """Return the pertinent negatives or positives of the rows."""
    return _Kind(negative, question, call).run()


class _Kind:
    """The steps of one kind, in order."""

    def __init__(self, negative: bool, question: Question, call: Call) -> None:
        self._negative, self._question, self._call = negative, question, call
        self._flat = question.rows.flat
        self._scale = np.ones(self._flat.shape[1]) if question.scale is None else question.scale
        self._machine, self._settings = call.machine, call.settings
        scorer = call.machine.scorer
        self._dtype, self._device = scorer.dtype, scorer.device
        self._before = self._machine.calls, self._machine.rows

    def run(self) -> Contrasts:
        """Search, verify, and put the results together."""
        question, call = self._question, self._call
        if self._machine.loss == "proba" and self._settings.kappa > 1:
            raise BadInputError(f"kappa={self._settings.kappa:g}: no margin of probabilities exceeds 1")
        check_one_hot(self._flat, question.groups)
        classes = self._predicted()
        wanted = self._wanted(classes)
        domain, groups = self._domain()
        bounds = question.low / self._scale, question.high / self._scale
        problem = make_problem(
            scaled_domain(domain, self._scale), question.no_info / self._scale, bounds, wanted, groups, self._dtype,
            self._device,
        )  # fmt: skip
        objective = self._objective()
        trace = Trace(question.rows.shape) if call.trace else None
        bound = most_calls(Size.of(problem, wanted, call.batch), objective) + 64
        pointless = torch.from_numpy(wanted[np.arange(len(wanted)), classes] & self._negative)
        problem = replace(problem, free=problem.free & ~pointless[:, None].to(self._device))
        best = solve(problem, objective, call.deadline, call.batch, trace, call.landed)
        if pointless.any():
            best.total[pointless.to(self._device)] = torch.inf
        verified = self._verify(problem, domain, best, wanted)
        return self._results(problem, domain, best, verified, classes, pointless.numpy(), trace, bound)

    def _tensor(self, values: Any) -> torch.Tensor:
        return torch.from_numpy(np.ascontiguousarray(values)).to(device=self._device, dtype=self._dtype)

    def _predicted(self) -> NDArray[np.int64]:
        """Return the class of each instance."""
        scores = self._machine.scorer.scores(self._tensor(self._flat))
        return np.asarray(scores.max(dim=1).indices.cpu().numpy())

    def _wanted(self, classes: NDArray[np.int64]) -> Mask:
        own = np.zeros((len(classes), len(self._machine.labels)), dtype=bool)
        own[np.arange(len(classes)), classes] = True
        if not self._negative:
            return own
        return ~own if self._question.wanted is None else self._question.wanted

    def _domain(self) -> tuple[Domain, Groups | None]:
        """Return the allowed sets, with the groups' own."""
        asked = self._question
        sets = asked.no_info, asked.low, asked.high, asked.fixed
        if self._negative:
            domain = negative_domain(self._flat, *sets)
        else:
            domain = positive_domain(self._flat, *sets, published=self._settings.pp_space == "delta")
        options, allowed = [], []
        for columns in asked.groups:
            some, may = group_options(self._negative, self._flat, domain.origin, asked.no_info, columns, asked.fixed)
            kept = np.where(may[:, :, None], some, some[:, :1])
            domain = grouped(domain, columns, kept)
            options.append(kept / self._scale[columns])
            allowed.append(may)
        return domain, make_groups(asked.groups, options, allowed, self._dtype, self._device)

    def _objective(self) -> Objective:
        machine, settings = self._machine, self._settings
        guide = None
        if machine.guide is not None:
            guide = Objective(machine.guide, machine.manifold, replace(settings, kappa=guided_kappa(settings.kappa)))
        objective = Objective(machine.scorer, machine.manifold, settings, guide)
        return objective if self._question.scale is None else scaled_objective(objective, self._scale)

    def _verify(self, problem: Problem, domain: Domain, best: Best, wanted: Mask) -> Verified:
        asked = self._question
        rules = Rules(domain.kind, self._flat, asked.no_info, asked.low, asked.high, asked.fixed, asked.groups)
        verifier = Verifier(
            domain, rules, self._machine.scorer, self._machine.judge, wanted, self._settings.kappa,
            asked.rows.array.dtype,
        )  # fmt: skip
        found = (part.cpu().numpy().astype(np.float64) for part in (best.state, problem.origin))
        states, origin = (part * self._scale for part in found)
        return verifier.verify(states, origin, best.found.cpu().numpy())

    def _results(
        self,
        problem: Problem,
        domain: Domain,
        best: Best,
        verified: Verified,
        classes: NDArray[np.int64],
        pointless: Mask,
        trace: Trace | None,
        bound: int,
    ) -> Contrasts:
        """Put everything that is told about the rows together."""
        call, asked, found = self._call, self._question, verified.found
        delta = torch.from_numpy(verified.delta.astype(np.float64) / self._scale)
        l1, squares = row_sum(delta.abs()).numpy(), row_sum(delta * delta).numpy()
        objective = self._settings.beta * l1 + squares
        error = self._error(verified.points)
        outcome, reason = self._outcomes(problem, best, verified, classes, pointless)
        labels = label_list(self._machine.labels)
        prediction = _labelled(labels, verified.scores.argmax(axis=1), found)
        c = best.c.cpu().numpy().astype(np.float64)
        graph, numeric = self._slopes(problem, best, verified, domain)
        work = Work(
            call.deadline.elapsed, self._machine.calls - self._before[0], self._machine.rows - self._before[1], bound,
            call.seed, self._machine.scorer.reproducible, self._machine.verified,
        )  # fmt: skip
        return Contrasts(
            mode="PN" if self._negative else "PP",
            X=asked.rows.array,
            X_pred=labels[classes],
            point=self._shaped(verified.points, found),
            delta=self._shaped(verified.delta, found),
            found=found,
            outcome=outcome,
            reason=reason,
            prediction=prediction,
            margin=np.where(found, verified.margin, np.nan),
            l1=np.where(found, l1, np.nan),
            l2=np.where(found, np.sqrt(squares), np.nan),
            n_changed=np.where(found, self._changed(verified.delta), 0),
            objective=np.where(found, objective, np.nan),
            autoencoder=np.where(found, error, np.nan),
            total=np.where(found, objective + (self._settings.gamma * error if call.machine.manifold else 0.0), np.nan),
            c=np.where(found, c, np.nan),
            iterations=best.iterations.cpu().numpy(),
            grads_graph=self._shaped(graph, found),
            grads_num=self._shaped(numeric, found),
            names=asked.names,
            groups=asked.groups,
            status=Status.COMPLETE if call.deadline.stop is Stop.NONE else Status.BEST_SO_FAR,
            stop=call.deadline.stop,
            trace=trace,
            work=work,
        )

    def _shaped(self, flat: NDArray[Any], found: Mask) -> NDArray[Any]:
        """Return flat rows in the shape of the instances, NaN where nothing was found."""
        flat = np.where(found[:, None], flat, np.array(np.nan, dtype=flat.dtype))
        return flat.reshape(self._question.rows.array.shape)

    def _holes(self) -> str:
        """Say where slopes were no numbers, as a warning too."""
        machine, names = self._machine, self._question.names
        parts = [part.holes for part in (machine.scorer, machine.guide) if part is not None]
        told = next((text for text in (holes.told(names) for holes in parts) if text), "")
        if machine.manifold is not None and machine.manifold.holes.points:
            told = told or machine.manifold.holes.told(names).replace("the model's", "the auto-encoder's")
        if told:
            warnings.warn(told, stacklevel=2)
        return told

    def _changed(self, delta: NDArray[Any]) -> NDArray[np.int64]:
        """Return how many features differ; a group counts once."""
        differs = delta != 0
        count = differs.sum(axis=1)
        for columns in self._question.groups:
            inside = differs[:, columns].sum(axis=1)
            count = count - inside + (inside > 0)
        return np.asarray(count)

    def _error(self, points: NDArray[Any]) -> F64:
        """Return the auto-encoder's term in float64; NaN without one."""
        manifold = self._machine.judge_manifold
        if manifold is None:
            return np.full(len(points), np.nan)
        judge = self._machine.judge
        given = torch.from_numpy(points).to(device=judge.device, dtype=judge.dtype)
        return np.asarray(manifold.value(given).cpu().numpy(), dtype=np.float64)

    def _slopes(
        self, problem: Problem, best: Best, verified: Verified, domain: Domain
    ) -> tuple[NDArray[Any], NDArray[Any]]:
        """Return the slope of the objective at the points: the exact part, and the part from differences."""
        machine, settings = self._machine, self._settings
        points = self._tensor(verified.points)
        everywhere = torch.ones_like(problem.free)
        _, slope = machine.scorer.slope(points, problem.wanted, problem.others, settings.kappa, everywhere)
        weight = torch.where(torch.isfinite(best.c), best.c, settings.c_init)[:, None]
        smooth = 2 * self._tensor(verified.delta / self._scale**2)
        if machine.manifold is not None and settings.gamma > 0:
            smooth = smooth + settings.gamma * machine.manifold.slope(points)[1]
        pulled, none = weight * slope, torch.zeros_like(slope)
        graph = smooth + (none if machine.numeric else pulled)
        numeric = pulled if machine.numeric else none
        kind = verified.points.dtype
        return graph.cpu().numpy().astype(kind), numeric.cpu().numpy().astype(kind)

    def _outcomes(
        self, problem: Problem, best: Best, verified: Verified, classes: NDArray[np.int64], pointless: Mask
    ) -> tuple[list[Outcome], list[str]]:
        """Say for each row what became of it."""
        free = problem.free.any(dim=1).cpu().numpy()
        finished, claimed = best.finished.cpu().numpy(), best.found.cpu().numpy()
        nearest = best.nearest.cpu().numpy()
        labels, kappa = self._machine.labels, self._settings.kappa
        outcomes, reasons = [], []
        holes = self._holes()
        for i in range(len(classes)):
            label = labels[int(classes[i])]
            if verified.found[i]:
                empty = not self._negative and not verified.delta[i].any()
                outcome = Outcome.EMPTY if empty else Outcome.FOUND
                reason = f"no information alone is already class {label}" if empty else ""
            elif pointless[i]:
                outcome, reason = Outcome.IMPOSSIBLE, f"the instance already is of a wanted class, {label}"
            elif claimed[i]:
                outcome, reason = Outcome.NOT_FOUND, "no point of the search survived the verification"
            elif not free[i]:
                outcome = Outcome.IMPOSSIBLE
                reason = "no feature may move: all are immutable, at the end of their range, or at no information"
            elif not finished[i] and self._call.deadline.stop is not Stop.NONE:
                outcome, reason = Outcome.STOPPED, f"stopped before anything was found: {self._call.deadline.stop}"
            else:
                outcome = Outcome.NOT_FOUND
                seen = f"; the best margin met is {nearest[i] + kappa:.4g}" if np.isfinite(nearest[i]) else ""
                reason = f"no point with a margin of {kappa:g} was met{seen}{'; ' if holes else ''}{holes}"
            outcomes.append(outcome)
            reasons.append(reason)
        return outcomes, reasons


def _labelled(labels: NDArray[Any], places: NDArray[np.int64], found: Mask) -> NDArray[Any]:
    """Return the labels at these places; with None among them where a row has none."""
    told = labels[places]
    if found.all():
        return told
    objects = told.astype(object)
    objects[~found] = None
    return objects
