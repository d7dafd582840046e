"""The guided walk along the bridge, for a batch of rows: one row is one sample of one image.

Rows do not see each other: their noise, target, region, scale and momentum are their own.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields
from itertools import pairwise

import torch
from torch import Tensor

from ....engine.budget import Deadline
from ....engine.errors import BadInputError
from ....engine.status import Stop
from ..bridge.schedule import Schedule, first_step, path
from ..images.noise import Noise, composite
from ..images.pixels import unit
from ..results.result import Step
from ..settings import Settings, read_factor
from .classifier import Classifier, Meter
from .guidance import Momentum
from .models import autocast
from .targets import Wanted

Estimator = Callable[[Tensor, int], Tensor]
_NAN = float("nan")


@dataclass(frozen=True, eq=False)
class Rows:
    """What is asked, one entry a row.

    Attributes
    ----------
    originals : Tensor, shape (r, C, H, W)
        As given: uint8, or floating in [0, 1].
    x : Tensor, shape (r, C, H, W)
        The same in [-1, 1], in the type of the walk.
    masks : Tensor of bool, shape (r, 1, H, W)
    wanted : Wanted
    scales : Tensor, shape (r,)
    seeds : Tensor of int64, shape (r,)
    """

    originals: Tensor
    x: Tensor
    masks: Tensor
    wanted: Wanted
    scales: Tensor
    seeds: Tensor

    def take(self, places: Tensor) -> Rows:
        """Return some rows."""
        parts = {item.name: getattr(self, item.name) for item in fields(self)}
        taken = {name: part.take(places) if name == "wanted" else part[places] for name, part in parts.items()}
        return Rows(**taken)

    def __len__(self) -> int:
        return len(self.x)


@dataclass(slots=True)
class Walk:
    """Rows under way: where they are, and what they remember."""

    places: Tensor
    rows: Rows
    x: Tensor
    noise: Noise
    momentum: Momentum

    def take(self, keep: Tensor) -> Walk:
        """Return the rows that stay."""
        places = keep.nonzero()[:, 0]
        return Walk(
            self.places[places], self.rows.take(places), self.x[places], self.noise.take(places),
            self.momentum.take(places),
        )  # fmt: skip


@dataclass(slots=True)
class Look:
    """What one step saw.

    Attributes
    ----------
    estimate : Tensor, shape (r, C, H, W)
        Of the images.
    push : Tensor or None, shape (r, C, H, W)
        What guidance adds to the states; None where nothing guides.
    logits : Tensor or None, shape (r, K)
        What the classifier said of the estimates.
    """

    estimate: Tensor
    push: Tensor | None = None
    logits: Tensor | None = None


class Sampler:
    """Walks rows from noise in their region to counterfactuals.

    Parameters
    ----------
    estimate : callable
        States (r, C, H, W) and a step of the schedule to estimates of the images.
    schedule : Schedule
    classifier : Classifier
    settings : Settings
    meter : Meter
    deadline : Deadline
    progress : callable
        Called with the number of rows that went one step further.
    """

    def __init__(
        self,
        estimate: Estimator,
        schedule: Schedule,
        classifier: Classifier,
        settings: Settings,
        meter: Meter,
        deadline: Deadline,
        progress: Callable[[int], object] = lambda _: None,
    ) -> None:
        self.network, self.schedule, self.classifier = estimate, schedule, classifier
        self.settings, self.meter, self.deadline, self.progress = settings, meter, deadline, progress
        self.factor = read_factor(settings.scale_schedule)
        self.steps = path(first_step(len(schedule), settings.start), settings.nfe)
        self.trace: list[Step] = []

    def run(self, rows: Rows) -> tuple[Tensor, Tensor]:
        """Walk all rows to the end, or as far as time and Ctrl-C allow.

        Returns
        -------
        images : Tensor, shape (r, C, H, W)
            In the type of the originals; outside the regions their bits. Of rows that did not finish: the last
            estimate, or the original where there is none.
        finished : Tensor of bool, shape (r,)

        Raises
        ------
        BadInputError
            If the denoiser's output is not finite, or not usable.
        """
        found, finished = rows.originals.clone(), torch.zeros(len(rows), dtype=torch.bool)
        last: tuple[Tensor, Tensor] | None = None  # places and images of the latest complete step
        spare: dict[int, Tensor] = {}  # place to the latest estimate that was as wanted
        walk = self._start(rows)
        try:
            for turn, (later, earlier) in enumerate(pairwise(self.steps)):
                if not len(walk.rows) or self.deadline.expired():
                    break
                look = self._look(walk, later, turn)
                resting = self._rest(walk, look, spare)
                done, images = self._early(walk, look, later, earlier)
                found[walk.places[done]], finished[walk.places[done]] = images, True
                walk = self._move(walk, look, (later, earlier), ~done, resting)
                last = (walk.places, composite(look.estimate[~done], walk.rows.originals, walk.rows.masks))
                self.progress(len(done) + int(done.sum()) * (self.settings.nfe - 1 - turn))
            else:
                found[walk.places] = self._ended(walk, spare)
                finished[walk.places] = True
        except KeyboardInterrupt:
            self.deadline.halt(Stop.INTERRUPT)
        if self.deadline.stop is not Stop.NONE and last is not None:
            late = ~finished[last[0]]
            found[last[0][late]] = last[1][late]
        return found, finished

    def _start(self, rows: Rows) -> Walk:
        """Return the states at the first step: noise mixed into the regions."""
        noise, first = Noise(rows.seeds), self.steps[0]
        end = torch.where(rows.masks, noise.like(rows.x), rows.x)
        x = float(self.schedule.mu_x0[first]) * rows.x + float(self.schedule.mu_x1[first]) * end
        if self.settings.deterministic:
            x = torch.where(rows.masks, x, rows.x)
        else:
            x = x + float(self.schedule.std_sb[first]) * noise.like(x)
        return Walk(torch.arange(len(rows)), rows, x, noise, Momentum.fresh(x))

    def _rest(self, walk: Walk, look: Look, spare: dict[int, Tensor]) -> Tensor | None:
        """Tell which samples need no guidance in this step, where they go all steps although they could leave.

        Their estimates are kept: guidance near the end may come too late to bring such an answer back.
        """
        if self.settings.early_stop is None or self.settings.finish is not None or look.logits is None:
            return None
        content = self._content(walk.rows.wanted, look.logits).cpu()
        if bool(content.any()):
            part = walk.take(content)
            images = composite(look.estimate[content], part.rows.originals, part.rows.masks)
            content[content.nonzero()[:, 0]] = good = self._verified(part, images)
            spare.update(zip(part.places[good].tolist(), images[good], strict=True))
        return content.to(walk.x.device)

    def _ended(self, walk: Walk, spare: dict[int, Tensor]) -> Tensor:
        """Return the images at the end; a spare one where the last one is not answered as wanted."""
        images = composite(walk.x, walk.rows.originals, walk.rows.masks)
        if spare:
            for row, good in enumerate(self._verified(walk, images).tolist()):
                if not good:
                    images[row] = spare.get(int(walk.places[row]), images[row])
        return images

    def _look(self, walk: Walk, step: int, turn: int) -> Look:
        """Estimate the images and, where this step guides, take the slope of the objective."""
        factor = self.factor(turn / max(1, self.settings.nfe - 1))
        guided = factor > 0 and bool((walk.rows.scales > 0).any())
        through = guided and self.settings.through_denoiser
        with torch.inference_mode(False), torch.enable_grad():
            x = walk.x.detach().clone().requires_grad_(through)
            with autocast(self.settings.precision, x.device), torch.set_grad_enabled(through):
                estimate = self._estimate(x, step)
            if not guided:
                self._record(step, len(x), None, None, None)
                return Look(estimate)
            root = x if through else estimate.detach().requires_grad_()
            with autocast(self.settings.precision, x.device):
                logits = self._shown(estimate if through else root, walk.rows)
            objective = walk.rows.wanted.objective(logits)
            slope = _slope(objective, root, through=through)
        self.meter.classifier_backward_rows += len(x)
        self.meter.denoiser_backward_rows += len(x) * through
        self._record(step, len(x), objective.detach(), slope, walk.rows.wanted.reached(logits))
        push = walk.momentum.push(slope, walk.rows.masks, walk.rows.scales * factor, self.settings)
        return Look(estimate.detach(), push, logits.detach())

    def _shown(self, estimate: Tensor, rows: Rows) -> Tensor:
        """Return the classifier's logits of estimates: as they are, or with the originals around the region."""
        whole = torch.where(rows.masks, estimate, rows.x) if self.settings.estimate == "composite" else estimate
        return self.classifier.of_signed(whole)

    def _estimate(self, x: Tensor, step: int) -> Tensor:
        self.meter.denoiser += 1
        self.meter.denoiser_rows += len(x)
        estimate = self.network(x, step)
        if not bool(torch.isfinite(estimate).all()):
            raise BadInputError(
                f"the denoiser's output at step {step} of the schedule is not finite: try precision='float32', "
                "a smaller scale, or look at its weights"
            )
        return estimate

    def _move(self, walk: Walk, look: Look, steps: tuple[int, int], keep: Tensor, resting: Tensor | None) -> Walk:
        """Return the walk one step further, without the rows that left."""
        moved = walk.x if look.push is None else walk.x + look.push
        if resting is not None:
            moved = torch.where(resting.reshape(-1, 1, 1, 1), walk.x, moved)
        x = self._posterior(moved, walk, look.estimate, *steps)
        following = Walk(walk.places, walk.rows, x, walk.noise, walk.momentum)
        return following if bool(keep.all()) else following.take(keep)

    def _posterior(self, moved: Tensor, walk: Walk, estimate: Tensor, later: int, earlier: int) -> Tensor:
        """Return the states at the next step; outside the regions the image is known, and no guidance counts."""
        rows = walk.rows
        image, state, spread = self.schedule.posterior(later, earlier)
        x = image * estimate + state * moved
        if self.settings.deterministic:
            return torch.where(rows.masks, x, rows.x)
        x = torch.where(rows.masks, x, image * rows.x + state * walk.x)
        return x + spread * walk.noise.like(x) if earlier > 0 else x

    def _content(self, wanted: Wanted, logits: Tensor) -> Tensor:
        """Tell of each row whether the classifier answers as wanted, and as surely as wanted."""
        sure = wanted.objective(logits).exp() >= (self.settings.early_stop or 0.0)
        return wanted.reached(logits) & sure

    def _early(self, walk: Walk, look: Look, later: int, earlier: int) -> tuple[Tensor, Tensor]:
        """Finish rows whose estimates are as wanted; return which ones left, and their images.

        A row leaves only when the classifier answers as wanted on the very image that is returned.
        """
        done = torch.zeros(len(walk.rows), dtype=torch.bool)
        finish = self.settings.finish
        if self.settings.early_stop is None or finish is None or look.logits is None or earlier == 0:
            return done, walk.rows.originals[:0]
        ready = self._content(walk.rows.wanted, look.logits).cpu()
        if not bool(ready.any()):
            return done, walk.rows.originals[:0]
        part = walk.take(ready)
        estimate = look.estimate[ready]
        x = self._posterior(part.x, part, estimate, later, earlier)
        x = self._unguided(part, x, path(earlier, min(finish, earlier))) if finish else estimate
        images = composite(x, part.rows.originals, part.rows.masks)
        good = self._verified(part, images)
        if finish and not bool(good.all()):
            again = composite(estimate, part.rows.originals, part.rows.masks)
            better = ~good & self._verified(part, again)
            images[better] = again[better]
            good = good | better
        done[ready.nonzero()[:, 0][good]] = True
        return done, images[good]

    def _unguided(self, walk: Walk, x: Tensor, steps: list[int]) -> Tensor:
        """Return the states at the end of some steps without guidance."""
        for later, earlier in pairwise(steps):
            with torch.no_grad(), autocast(self.settings.precision, x.device):
                estimate = self._estimate(x, later)
            walk.x = x
            x = self._posterior(x, walk, estimate, later, earlier)
        return x

    def _verified(self, walk: Walk, images: Tensor) -> Tensor:
        """Tell of each row whether the classifier answers as wanted on an image as it would be returned."""
        seen = unit(images).to(walk.x.dtype)
        return self._content(walk.rows.wanted, self.classifier.checked(seen)).cpu()

    def _record(
        self, step: int, active: int, objective: Tensor | None, slope: Tensor | None, flipped: Tensor | None
    ) -> None:
        told = [_NAN if part is None else float(part.double().mean()) for part in (objective, flipped)]
        norm = 0.0 if slope is None else float(slope.double().flatten(1).norm(dim=1).mean())
        self.trace.append(Step(step, active, told[0], norm, told[1]))


def _slope(objective: Tensor, root: Tensor, *, through: bool) -> Tensor:
    """Return the slope of the sum of an objective.

    Raises
    ------
    BadInputError
        If the objective does not depend on the root as far as PyTorch knows.
    """
    slope = torch.autograd.grad(objective.sum(), root, allow_unused=True)[0] if objective.requires_grad else None
    if slope is None:
        more = "; or the denoiser does not: pass through_denoiser=False" if through else ""
        raise BadInputError(
            "the classifier's scores have no slope in the images: it has to be differentiable by PyTorch, without "
            f"no_grad, detach or numpy inside{more}"
        )
    return slope
