"""Who may talk to the desk: this machine's own browser, by the desk's own address, with its token."""

from __future__ import annotations

import hmac
import logging
from collections.abc import Awaitable, Callable, Mapping
from http.cookies import CookieError, SimpleCookie
from typing import Any
from urllib.parse import parse_qs

Message = dict[str, Any]
App = Callable[[Any, Callable[[], Awaitable[Message]], Callable[[Message], Awaitable[None]]], Awaitable[None]]

_NO_TOKEN = "open the address that the desk printed when it started: it holds the token"
_LOG = logging.getLogger(__name__)
_CONTENT = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
HEADERS = (
    ("content-security-policy", _CONTENT), ("x-content-type-options", "nosniff"), ("referrer-policy", "no-referrer"),
    ("cache-control", "no-store"), ("x-frame-options", "DENY"), ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-resource-policy", "same-origin"),
)  # fmt: skip


class Guards:
    """Lets requests through to an application that come from the desk's own page.

    Parameters
    ----------
    app : ASGI application
        What answers.
    hosts : collection of str
        The values of Host that are the desk's own; anything else is another name for this machine.
    token : str
        The secret of this run.
    cookie : str
        The name of the cookie that holds it.
    """

    def __init__(self, app: App, hosts: frozenset[str], token: str, cookie: str) -> None:
        self._app, self._hosts, self._token, self._cookie = app, hosts, token, cookie

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Answer one request."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        if scope["type"] != "http":
            return  # no socket is taken
        begun = False

        async def sent(message: Message) -> None:
            nonlocal begun
            if message["type"] == "http.response.start":
                begun = True
                own = [(name.encode(), value.encode()) for name, value in HEADERS]
                named = {name for name, _ in own}
                message = {**message, "headers": [h for h in message.get("headers", []) if h[0] not in named] + own}
            await send(message)

        refused = self._refused(scope)
        if refused is not None:
            await _words(sent, *refused)
            return
        if scope["path"] == "/" and b"token=" in scope.get("query_string", b""):
            await self._welcome(sent)
            return
        try:
            await self._app(scope, receive, sent)
        except Exception as error:  # never a traceback, and no values of rows in a log
            _LOG.warning("a request failed: %s", type(error).__name__)
            if not begun:
                await _words(sent, 500, "this request failed")

    def _refused(self, scope: Any) -> tuple[int, str] | None:
        """Return why a request is not answered."""
        headers: dict[str, list[str]] = {}
        for name, value in scope["headers"]:
            headers.setdefault(name.decode("latin-1").lower(), []).append(value.decode("latin-1"))
        origins, site = headers.get("origin", []), headers.get("sec-fetch-site", ["none"])[0]
        path, method = scope["path"], scope["method"]
        foreign = any(origin not in {f"http://{host}" for host in self._hosts} for origin in origins)
        foreign |= site not in ("none", "same-origin") and not (path == "/" and method == "GET")
        foreign |= method == "POST" and not origins and "x-desk" not in headers
        checks = (
            (
                headers.get("host", []) not in [[host] for host in self._hosts],
                421,
                "this address is not the desk's own",
            ),
            (method not in ("GET", "POST", "HEAD"), 405, "the desk takes GET and POST"),
            (foreign, 403, "other pages may not ask the desk"),
            (not self._known(scope, headers), 403, _NO_TOKEN),
        )
        return next(((status, says) for wrong, status, says in checks if wrong), None)

    def _known(self, scope: Any, headers: Mapping[str, list[str]]) -> bool:
        """Tell whether a request brings the token: in the address of the page, a header or the cookie."""
        given = list(headers.get("x-desk-token", []))
        if scope["path"] == "/":
            given += parse_qs(scope.get("query_string", b"").decode("latin-1")).get("token", [])
        for one in headers.get("cookie", []):
            try:
                morsel = SimpleCookie(one).get(self._cookie)
            except CookieError:
                continue
            if morsel is not None:
                given.append(morsel.value)
        own = self._token.encode()  # each is compared to the end: how long it takes tells nothing
        return bool(sum(hmac.compare_digest(one.encode("utf-8", "replace"), own) for one in given))

    async def _welcome(self, send: Any) -> None:
        """Keep the token in a cookie, and lead to the address without it."""
        cookie = f"{self._cookie}={self._token}; HttpOnly; SameSite=Strict; Path=/"
        headers = [(b"location", b"/"), (b"set-cookie", cookie.encode()), (b"content-length", b"0")]
        await send({"type": "http.response.start", "status": 303, "headers": headers})
        await send({"type": "http.response.body", "body": b""})


async def _words(send: Any, status: int, says: str) -> None:
    body = says.encode()
    headers = [
        (b"content-type", b"text/plain; charset=utf-8"), (b"content-length", str(len(body)).encode()),
        (b"connection", b"close"),
    ]  # fmt: skip
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
