"""Several devices: one process each, batches handed out one by one, a dead process replaced."""

from __future__ import annotations

import contextlib
import pickle
import signal
import tempfile
import traceback
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from multiprocessing import connection, get_context
from pathlib import Path
from typing import Any

import torch
from torch import nn

from ....engine.budget import Deadline
from ....engine.errors import BackendError, BadInputError, MissingBackendError, shown
from ....engine.status import Stop
from ..explainer import RCSB
from .job import Explainer, Job
from .work import StoppedError, left, work

_TRIES = 2  # a batch that kills its process twice is given up
_PATIENCE = 5.0  # seconds in which a process may end by itself
Done = Callable[[int, float], None]


@dataclass(eq=False)
class _Worker:
    process: Any
    pipe: Any
    index: int
    batch: int | None = None


def device_of(accelerator: str, index: int | None = None) -> torch.device:
    """Return a device of an accelerator, chosen by Lightning Fabric.

    Parameters
    ----------
    accelerator : str
        ``"auto"``, ``"cpu"``, ``"cuda"``, ``"mps"``, …
    index : int, optional
        Which one; default the first free one.

    Raises
    ------
    MissingBackendError
        If lightning-fabric is not installed.
    BadInputError
        If there is no such accelerator, or not as many devices.
    """
    if accelerator == "cpu":
        return torch.device("cpu")
    try:
        from lightning_fabric import Fabric
    except ImportError:
        raise MissingBackendError('devices are chosen by lightning-fabric: pip install "suffice[rcsb]"') from None
    counted = accelerator != "auto" or torch.cuda.is_available()  # a machine without devices has one CPU
    try:
        fabric = Fabric(accelerator=accelerator, devices=[index] if counted and index is not None else 1)
    except Exception as error:  # Fabric raises its own classes, RuntimeError and ValueError
        raise BadInputError(f"accelerator={shown(accelerator)}, device {index or 0}: {error}") from None
    found: torch.device = fabric.device
    return found


@contextlib.contextmanager
def moved(explainer: RCSB, device: torch.device | None) -> Iterator[None]:
    """Move an explainer's networks to a device, and back at the end."""
    networks = [part for part in (explainer.denoiser, explainer.classifier) if isinstance(part, nn.Module)]
    homes = [next((tensor.device for tensor in (*part.parameters(), *part.buffers())), None) for part in networks]
    try:
        if device is not None:
            for part in networks:
                part.to(device)
        yield
    finally:
        for part, home in zip(networks, homes, strict=True):
            if device is not None and home is not None:
                part.to(home)


def made(explainer: Explainer) -> RCSB:
    """Return the explainer, calling the function that makes it; raise `BadInputError` if it is none."""
    found = explainer if isinstance(explainer, RCSB) or not callable(explainer) else explainer()
    if not isinstance(found, RCSB):
        raise BadInputError(
            f"explainer={shown(found)}: expected an RCSB, or a function without arguments that makes one"
        )
    return found


def run_workers(
    job: Job, explainer: Explainer, todo: list[int], devices: int, accelerator: str, deadline: Deadline, done: Done
) -> list[str]:
    """Do batches on several devices; return what went wrong with processes, in words.

    Raises
    ------
    BadInputError
        If the explainer cannot be sent to another process, or a batch raised it there.
    BackendError
        If a batch raised anything else.
    """
    try:
        payload = pickle.dumps((job, explainer))
    except Exception as error:  # whatever the objects of the user raise
        raise BadInputError(
            f"the explainer cannot be sent to other processes ({error}): pass a function at the top level of a module "
            "that makes it"
        ) from None
    with tempfile.TemporaryDirectory(prefix="suffice-") as place:
        path = Path(place) / "job"
        path.write_bytes(payload)
        crew = _Crew(path, accelerator, list(todo), deadline, done)
        try:
            return crew.run(min(devices, len(todo)))
        except KeyboardInterrupt:
            deadline.halt(Stop.INTERRUPT)
            return crew.problems
        finally:
            crew.end()


