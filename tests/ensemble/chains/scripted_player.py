"""A model of the tests' own, at every capability: the band at another tempo, in another key, at another rate, in mono.

Its weights are what it shall do, such as 'bpm=110,key=B minor'. It stands in the registry like any other, so that the
true players make, seat and load it.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field

import numpy as np
import soxr

from ensemble.band.band import BuiltInBand
from ensemble.capabilities import Sheet, Sound
from ensemble.protocols import Wish
from ensemble.registry import Entry
from state.errors import ToolError

RATE = 32_000
LICENCE = "for tests only"
ENTRY = Entry(
    "scripted",
    ("generate", "continue", "rearrange", "inpaint", "vary", "separate", "score"),
    "scripted_player:ScriptedPlayer",
    (),
    "",
    LICENCE,
    0.1,
)
AWAY = Entry("away", ENTRY.capabilities, "nowhere:Nobody", ("package_that_is_not_here",), "", LICENCE, 0.1)


@dataclass
class Log:
    """What was asked of every player since the test began."""

    calls: list[tuple] = field(default_factory=list)

    def texts(self):
        return [call[1] for call in self.calls]


LOG = Log()


class ScriptedPlayer:
    name = "scripted"

    def __init__(self, weights, *, device, precision):
        self.weights = weights
        self.script = dict(item.split("=") for item in weights.split(",") if "=" in item)
        self.device = "here"
        self.memory_bytes = 0
        self.sources = tuple(self.script.get("sources", "drums bass other vocals").split())
        self.adds = tuple(self.script.get("adds", "").split())

    @property
    def sheet(self):
        longest = float(self.script.get("longest", 60))
        return Sheet(RATE, 1, longest, deterministic=True, licence=self.script.get("licence", LICENCE))

    def load(self):
        pass

    def unload(self):
        pass

    def generate(self, text, seconds, seeds, work):
        return self._takes("generate", text, seconds, seeds, work)

    def continue_(self, prompt, text, seconds, seeds, work):
        assert (prompt.rate, prompt.samples.shape[0]) == (RATE, 1)
        assert prompt.seconds + seconds <= self.sheet.longest_seconds + 0.001
        return self._takes("continue", text, seconds, seeds, work, round(prompt.seconds, 3))

    def rearrange(self, melody, text, seconds, seeds, work):
        assert (melody.rate, melody.samples.shape[0]) == (RATE, 1)
        return self._takes("rearrange", text, seconds, seeds, work, round(melody.seconds, 3))

    def inpaint(self, sound, start_seconds, end_seconds, text, seeds, work):
        LOG.calls.append(("inpaint", text, sound.seconds, tuple(seeds), start_seconds, end_seconds))
        assert 0 <= start_seconds < end_seconds <= sound.seconds <= self.sheet.longest_seconds + 0.001
        made = []
        for seed in seeds:
            changed = 0.5 * sound.samples[:, ::-1]
            first, last = round(start_seconds * RATE), round(end_seconds * RATE)
            changed[:, first:last] = np.random.default_rng(seed).normal(0, 0.05, (1, last - first))
            made.append(Sound(changed.astype(np.float32), RATE))
        return made

    def vary(self, sound, amount, seeds, work):
        LOG.calls.append(("vary", amount, sound.seconds, tuple(seeds)))
        assert sound.seconds <= self.sheet.longest_seconds + 0.001
        noise = [np.random.default_rng(seed).normal(0, 0.001 * amount, sound.samples.shape) for seed in seeds]
        return [Sound((0.1 * (sound.samples + one)).astype(np.float32), RATE) for one in noise]

    def separate(self, sound, work):
        LOG.calls.append(("separate", "", sound.seconds, ()))
        share = np.float32(1 / len(self.sources))
        return {name: Sound(sound.samples * share, sound.rate) for name in self.sources}

    def lego(self, sound, track, text, seeds, work):
        LOG.calls.append(("lego", text, sound.seconds, tuple(seeds), track))
        assert track in self.adds
        return [Sound(self._played(sound.seconds, seed), RATE) for seed in seeds]

    def score(self, sound, texts, work):
        LOG.calls.append(("score", texts[0], sound.seconds, ()))
        return [float(np.abs(sound.samples).mean()) for _ in texts]

    def _takes(self, verb, text, seconds, seeds, work, *more):
        LOG.calls.append((verb, text, seconds, tuple(seeds), *more))
        work.report("half way")
        for _ in range(int(self.script.get("steps", 0))):  # of 10 ms
            time.sleep(0.01)
            work.report("a step")
        if self.script.get("fails"):
            raise ToolError("scripted failed as it was told to")
        made = [Sound(self._played(seconds, seed), RATE) for seed in seeds]
        if self.script.get("broken"):
            made[0].samples[0, 5] = np.nan
        return made[: len(made) - int(self.script.get("short_of", 0))]

    def _played(self, seconds, seed):
        """Mono at the player's rate: drums, bass and keys from a downbeat, after `lead` seconds of the end of a bar."""
        bpm = float(self.script.get("bpm", 120))
        lead = float(self.script.get("lead", 0))
        band = BuiltInBand()
        bars = int((seconds + lead) * bpm / 240) + 1
        key = self.script.get("key", "C major")
        wish = Wish(genre="pop", bpm=bpm, key=key, bars=bars, time_signature="4/4", instruments=("drums",))
        brief = band.settle(wish, seed).brief
        samples = round(brief.seconds * 44_100)
        whole = np.zeros((2, samples), np.float32)
        for number, instrument in enumerate(("standard kit", "electric bass (finger)", "electric piano 1")):
            whole += band.render(band.compose(instrument, brief, seed + number), bpm, samples)
        start = samples - round(lead * 44_100)
        whole = np.roll(whole, -(start % samples), axis=1)[:, : round(seconds * 44_100)]
        mono = soxr.resample(whole.mean(axis=0), 44_100, RATE)
        return (0.5 * mono[None, :]).astype(np.float32)
