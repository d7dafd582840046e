"""The server of the desk: on this machine alone, until Ctrl-C."""

from __future__ import annotations

import asyncio
import logging
import secrets
import socket
import threading
import webbrowser
from typing import TYPE_CHECKING, Any

import uvicorn

from ...engine.errors import BadInputError, shown
from ...engine.given import is_whole
from .questions import Questions
from .server import application
from .work import Work

if TYPE_CHECKING:
    from types import FrameType

    from ..facade import AnyExplainer

_ADDRESS = "127.0.0.1"


class _Server(uvicorn.Server):
    """A server that ends at once when it is told to, whatever runs."""

    def __init__(self, config: uvicorn.Config, work: Work) -> None:
        super().__init__(config)
        self._work = work

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        self.should_exit = self.force_exit = True
        self._captured_signals.clear()  # it ends by itself: the signal is not sent again
        self._work.close()


class Desk:
    """A desk that is served.

    Attributes
    ----------
    url : str
        Its address, with the token of this run.
    """

    def __init__(self, explainer: AnyExplainer, rows: Any, *, port: int = 0, opening: str = "") -> None:
        if not is_whole(port) or not 0 <= port < 65536:
            raise BadInputError(f"port={shown(port)}: expected a whole number below 65536, or 0 for any free one")
        questions = Questions(explainer, rows)
        self._socket = _bound(int(port))
        number = self._socket.getsockname()[1]
        token = secrets.token_urlsafe(32)
        hosts = frozenset({f"{_ADDRESS}:{number}", f"localhost:{number}"})
        self.url = f"http://{_ADDRESS}:{number}/?token={token}"
        self._work = Work()
        app: Any = application(
            questions, self._work, hosts=hosts, token=token, cookie=f"suffice-desk-{number}", opening=opening
        )
        config = uvicorn.Config(
            app, http="h11", ws="none", lifespan="off", log_level="warning", access_log=False, server_header=False,
            limit_concurrency=128, timeout_keep_alive=5, timeout_graceful_shutdown=1, proxy_headers=False,
        )  # fmt: skip
        self._server = _Server(config, self._work)
        self._thread: threading.Thread | None = None

    def serve(self) -> None:
        """Answer until Ctrl-C, or until ``close`` is called."""
        try:
            asyncio.run(self._server.serve(sockets=[self._socket]))
        except KeyboardInterrupt:
            pass
        finally:
            self._end()

    def begin(self) -> None:
        """Answer in a thread of its own."""
        self._thread = threading.Thread(target=self.serve, daemon=True, name="desk-server")
        self._thread.start()

    def close(self) -> None:
        """End it: all questions are stopped."""
        self._work.close()
        self._server.should_exit = self._server.force_exit = True
        if self._thread is not None:
            self._thread.join(5.0)
        self._end()

    def _end(self) -> None:
        self._work.close()
        self._socket.close()

    def __repr__(self) -> str:
        return f"Desk({self.url!r})"


def run_desk(
    explainer: AnyExplainer, rows: Any, *, port: int = 0, open_browser: bool = True, opening: str = "",
    block: bool = True,
) -> Desk:  # fmt: skip
    """Serve the what-if page of a model and its rows, on this machine alone.

    Parameters
    ----------
    explainer : explainer
        Of the model; it is left as it is.
    rows : DataFrame or ndarray
        The rows that can be picked.
    port : int
        Where; 0 for any free port.
    open_browser : bool
        Whether to open the page.
    opening : str
        Lines of Python that make ``explainer`` and ``rows``, for what the page copies.
    block : bool
        Whether to serve until Ctrl-C; else in a thread, until ``close``.

    Returns
    -------
    Desk
        With the address, ``url``.

    Raises
    ------
    BadInputError
        If the port is taken, or rows and model are nothing for the desk.
    """
    logging.getLogger("uvicorn.error").addFilter(_quiet)
    desk = Desk(explainer, rows, port=port, opening=opening)
    print(f"The desk is open at {desk.url}", flush=True)
    if open_browser:
        threading.Thread(target=webbrowser.open, args=(desk.url,), daemon=True).start()
    if not block:
        desk.begin()
        return desk
    print("Ctrl-C closes it.", flush=True)
    desk.serve()
    return desk


def _quiet(record: logging.LogRecord) -> bool:
    """Let no traceback through, for words of a request may stand in it; nor that a request was ended with the desk."""
    ended = record.exc_info is not None and isinstance(record.exc_info[1], asyncio.CancelledError)
    record.exc_info = None
    return not ended


def _bound(port: int) -> socket.socket:
    one = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        one.bind((_ADDRESS, port))
    except OSError as error:
        one.close()
        raise BadInputError(
            f"port={port} of {_ADDRESS} cannot be used ({error.strerror}): choose another one, or 0 for any free one"
        ) from None
    one.listen(128)
    return one
