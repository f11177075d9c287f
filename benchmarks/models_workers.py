"""The models that run in workers, measured in their own environments: inside the worker, and through the pipe, which is what a
conversation pays. Through the pipe it is the CPU time of both processes together.

How much the pipe adds depends on what the model does meanwhile: a sound is a few milliseconds of copying, whatever made it.
So the calls are as long as those of a conversation (hundreds of steps, windows of 10 s) though the weights are tiny; laion-clap's
audio side is of its real size. Real weights take ten to a thousand times longer: what is printed is the pipe's largest share.
"""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
from models_inside import ASKED, HOLE, SECONDS, SHORT, TEXT
from models_timing import WORK, Case, Timed

from ensemble.capabilities import Sound
from ensemble.registry import MODELS
from ensemble.worker.client import WorkerModel
from ensemble.worker.environments import python_of
from state.settings import Settings

INSIDE = Path(__file__).with_name("models_inside.py")
TESTS = Path(__file__).parent.parent / "tests" / "models"
VAMPNET = "rate=4410, strides=(7, 11), layers=16, codes=16"
"""Of the real weights nearly all the time goes into the transformers. So that it does here too: as many layers as upstream's
default, few codes to sort, frames as the real codec's (57 a second) at a tenth of its rate."""


def audiocraft(folder: Path) -> Iterator[Case | str]:
    with _worker("audiocraft", "Audiocraft", folder, "weights") as model:
        if isinstance(model, str):
            yield model
            return
        sound = Sound(np.zeros((1, 1), dtype=np.float32), 32000)
        yield from _both(
            f"generate {SECONDS:g} s", model, sound, lambda n: model.generate(TEXT, SECONDS, range(n), WORK)
        )


def laion_clap(folder: Path) -> Iterator[Case | str]:
    with _worker("laion-clap", "Laion", folder, "tiny.pt") as model:
        if isinstance(model, str):
            yield model
            return
        sound = _noise(10.0, 48000)
        yield from _both("score 10 s", model, sound, lambda n: model.score(sound, [TEXT], WORK), batches=False)


def vampnet(folder: Path) -> Iterator[Case | str]:
    """A hole in two seconds, and, since a batch saves nothing there on a CPU, one take in the ten that it looks at at once."""
    with _worker("vampnet", "Vamp", folder, "", VAMPNET) as model:
        if isinstance(model, str):
            yield model
            return
        for seconds, (start, end), batches in ((2.0, SHORT, True), (10.0, HOLE, False)):
            sound = _noise(seconds, 4410)
            made = partial(_inpainted, model, sound, start, end)
            name = f"inpaint {end - start:g} of {seconds:g} s"
            yield from _both(name, model, sound, made, "bare_quick", batches=batches)
            ours, bare = _inside(model, sound, "ours"), _inside(model, sound, "bare")
            yield Case("  inside, bare with its own loudness", ours, bare, batches=False)


def _inpainted(model: WorkerModel, sound: Sound, start: float, end: float, takes: int) -> object:
    return model.inpaint(sound, start, end, "", range(takes), WORK)


def _both(
    name: str,
    model: WorkerModel,
    sound: Sound,
    call: Callable[[int], object],
    bare: str = "bare",
    *,
    batches: bool = True,
) -> Iterator[Case]:
    other = _inside(model, sound, bare)
    yield Case(f"{model.name} {name}", _inside(model, sound, "ours"), other, batches)
    yield Case("  through the pipe", _through(model, sound, call), other, batches)


def _inside(model: WorkerModel, sound: Sound, side: str) -> Timed:
    return lambda takes: model.score(sound, [ASKED, side, str(takes)], WORK)[0]


def _through(model: WorkerModel, sound: Sound, call: Callable[[int], object]) -> Timed:
    nothing = Sound(sound.samples[:, :1], sound.rate)

    def run(takes: int) -> float:
        (there,) = model.score(nothing, [ASKED, "clock"], WORK)
        here = time.process_time()
        call(takes)
        here = time.process_time() - here
        return here + model.score(nothing, [ASKED, "clock"], WORK)[0] - there

    return run


@contextmanager
def _worker(name: str, probe: str, folder: Path, weights: str, options: str = "") -> Iterator[WorkerModel | str]:
    """A worker with weights made in `folder`; a line where its environment is not built."""
    settings = Settings.read()
    python = python_of(name, settings)
    if python is None:
        yield f"{name:34}not here: loopcopilot worker install {name}"
        return
    tiny = f"tiny_{name.replace('-', '_')}"
    arguments = "melody=False" if name == "audiocraft" else options
    program = f"import sys; sys.path[:0] = {[str(TESTS), str(TESTS.parents[1])]}\nfrom pathlib import Path\n"
    program += f"import {tiny}\n{tiny}.build(Path({str(folder)!r}), {arguments})"
    subprocess.run([str(python), "-c", program], check=True, capture_output=True)
    os.environ["HF_HUB_CACHE"] = str(folder / "hub")  # where the tiny tokenizers are that these ask the hub for
    entry = replace(MODELS[name], adapter=f"{INSIDE}:{probe}")
    model = WorkerModel(entry, str(folder / weights), device="cpu", precision="auto", settings=settings)
    try:
        model.load()
        yield model
    finally:
        model.unload()


def _noise(seconds: float, rate: int) -> Sound:
    samples = 0.1 * np.random.default_rng(0).standard_normal((1, round(seconds * rate)))
    return Sound(samples.astype(np.float32), rate)


cases = (audiocraft, laion_clap, vampnet)
