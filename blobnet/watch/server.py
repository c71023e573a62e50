"""The page over HTTP: its files, the net, views, and what is to be done.

A page asks for a view and gets it when there is something new; then it draws, and asks again. So
every browser gets as much as it can draw, and none is sent what it does not look at.
"""

from __future__ import annotations

import asyncio
import json
import secrets
from collections.abc import Awaitable, Callable
from typing import Any, NamedTuple

from blobnet.errors import BlobnetError
from blobnet.extras import import_extra
from blobnet.watch.page_files import TYPES, page_files
from blobnet.watch.player import Player
from blobnet.watch.wishes import action, view_wishes

PURPOSE = "watching a training in a browser"
_HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'self'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data:; frame-ancestors 'none'; form-action 'self'; base-uri 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
_LONGEST_BODY = 2**22  # an image of one's own is the longest
_LONGEST_WAIT = 20.0  # seconds until a page that sees nothing new asks again

Endpoint = Callable[[Any], Awaitable[Any]]


def make_app(player: Player, hosts: list[str], token: str = "") -> Any:
    """The ASGI application.

    hosts  how the server may be called: other names are those of pages that mean to misuse it
    token  who does not know it gets nothing
    """
    applications = import_extra("starlette.applications", "watch", PURPOSE)
    route = import_extra("starlette.routing", "watch", PURPOSE).Route
    responses = import_extra("starlette.responses", "watch", PURPOSE)
    ways = _Ways(player, _Guard(hosts, token), responses)
    return applications.Starlette(
        routes=[
            route("/", ways.guarded(ways.page)),
            route("/page/{name}", ways.guarded(ways.page)),
            route("/api/net", ways.guarded(ways.net)),
            route("/api/view", ways.guarded(ways.view)),
            route("/api/do", ways.guarded(ways.do), methods=["POST"]),
        ]
    )


class _Ways:
    """What is answered on each path."""

    def __init__(self, player: Player, guard: _Guard, responses: Any) -> None:
        self._player, self._guard, self._responses = player, guard, responses
        self._files = page_files()

    def guarded(self, endpoint: Endpoint) -> Endpoint:
        """An endpoint for those who may; its errors are told."""

        async def checked(request: Any) -> Any:
            refusal = self._guard.refusal(request)
            if refusal:
                return self._failed(refusal, 403)
            if self._guard.is_first_visit(request):
                return self._with_cookie(request)
            try:
                return await endpoint(request)
            except BlobnetError as error:
                return self._failed(str(error))

        return checked

    async def page(self, request: Any) -> Any:
        name = request.path_params.get("name", "index.html")
        if name not in self._files:
            return self._failed("no such file", 404)
        return self._answer(self._files[name], kind=TYPES[name.rpartition(".")[2]])

    async def net(self, request: Any) -> Any:
        return self._answer(json.dumps(self._player.session.graph))

    async def view(self, request: Any) -> Any:
        since, wishes = view_wishes(request.query_params)
        waiting = asyncio.wrap_future(self._player.view(since, **wishes))
        try:
            return self._answer(await asyncio.wait_for(waiting, _LONGEST_WAIT))
        except asyncio.TimeoutError:
            return self._answer("", 204)

    async def do(self, request: Any) -> Any:
        done = self._player.ask(action(self._player, await _body(request)))
        return self._answer(json.dumps({"done": await asyncio.wrap_future(done)}))

    def _answer(self, text: str | bytes, status: int = 200, kind: str = "application/json") -> Any:
        return self._responses.Response(text, status, dict(_HEADERS), media_type=kind)

    def _failed(self, what: str, status: int = 400) -> Any:
        return self._answer(json.dumps({"error": what}), status)

    def _with_cookie(self, request: Any) -> Any:
        """The same page without the token in its address, where others may read it."""
        reply = self._responses.RedirectResponse(request.url.path, 303, dict(_HEADERS))
        token = self._guard.token
        reply.set_cookie(_cookie(request), token, httponly=True, samesite="strict")
        return reply


class _Guard(NamedTuple):
    """Who may ask: see `make_app`."""

    hosts: list[str]
    token: str

    def is_first_visit(self, request: Any) -> bool:
        """Whether the token is in the address yet."""
        return bool(self.token and request.query_params.get("token"))

    def refusal(self, request: Any) -> str:
        """Why somebody gets nothing; empty for those who may."""
        host = request.headers.get("host", "")
        name = host.rpartition(":")[0] if host.rpartition(":")[2].isdigit() else host
        if self.hosts and name not in self.hosts:
            return f"this server is not called {name[:60]}"
        if self.token:
            given = request.query_params.get("token") or request.cookies.get(_cookie(request), "")
            if not secrets.compare_digest(given.encode(), self.token.encode()):
                return "the address lacks the token that the program has printed"
        origin = request.headers.get("origin")
        if origin and origin.partition("://")[2] != host:
            return "another page may not ask for that"
        return ""


def _cookie(request: Any) -> str:
    """Its name; cookies know hosts, but no ports."""
    return f"blobnet_{request.url.port or 80}"


async def _body(request: Any) -> Any:
    """The JSON of a POST. Only pages of this server can send such a type of content."""
    if request.headers.get("content-type", "").partition(";")[0] != "application/json":
        raise BlobnetError("an action is sent as application/json")
    data = b""
    async for part in request.stream():
        data += part
        if len(data) > _LONGEST_BODY:
            raise BlobnetError("an action is no longer than 4 MiB")
    try:
        return json.loads(data)
    except (ValueError, RecursionError) as error:
        raise BlobnetError(f"an action is JSON: {error}") from error
