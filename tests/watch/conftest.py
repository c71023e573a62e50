"""A training that runs in its thread, and a browser's way to it."""

from __future__ import annotations

import http.client
import json
import threading
from collections.abc import Iterator

import pytest

from blobnet.watch.player import Player
from blobnet.watch.session import Session
from tests.watch.trainings import by_hand

PATIENCE = 60  # seconds after which a test gives up


@pytest.fixture
def started() -> Iterator:
    """A function that lets a session's training run in a thread, and gives its player."""
    running = []

    def start(session: Session | None = None) -> Player:
        session = session or by_hand()
        session.look()
        player = Player(session)
        thread = threading.Thread(target=player.run, daemon=True)
        thread.start()
        running.append((player, thread))
        return player

    yield start
    for player, thread in running:
        player.close()
        thread.join(PATIENCE)
        assert not thread.is_alive()


class Browser:
    """Asks one server."""

    def __init__(self, address: str, **headers: str) -> None:
        self._host = address.removeprefix("http://").partition("/")[0]
        self.headers = headers

    def ask(self, path: str, body: object = None, **headers: str):
        """The status, the headers, and the text of an answer."""
        connection = http.client.HTTPConnection(self._host, timeout=PATIENCE)
        sent = {"Content-Type": "application/json"} | self.headers | headers
        data = body if isinstance(body, (str, type(None))) else json.dumps(body)
        try:
            connection.request("POST" if data is not None else "GET", path, data, sent)
            reply = connection.getresponse()
            return reply.status, dict(reply.getheaders()), reply.read().decode()
        finally:
            connection.close()

    def view(self, **query: object) -> dict:
        words = "&".join(f"{name}={value}" for name, value in query.items())
        status, _, text = self.ask(f"/api/view?{words}")
        assert status == 200, text
        return json.loads(text)

    def do(self, name: str, **settings: object) -> tuple[int, dict]:
        status, _, text = self.ask("/api/do", {"do": name, **settings})
        return status, json.loads(text)
