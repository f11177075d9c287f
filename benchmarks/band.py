"""How fast the built-in band is, on one core: `python -m benchmarks.band`.

Prints each goal beside its figure. CPU time of all threads (time.process_time), median of the repetitions; every repetition composes
with a seed of its own. Exit status 1 when a goal is missed.
"""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Callable

from ensemble.band import synth
from ensemble.band.band import BuiltInBand
from ensemble.protocols import Brief, MixStem, Role
from state.effects import Chorus, Delay, Effect, Reverb
from state.gat import SAMPLE_RATE

_GOAL = 40.0
_REPETITIONS = 7
_BRIEF = Brief(
    bpm=96.0,
    key="D minor",
    time_signature="4/4",
    bars=8,
    chords=("Dm7", "Bbmaj7", "Gm7", "A7", "Dm7", "Bbmaj7", "Gm7", "A7"),
    genre="lofi",
    mood="mellow",
)
_BAND: tuple[tuple[str, Role, tuple[Effect, ...]], ...] = (
    ("standard kit", "drums", ()),
    ("electric bass (finger)", "bass", ()),
    ("electric piano 1", "chords", (Chorus(), Reverb())),
    ("flute", "lead", (Delay(), Reverb(wet=0.3))),
)
_MORE = ("pad 2 (warm)", "acoustic guitar (nylon)", "vibraphone", "tambourine")


class CountingBand(BuiltInBand):
    """The band, counting its renderings."""

    renderings = 0

    def render(self, part, bpm, samples):  # type: ignore[no-untyped-def]
        self.renderings += 1
        return super().render(part, bpm, samples)


def main() -> int:
    samples = round(_BRIEF.seconds * SAMPLE_RATE)
    band = CountingBand()
    stages: dict[str, list[float]] = {}

    def timed(name: str, work: Callable[[], object]) -> object:
        began = time.process_time()
        result = work()
        stages.setdefault(name, []).append(time.process_time() - began)
        return result

    def loop(seed: int, label: str) -> list[MixStem]:
        began = time.process_time()
        parts: dict[str, object] = {}
        for name, _, _ in _BAND:
            parts[name] = timed(f"{label} compose", lambda n=name: band.compose(n, _BRIEF, seed, beside=dict(parts)))
        stems = []
        for name, role, effects in _BAND:
            audio = timed(f"{label} render", lambda n=name: band.render(parts[n], _BRIEF.bpm, samples))
            gain, pan = band.balance(name, role, "normal", [stem.name for stem in stems])
            stems.append(MixStem(name, audio, gain, pan, effects=effects))
        timed(f"{label} effects, balance and master", lambda: band.mix(stems, _BRIEF.bpm))
        stages.setdefault(f"{label} in all", []).append(time.process_time() - began)
        return stems

    began = time.process_time()
    loop(0, "first in the process:")
    print(f"imports and first loop              {time.process_time() - began:7.3f} s CPU")
    for seed in range(1, _REPETITIONS + 1):
        synth.forget()
        loop(seed, "cold:")
    for seed in range(1, _REPETITIONS + 1):
        stems = loop(seed, "warm:")

    print(
        f"8 bars at {_BRIEF.bpm:g} bpm are {_BRIEF.seconds:.1f} s; four stems, effects on two; medians of {_REPETITIONS}"
    )
    repeats = {"compose": 4, "render": 4}
    for name, seconds in stages.items():
        if name.startswith("first"):
            continue
        each = statistics.median(seconds) * repeats.get(name.split()[-1], 1)
        print(f"  {name:42} {each:7.3f} s  {_BRIEF.seconds / each:8.1f} x real time")
    speed = _BRIEF.seconds / statistics.median(stages["cold: in all"])
    met = speed >= _GOAL
    print(
        f"goal: at least {_GOAL:g} x real time with no tone kept  figure: {speed:.1f} x  {'met' if met else 'MISSED'}"
    )

    eight = [*stems, *(MixStem(name, stems[0].audio) for name in _MORE)]
    band.mix(eight, _BRIEF.bpm)
    band.renderings = 0
    part = band.compose("clarinet", _BRIEF, 1)
    band.mix([*eight, MixStem("clarinet", band.render(part, _BRIEF.bpm, samples))], _BRIEF.bpm)
    one = band.renderings == 1
    print(f"goal: a ninth stem renders 1 stem  figure: {band.renderings}  {'met' if one else 'MISSED'}")
    return 0 if met and one else 1


if __name__ == "__main__":
    sys.exit(main())