class _Crew:
    """The processes of a run, and the batches that wait for them."""

    def __init__(self, path: Path, accelerator: str, todo: list[int], deadline: Deadline, done: Done) -> None:
        self.path, self.accelerator, self.todo, self.deadline, self.done = path, accelerator, todo, deadline, done
        self.workers: list[_Worker] = []
        self.deaths: dict[int, int] = {}
        self.problems: list[str] = []

    def run(self, devices: int) -> list[str]:
        """Hand out batches until there are none, or time is up."""
        for index in range(devices):
            self._start(index)
        while self.workers and not self.deadline.expired():
            pipes = {worker.pipe: worker for worker in self.workers}
            for pipe in connection.wait(list(pipes), timeout=min(0.5, self.deadline.remaining)):
                self._hear(pipes[pipe])
        return self.problems

    def _start(self, index: int) -> None:
        context = get_context("spawn")
        here, there = context.Pipe()
        told = (there, str(self.path), index, self.accelerator, torch.get_num_threads())
        process = context.Process(target=_serve, args=told, daemon=True)
        process.start()
        there.close()  # so that the end of the process is heard
        worker = _Worker(process, here, index)
        self.workers.append(worker)
        self._assign(worker)

    def _assign(self, worker: _Worker) -> None:
        worker.batch = self.todo.pop(0) if self.todo else None
        with contextlib.suppress(OSError):  # its end is heard next
            worker.pipe.send((worker.batch, left(self.deadline)))
        if worker.batch is None:
            self.workers.remove(worker)
            worker.process.join(_PATIENCE)
            _end(worker)

    def _hear(self, worker: _Worker) -> None:
        try:
            kind, batch, told = worker.pipe.recv()
        except (EOFError, OSError):
            self._bury(worker)
            return
        if kind == "done":
            self.done(batch, told)
            self._assign(worker)
        elif kind == "stopped":
            self.deadline.expired()
            self._assign(worker)
        elif kind == "refused":
            raise BadInputError(told)
        else:
            raise BackendError(f"batch {batch} failed:\n{told}")

    def _bury(self, worker: _Worker) -> None:
        """Replace a dead process; its batch is tried once more."""
        self.workers.remove(worker)
        worker.process.join(_PATIENCE)
        code, batch = worker.process.exitcode, worker.batch
        _end(worker)
        if batch is None:
            return
        self.deaths[batch] = self.deaths.get(batch, 0) + 1
        if self.deaths[batch] < _TRIES:
            self.todo.insert(0, batch)
        else:
            self.problems.append(f"batch {batch}: its process died {self.deaths[batch]} times (exit code {code})")
        if self.todo:
            self._start(worker.index)

    def end(self) -> None:
        """End all processes; what they had not finished does not count."""
        for worker in self.workers:
            worker.process.terminate()
        for worker in self.workers:
            worker.process.join(_PATIENCE)
            _end(worker)
        self.workers = []


def _end(worker: _Worker) -> None:
    if worker.process.is_alive():
        worker.process.kill()
        worker.process.join()
    worker.pipe.close()


def _serve(pipe: Any, path: str, index: int, accelerator: str, threads: int) -> None:
    """Do batches as they are told, in a process of its own."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the whole group; the first process decides
    batch = None
    try:
        torch.set_num_threads(threads)  # as there, so that sums have the same bits
        device = device_of(accelerator, index)
        job, explainer = pickle.loads(Path(path).read_bytes())
        explainer = made(explainer)
        with moved(explainer, device):
            while True:
                batch, limit = pipe.recv()
                if batch is None:
                    return
                try:
                    pipe.send(("done", batch, work(job, explainer, batch, limit)))
                except StoppedError:
                    pipe.send(("stopped", batch, None))
    except EOFError:
        return  # the first process is gone
    except BadInputError as error:
        pipe.send(("refused", batch, str(error)))
    except Exception:
        pipe.send(("failed", batch, traceback.format_exc()))
