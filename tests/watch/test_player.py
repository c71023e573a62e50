"""A training that is played, paused, slowed: its watchers see it, and change no bit of it."""

from __future__ import annotations

import json
import threading

import pytest

from blobnet import BlobnetError
from blobnet.solver import SolverAction
from blobnet.watch.player import Player
from blobnet.watch.session import Session
from tests.watch.conftest import PATIENCE
from tests.watch.trainings import by_hand, convolving, weights


def ask(player, function, *arguments):
    return player.ask(lambda: function(*arguments)).result(PATIENCE)


def view(player, since=0, **wishes):
    return json.loads(player.view(since, **wishes).result(PATIENCE))


def watched_until(player, is_over, **wishes):
    """The views of a page that always asks again, up to one that is over."""
    seen = [view(player, **wishes)]
    while not is_over(seen[-1]):
        seen.append(view(player, seen[-1]["player"]["version"], **wishes))
    return seen


def is_done(told):
    return bool(told["player"]["message"])


def test_it_stands_still_until_somebody_wants_a_step(started):
    player = started()
    assert view(player)["training"]["iteration"] == 0
    ask(player, player.step)
    told = watched_until(player, lambda told: not told["player"]["playing"])[-1]
    assert told["training"]["iteration"] == 1
    assert told["frame"] == {"iteration": 0, "is_update": True, "loss": told["frame"]["loss"],
                             "rate": 0.5}  # fmt: skip


def test_played_to_the_end_it_gives_the_weights_of_a_training_nobody_watched(started):
    session = convolving()
    conv = session.position("conv")
    player = started(session)
    ask(player, player.play)
    seen = watched_until(player, is_done, layer=conv, weight=(0, 3), scores=True, filters=True)
    assert seen[-1]["training"]["iteration"] == 50
    assert seen[-1]["player"]["playing"] is False
    assert "max_iter is reached" in seen[-1]["player"]["message"]
    assert all(told["layer"]["noted"] for told in seen)
    assert seen[-1]["frame"]["iteration"] == 49
    other = convolving().solver
    other.step(50)
    assert weights(session) == [blob.data.tobytes() for blob in other.net.learnable_params]


def test_what_was_over_goes_on_after_going_back(started):
    session = convolving()
    player = started(session)
    ask(player, player.step, 50)
    watched_until(player, is_done)
    last = weights(session)
    assert ask(player, session.back, 20) == 20
    ask(player, player.play)
    watched_until(player, is_done)
    assert weights(session) == last


def test_a_pause_shows_all_of_the_last_iteration(started):
    session = by_hand()
    player = started(session)
    ask(player, player.play)
    view(player, layer=session.position("output"))
    ask(player, player.pause)
    told = watched_until(player, lambda told: not told["player"]["playing"], layer=2)[-1]
    assert told["frame"]["iteration"] + 1 == told["training"]["iteration"]
    for layer in range(len(session.solver.net.layers)):
        assert view(player, layer=layer)["layer"]["noted"]


def test_slowed_down_every_iteration_is_noted_and_kept(started):
    session = by_hand()
    player = started(session)
    ask(player, player.slow, 0.1)
    ask(player, player.play)
    seen = watched_until(player, lambda told: told["training"]["iteration"] >= 3)
    ask(player, player.pause)
    shown = [told["frame"]["iteration"] for told in seen if told["frame"]["is_update"]]
    assert sorted(set(shown)) == list(range(shown[-1] + 1))
    assert session.kept.iterations[:3] == [0, 1, 2]


def test_several_watchers_see_what_each_wants(started):
    session = convolving()
    player = started(session)
    ask(player, player.play)
    wishes = [{"layer": session.position(name)} for name in ("conv", "ip")] * 2
    version = view(player)["player"]["version"]
    waiting = [player.view(version, **wish) for wish in wishes]
    told = [json.loads(answer.result(PATIENCE)) for answer in waiting]
    assert [one["layer"]["id"] for one in told] == [wish["layer"] for wish in wishes]
    assert all(one["layer"]["noted"] for one in told)


def test_a_training_that_diverges_says_so_and_can_be_gone_back_in(started):
    session = convolving()
    player = started(session)
    ask(player, session.set_rate, 1e30)
    ask(player, player.play)
    told = watched_until(player, is_done)[-1]
    assert "loss is" in told["player"]["message"]
    assert ask(player, session.back, 0) == 0
    ask(player, session.set_rate, 0.125)
    ask(player, player.step)
    assert watched_until(player, lambda told: told["training"]["iteration"] == 1)


def test_a_wish_that_fails_is_told_to_who_had_it(started):
    player = started()
    with pytest.raises(BlobnetError, match="no number 99"):
        player.view(0, layer=99).result(PATIENCE)
    with pytest.raises(BlobnetError, match="no rate"):
        ask(player, player.session.set_rate, -1.0)
    assert view(player)["training"]["iteration"] == 0


def test_nobody_waits_for_what_has_ended(started):
    player = started()
    version = view(player)["player"]["version"]
    waiting = player.view(version)
    player.close()
    for answer in (waiting, player.view(0), player.ask(player.step)):
        with pytest.raises(BlobnetError, match="has ended"):
            answer.result(PATIENCE)


def test_beside_a_training_of_its_own_it_is_watched_paused_and_stopped():
    session = convolving()
    solver = session.solver
    player = Player(session, playing=True)
    asked = []
    solver.set_action_function(lambda: asked.pop() if asked else SolverAction.NONE)
    thread = threading.Thread(target=solver.solve, daemon=True)
    first = player.view(0, layer=session.position("ip"))
    pause = player.ask(player.pause)
    thread.start()
    pause.result(PATIENCE)
    assert json.loads(first.result(PATIENCE))["layer"]["noted"]
    asked.append(SolverAction.STOP)  # as a signal does, while it stands still
    thread.join(PATIENCE)
    assert not thread.is_alive()
    assert solver.iter < 50


def test_a_training_watched_beside_its_own_loop_gives_the_same_weights():
    session = convolving()
    player = Player(session, playing=True)
    thread = threading.Thread(target=session.solver.solve, daemon=True)
    ends = player.view(0, layer=session.position("conv"), weight=(0, 0))
    thread.start()
    ends.result(PATIENCE)
    thread.join(PATIENCE)
    other = Session(convolving().solver).solver
    other.solve()
    assert weights(session) == [blob.data.tobytes() for blob in other.net.learnable_params]
