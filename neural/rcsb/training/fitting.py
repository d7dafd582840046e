"""The steps of a training, on one device or on each of several."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import torch
from torch import Tensor, nn

from ....engine.budget import Deadline
from ....engine.errors import BadInputError, shown
from ....engine.status import Stop
from ..bridge.predictions import target_of
from .batches import Batches
from .plan import Plan
from .state import State, read_state, write_state


def fit(fabric: Any, network: nn.Module, batches: Batches, plan: Plan, deadline: Deadline) -> tuple[State, Stop]:
    """Train a network; on several devices this runs once on each.

    Parameters
    ----------
    fabric : Fabric or None
    network : Module
    batches : Batches
    plan : Plan
    deadline : Deadline

    Returns
    -------
    State
        Weights, averaged weights, losses.
    Stop
        Why the training ended early.
    """
    from tqdm import tqdm

    modes = [(part, part.training) for part in network.modules()]
    network.train()
    optimizer = torch.optim.AdamW(network.parameters(), lr=plan.learning_rate, weight_decay=0.0)
    state = _begin(network, optimizer, plan)
    average = {name: weight.detach().clone() for name, weight in network.state_dict().items()}
    if state.average:
        average = {name: state.average[name].to(weight) for name, weight in average.items()}
    model = network if fabric is None else None
    if fabric is not None:
        model, optimizer = fabric.setup(network, optimizer)
    first = fabric is None or fabric.global_rank == 0
    bar = tqdm(total=plan.steps, initial=state.step, unit="step", disable=not (plan.progress and first))
    try:
        for step, images in zip(range(state.step, plan.steps), batches.from_step(state.step), strict=False):
            if _halted(fabric, deadline):
                break
            loss = _step(fabric, model, optimizer, images, step, plan)
            _follow(average, network, plan.ema, step)
            state.losses.append(loss)
            state.step = step + 1
            bar.update()
            bar.set_postfix_str(f"loss {loss:.4f}", refresh=False)
            if plan.path is not None and state.step % plan.save_every == 0 and first:
                write_state(plan.path, _freeze(state, network, average, optimizer), plan.identity())
    except KeyboardInterrupt:
        deadline.halt(Stop.INTERRUPT)
    finally:
        bar.close()
        for part, mode in modes:
            part.training = mode
    state = _freeze(state, network, average, optimizer)
    if plan.path is not None and first:
        write_state(plan.path, state, plan.identity())
    return state, deadline.stop


def _begin(network: nn.Module, optimizer: torch.optim.Optimizer, plan: Plan) -> State:
    """Return the state of a new training, or that of the checkpoint, with network and optimizer set to it."""
    if plan.path is None or not plan.path.exists():
        return State(0, [], {}, {}, {})
    state = read_state(plan.path, plan.identity())
    try:
        network.load_state_dict(state.raw)
        optimizer.load_state_dict(state.optimizer)
    except (RuntimeError, ValueError, KeyError) as error:
        first = str(error).strip().splitlines()[0]
        raise BadInputError(f"checkpoint={shown(str(plan.path))} is of another network: {first}") from None
    return state


def _freeze(state: State, network: nn.Module, average: dict[str, Tensor], optimizer: torch.optim.Optimizer) -> State:
    raw = {name: weight.detach().cpu().clone() for name, weight in network.state_dict().items()}
    mean = {name: weight.detach().cpu().clone() for name, weight in average.items()}
    return replace(state, raw=raw, average=mean, optimizer=optimizer.state_dict())


def _step(fabric: Any, model: Any, optimizer: Any, images: Tensor, step: int, plan: Plan) -> float:
    """Take one step of the optimizer and return the loss."""
    for group in optimizer.param_groups:
        group["lr"] = plan.learning_rate * min(1.0, (step + 1) / max(1, plan.warm_up))
    device = next(model.parameters()).device
    x, t, wanted, masks = (part.to(device) for part in draw(images, step, plan, fabric))
    with torch.inference_mode(False), torch.enable_grad():
        with torch.autocast(device.type, torch.bfloat16, enabled=plan.precision == "bf16" and fabric is None):
            told = model(x, t)
        told = getattr(told, "sample", told)
        error = ((told.float() - wanted) ** 2 * masks).sum()
        loss = error / (masks.sum() * images.shape[1]).clamp_min(1)
        optimizer.zero_grad(set_to_none=True)
        loss.backward() if fabric is None else fabric.backward(loss)
    if fabric is None:
        nn.utils.clip_grad_norm_(model.parameters(), plan.clip)
    else:
        fabric.clip_gradients(model, optimizer, max_norm=plan.clip)
        loss = fabric.all_reduce(loss.detach(), reduce_op="mean")
    optimizer.step()
    return float(loss.detach())


def draw(images: Tensor, step: int, plan: Plan, fabric: Any = None) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """Return states, times, what the network should tell, and regions, all drawn for one step.

    Parameters
    ----------
    images : Tensor, shape (b, C, H, W)
        In [0, 1].
    step : int
    plan : Plan
    fabric : Fabric, optional
        Of several devices, each takes its share of the batch.
    """
    generator = torch.Generator().manual_seed((plan.seed * 1_000_003 + step + 1) % 2**63)
    count, _, height, width = images.shape
    places = torch.randint(len(plan.schedule), (count,), generator=generator)
    masks = torch.as_tensor(plan.holes(count, height, width, generator))
    if masks.dtype != torch.bool or masks.shape != (count, 1, height, width):
        raise BadInputError(
            f"holes returned {masks.dtype} {tuple(masks.shape)}: expected bool ({count}, 1, {height}, {width})"
        )
    image = (images * 2 - 1).float()
    end = torch.where(masks, torch.randn(image.shape, generator=generator), image)
    towards, away, spread, deviation = (
        torch.as_tensor(array)[places].float().reshape(-1, 1, 1, 1)
        for array in (plan.schedule.mu_x0, plan.schedule.mu_x1, plan.schedule.std_sb, plan.schedule.std_fwd)
    )
    x = torch.where(masks, towards * image + away * end, image)
    if not plan.deterministic:
        x = x + spread * torch.randn(image.shape, generator=generator)
    wanted = target_of(plan.predicts, image, x, end, deviation)
    t = torch.as_tensor(plan.schedule.times)[places].float()
    parts = (x, t, wanted, masks)
    if fabric is None:
        return parts
    mine = slice(fabric.global_rank, None, fabric.world_size)
    return x[mine], t[mine], wanted[mine], masks[mine]


def _follow(average: dict[str, Tensor], network: nn.Module, decay: float, step: int) -> None:
    """Move the averaged weights towards the network's."""
    keep = min(decay, (1 + step) / (10 + step))
    with torch.no_grad():
        for name, weight in network.state_dict().items():
            if weight.is_floating_point():
                average[name].lerp_(weight, 1 - keep)
            else:
                average[name].copy_(weight)


def _halted(fabric: Any, deadline: Deadline) -> bool:
    """Tell whether to stop; several devices decide together, so that none waits for another."""
    if fabric is None or fabric.world_size == 1:
        return deadline.expired()
    mine = torch.tensor(float(deadline.expired()), device=fabric.device)
    halted = bool(fabric.all_reduce(mine, reduce_op="sum") > 0)
    if halted:
        deadline.halt(Stop.TIME_LIMIT)
    return halted
