"""A model without weights, made for a worker: what it does is said by the text that it is given."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from ensemble.capabilities import Sheet, Sound, Work
from state.errors import Refusal, SetupError, ToolError

RATE = 32000


class ScriptedModel:
    """A tone for each seed; 'crash', 'hang', 'print' ... in the text make trouble. `weights` is a folder of its own."""

    name = "scripted"

    def __init__(self, weights: str, *, device: str, precision: str) -> None:
        self.weights = weights
        self.device = f"{'cpu' if device == 'auto' else device} {precision}"
        self.memory_bytes = 0

    @property
    def sheet(self) -> Sheet:
        self.load()
        return Sheet(RATE, 1, 30.0, True, "CC0-1.0")

    def load(self) -> None:
        if self.weights == "absent":
            raise ToolError("scripted: there are no weights 'absent'; name a folder", field="ensemble")
        if self.weights == "unpackaged":
            raise SetupError("scripted: the package scripting is not installed", field="ensemble")
        if Path(self.weights).name == "endless":
            (Path(self.weights) / "loading").touch()
            time.sleep(3600)
        self.memory_bytes = 1000

    def unload(self) -> None:
        self.memory_bytes = 0

    def generate(self, text: str, seconds: float, seeds: Sequence[int], work: Work) -> list[Sound]:
        self.load()
        with (Path(self.weights) / "calls").open("a") as calls:
            calls.write(f"{os.getpid()}\n")
        made = len((Path(self.weights) / "calls").read_text().splitlines())
        if "crash always" in text or ("crash once" in text and made == 1):
            sys.stderr.write("about to fall\n")
            os.kill(os.getpid(), signal.SIGKILL)
        if "exit" in text:
            sys.stderr.write("the accelerator is gone\n")
            os._exit(7)
        if "hang" in text:
            time.sleep(3600)
        if "print" in text:
            sys.stdout.write("a library that prints to standard output\n")
            os.system("echo and a child of it")
        if "raise" in text:
            raise RuntimeError("out of\nmemory")
        if "refuse" in text:
            raise Refusal("too long; at most 30 s would do", field="seconds")
        steps = 400 if "slow" in text else 20 if "brief" in text else 0
        for step in range(steps):
            work.report(f"step {step + 1} of {steps}")
            time.sleep(0.05)
        count = int(seconds * RATE)
        at = np.arange(count, dtype=np.float32) / RATE
        return [
            Sound(np.sin(2 * np.pi * (200 + seed % 100) * at, dtype=np.float32)[np.newaxis] * 0.5, RATE)
            for seed in seeds
        ]

    def continue_(self, prompt: Sound, text: str, seconds: float, seeds: Sequence[int], work: Work) -> list[Sound]:
        return [Sound(prompt.samples[:, ::-1].copy(), prompt.rate) for _ in seeds]

    @property
    def sources(self) -> tuple[str, ...]:
        self.load()
        return ("drums", "other")

    def separate(self, sound: Sound, work: Work) -> Mapping[str, Sound]:
        work.report("separating")
        return {"drums": Sound(sound.samples * 0.25, sound.rate), "other": Sound(sound.samples * 0.75, sound.rate)}

    def caption(self, sound: Sound, work: Work) -> str:
        return f"{sound.seconds:g} s of «Ton»"

    def score(self, sound: Sound, texts: Sequence[str], work: Work) -> list[float]:
        return [float("nan") if text == "nothing" else len(text) / 10 for text in texts]
