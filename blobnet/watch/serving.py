"""A server beside the training, in a thread of its own, for as long as a `with` block runs."""

from __future__ import annotations

import os
import secrets
import socket
import sys
import threading
import webbrowser
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from ipaddress import ip_address
from typing import Any

from blobnet.errors import BlobnetError, explain
from blobnet.extras import import_extra
from blobnet.watch.player import Player
from blobnet.watch.server import PURPOSE, make_app

HOST = "127.0.0.1"
PORT = 8097
_MORE_PORTS = 20
_LOOPBACK = ["127.0.0.1", "localhost", "[::1]"]


@contextmanager
def serving(
    player: Player, host: str = HOST, port: int | None = None, *, opens: bool = False
) -> Iterator[str]:
    """Serve the page of a player; gives its address.

    host   other than loopback: then the address has a token, without which nobody gets anything
    port   without one, PORT or the next that is free; 0 for any that is free
    opens  whether the browser of this machine is to show it

    Raises MissingExtraError without the extra `watch`, BlobnetError where the port is taken.
    """
    uvicorn = import_extra("uvicorn", "watch", PURPOSE)
    is_local = is_loopback(host)
    token = "" if is_local else secrets.token_urlsafe(24)
    app = make_app(player, _LOOPBACK if is_local else [], token)
    listening = _listen(host, port)
    settings = uvicorn.Config(
        app,
        log_config=None,
        log_level="critical",
        access_log=False,
        server_header=False,
        lifespan="off",
        loop="asyncio",
        http="h11",
        ws="none",
        timeout_graceful_shutdown=1,
    )
    server = uvicorn.Server(settings)
    thread = threading.Thread(target=server.run, args=([listening],), daemon=True, name="watch")
    thread.start()
    address = _address(listening, token)
    if opens:
        threading.Thread(target=_open, args=(address,), daemon=True).start()
    try:
        yield address
    finally:
        player.close()
        server.should_exit = True
        thread.join(5)
        listening.close()


def is_loopback(host: str) -> bool:
    """Whether only programs of this machine reach it."""
    if host == "localhost":
        return True
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def _listen(host: str, port: int | None) -> socket.socket:
    """A socket that takes connections from now on: nobody comes too early."""
    wanted = [port] if port is not None else [*range(PORT, PORT + _MORE_PORTS), 0]
    name = host.strip("[]")
    family = socket.AF_INET6 if ":" in name else socket.AF_INET
    failure: Exception | None = None
    for number in wanted:
        try:
            return socket.create_server((name, number), family=family, backlog=64)
        except (OSError, OverflowError) as error:
            failure = error
    where = f"{host}:{port}" if port is not None else host
    raise BlobnetError(
        explain(f"cannot listen on {where}", got=failure, fix="another --port, or 0 for any")
    )


def _address(listening: Any, token: str) -> str:
    host, port = listening.getsockname()[:2]
    shown = f"[{host}]" if ":" in host else host
    if ip_address(host).is_unspecified:
        shown = socket.gethostname()
    return f"http://{shown}:{port}/" + (f"?token={token}" if token else "")


def _open(address: str) -> None:
    """Show it; where there is no browser, the address has been printed."""
    displays = ("DISPLAY", "WAYLAND_DISPLAY")
    if sys.platform.startswith("linux") and not any(map(os.environ.get, displays)):
        return  # else a browser of the terminal would take it
    with suppress(webbrowser.Error, OSError):
        webbrowser.open(address)
