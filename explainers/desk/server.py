"""The desk as a web application: its page, and JSON about questions."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route

from ...engine.budget import Deadline
from ...engine.errors import BadInputError, SufficeError
from .as_python import python_of
from .asked import LONGEST, Asked, asked_of, client_of, read_json
from .comparing import compared
from .guards import Guards
from .questions import Questions
from .work import BusyError, Job, Work

_MOST, _PATIENCE = 65_536, 10.0  # bytes of a question, and seconds for them to come
_HERE = Path(__file__).parent / "static"
_STYLE = Path(__file__).parent.parent / "pages" / "templates" / "base.css"
_TYPES = {".js": "text/javascript", ".css": "text/css", ".html": "text/html", ".svg": "image/svg+xml"}
_STATIC = ("desk.css", "desk.js", "api.js", "values.js", "answer.js")

Step = dict[str, Any]


class RefusedError(Exception):
    """A request that is answered with a status and words."""

    def __init__(self, status: int, says: str) -> None:
        super().__init__(says)
        self.status = status


def application(
    desk: Questions, work: Work, *, hosts: frozenset[str], token: str, cookie: str, opening: str = ""
) -> Guards:
    """Return the desk as an ASGI application.

    Parameters
    ----------
    desk, work
        What answers, and where.
    hosts : frozenset of str
        The desk's own addresses, such as "127.0.0.1:8321".
    token, cookie : str
        The secret of this run, and the cookie that holds it.
    opening : str
        Lines of Python that make ``explainer`` and ``rows``.
    """
    served = _Served(desk, work, opening)
    static = {name: (_HERE / name).read_bytes() for name in _STATIC}
    static["base.css"] = _STYLE.read_bytes()
    page = (_HERE / "desk.html").read_bytes()

    async def index(request: Request) -> Response:
        return Response(page, media_type="text/html; charset=utf-8")

    async def asset(request: Request) -> Response:
        name = request.path_params["name"]
        if name not in static:
            return PlainTextResponse("there is no such file", 404)
        return Response(static[name], media_type=f"{_TYPES[Path(name).suffix]}; charset=utf-8")

    async def icon(request: Request) -> Response:
        return Response(status_code=204)

    posts = {
        "/api/rows": served.rows, "/api/ask": served.ask, "/api/stop": served.stop, "/api/compare": served.compare,
        "/api/python": served.python, "/api/report": served.report,
    }  # fmt: skip
    routes = [
        Route("/", index), Route("/static/{name}", asset), Route("/favicon.ico", icon),
        Route("/api/start", _told(served.start), methods=["GET"]),
        *(Route(path, _told(_posted(answer)), methods=["POST"]) for path, answer in posts.items()),
    ]  # fmt: skip
    app: Any = Starlette(routes=routes)
    return Guards(app, hosts, token, cookie)


class _Served:
    """What each address answers."""

    def __init__(self, desk: Questions, work: Work, opening: str) -> None:
        self._desk, self._work, self._opening = desk, work, opening

    async def start(self, request: Request) -> Response:
        return JSONResponse(self._desk.start())

    async def rows(self, request: Request, form: Step) -> Response:
        search, prediction, first = form.get("search", ""), form.get("prediction"), form.get("first", 0)
        well = isinstance(search, str) and len(search) <= 200 and (prediction is None or isinstance(prediction, str))
        if not well or type(first) is not int or not 0 <= first < 10**9:
            raise BadInputError("rows are listed by a search, a prediction and where to begin")
        return JSONResponse(await asyncio.to_thread(self._desk.listed, search, prediction, first))

    async def ask(self, request: Request, form: Step) -> Response:
        asked = asked_of(form)
        steps = self._steps(f"ask {asked.client}", asked.seconds, lambda limit: self._desk.answers(asked, limit))
        first = await anext(steps, None)
        _refuse(first)

        async def lines() -> AsyncIterator[bytes]:
            try:
                step = first
                while step is not None:
                    yield json.dumps(step).encode() + b"\n"
                    step = await anext(steps, None)
            finally:
                await steps.aclose()

        return StreamingResponse(lines(), media_type="application/x-ndjson")

    async def stop(self, request: Request, form: Step) -> Response:
        client = client_of(form)
        return JSONResponse({"stopped": bool(sum(self._work.stop(f"{what} {client}") for what in ("ask", "compare")))})

    async def compare(self, request: Request, form: Step) -> Response:
        first, second = form.get("first"), form.get("second")
        if not isinstance(first, dict) or not isinstance(second, dict):
            raise BadInputError("two rows are compared: a first and a second question")
        one, other = asked_of(first), asked_of(second)
        found = await self._only(
            f"compare {one.client}", one.seconds, lambda limit: compared(self._desk, one, other, limit)
        )
        return JSONResponse(found)

    async def python(self, request: Request, form: Step) -> Response:
        asked = asked_of(form)
        text = await self._only(
            f"python {asked.client}",
            asked.seconds,
            lambda limit: {"python": python_of(self._desk, asked, self._opening)},
        )
        return JSONResponse(text)

    async def report(self, request: Request, form: Step) -> Response:
        asked = asked_of(form)
        found = await self._only(f"report {asked.client}", asked.seconds, lambda limit: self._page(asked, limit))
        head = {"content-disposition": f'attachment; filename="row-{asked.row}.html"'}
        return Response(found["page"], media_type="text/html; charset=utf-8", headers=head)

    def _page(self, asked: Asked, limit: Deadline) -> Step:
        *_, (_, moved) = self._desk.steps(asked, limit)
        title = f"Row {asked.row}" + (", with moved values" if asked.values else "")
        return {"page": moved.to_html(data=self._desk.sample, title=title, time_limit=max(limit.remaining / 2, 0.05))}

    async def _only(self, whose: str, seconds: float, ask: Callable[[Deadline], Step]) -> Step:
        """Return the only step of a question."""

        def one(limit: Deadline) -> Iterator[Step]:
            yield ask(limit)

        steps = self._steps(whose, seconds, one)
        try:
            found: Step | None = await anext(steps, None)
        finally:
            await steps.aclose()
        _refuse(found)
        assert found is not None
        return found

    async def _steps(
        self, whose: str, seconds: float, ask: Callable[[Deadline], Iterator[Step]]
    ) -> Any:  # fmt: skip
        """Yield the steps of a question that runs in a worker; who goes away stops it."""
        loop, said = asyncio.get_running_loop(), asyncio.Queue[Step | None]()

        def say(step: Step | None) -> None:
            try:
                loop.call_soon_threadsafe(said.put_nowait, step)
            except RuntimeError:  # the server has ended
                job.halt(drop=True)

        job = Job(ask, min(seconds, LONGEST), say)
        self._work.begin(whose, job)
        try:
            while (step := await said.get()) is not None:
                yield step
        finally:
            job.halt(drop=True)


def _refuse(step: Step | None) -> None:
    """Raise what says that a question got no answer."""
    if step is None:
        raise RefusedError(409, "a newer question took the place of this one")
    if step.get("step") == "error":
        raise BadInputError(step["error"])
    if step.get("step") == "failed":
        raise RefusedError(500, step["error"])


def _told(answer: Callable[[Request], Awaitable[Response]]) -> Callable[[Request], Awaitable[Response]]:
    """Return an endpoint whose errors are words."""

    async def told(request: Request) -> Response:
        try:
            return await answer(request)
        except RefusedError as refused:
            return _error(refused.status, str(refused))
        except BusyError as busy:
            return _error(503, str(busy))
        except SufficeError as error:
            return _error(400, str(error))
        except ClientDisconnect:
            return Response(status_code=400)

    return told


def _posted(
    answer: Callable[[Request, Step], Awaitable[Response]],
) -> Callable[[Request], Awaitable[Response]]:
    """Return an endpoint that takes a small object of JSON."""

    async def posted(request: Request) -> Response:
        kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
        if kind != "application/json":
            raise RefusedError(415, "questions come as application/json")
        try:
            async with asyncio.timeout(_PATIENCE):
                body = await _body(request)
        except TimeoutError:
            raise RefusedError(408, "the question did not come in time") from None
        return await answer(request, read_json(body))

    return posted


async def _body(request: Request) -> bytes:
    told = request.headers.get("content-length", "0")
    if not told.isdigit() or int(told[:12]) > _MOST:
        raise RefusedError(413, f"a question has at most {_MOST} bytes")
    parts, size = [], 0
    async for part in request.stream():
        size += len(part)
        if size > _MOST:
            raise RefusedError(413, f"a question has at most {_MOST} bytes")
        parts.append(part)
    return b"".join(parts)


def _error(status: int, says: str) -> Response:
    headers: Mapping[str, str] = {"connection": "close"} if status in (408, 413) else {}
    return JSONResponse({"error": says}, status, headers=dict(headers))
