"""The verbs ``play``, ``next``, ``back``, ``stop`` and ``status``: a command to the running model, and its state in a few lines."""

import json
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from maquette.config.words import visible, word
from maquette.console.wording import Wording
from maquette.errors import RemoteError
from maquette.ops.here import sockets_to_try
from maquette.remote.client import running_model

Json = dict[str, Any]


def run_command(command: Mapping[str, str] | None, state: Path, language: str, *, as_json: bool) -> int:
    """Give a command to the running model and print its state.

    Args:
        command: such as ``{"command": "play", "scenario": "air"}``; None asks for the state only.
        state: the state folder of the installation.
        language: of what is printed.
        as_json: print the answer, or the state, as JSON.

    Returns:
        0; 1 when the command was refused, or when there is no model that runs.
    """
    try:
        remote = running_model(sockets_to_try(state), language)
        answer = remote.state() if command is None else remote.command(command)
        if as_json:
            print(json.dumps(answer, ensure_ascii=False, indent=2))
            return int(answer.get("ok") is False)
        if answer.get("ok") is False:
            print(f"maquette: {refusal(answer)}", file=sys.stderr)
            return 1
        told = answer if command is None else remote.state()
    except RemoteError as error:
        print(f"maquette: {word(error.message, language)}", file=sys.stderr)
        return 1
    print("\n".join(map(visible, told_state(told, Wording(language)))))
    return 0


def refusal(answer: Json) -> str:
    """Return why a command was not carried out, and what was probably meant."""
    return visible(" ".join(text for text in (answer.get("text"), answer.get("hint")) if text))


def told_state(state: Json, wording: Wording) -> Iterator[str]:
    """Give the state of the show in a few lines (``state`` as `Remote.state` returns it)."""
    if state.get("ok") is False:
        yield refusal(state)
        return
    mode = wording.say("ended" if state["ended"] else f"state_{state['state']}")
    yield wording.say("status_playing", state=mode, title=state["title"]) if state["title"] else mode
    if state["step"]:
        step = wording.say("step_of", step=state["step"], steps=state["steps"])
        yield wording.say("status_step", step=step, title=state["step_title"]) if state["step_title"] else step
    if state["caption"]:
        yield state["caption"]
    more = [f"{wording.say('brightness')} {wording.quantity(state['brightness'], '%')}"]
    more += [wording.say(key) for flag, key in (("guided", "guide"), ("calm", "calm")) if state[flag]]
    yield " · ".join(more)
    if state["identifying"] is not None:
        seconds = wording.quantity(state["identifying"]["left_s"], "s")
        yield wording.say("status_identifying", target=state["identifying"]["target"], seconds=seconds)
    for alert in state["alerts"]:
        yield f"! {alert['text']}"
