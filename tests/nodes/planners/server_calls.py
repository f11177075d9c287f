"""Calls of a language model's server as its tests make them."""

from __future__ import annotations

from typing import Any

from nodes.planners.exchange import Message, Prompt
from nodes.planners.llm.server import OpenAiServer
from scripted_server import ScriptedServer

KEY = "planted-key-0123456789"
SCHEMA = {"type": "json_schema", "json_schema": {"name": "plan", "schema": {"type": "object"}, "strict": False}}
TOOL = {"name": "add_track", "description": "Add one instrument.", "parameters": {"type": "object", "properties": {}}}


def prompt(**more: Any) -> Prompt:
    return Prompt(messages=(Message(role="system", content="You plan."), Message(role="user", content="hi")), **more)


def ask(server: ScriptedServer, asked: Prompt, timeout_seconds: float = 10, **settings: Any) -> Any:
    return OpenAiServer(server.settings(**settings)).complete(asked, timeout_seconds)
