"""A recording split into its sources by the seated model: same rate, same length, ready to be stems."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING, Any

from ensemble.tools.tool import Stage
from state.errors import ToolError

if TYPE_CHECKING:
    from state.artifacts import Audio


def separated(audio: Audio, player: Any, stage: Stage) -> dict[str, Audio]:
    """Every source that `player` (a `Separate`) hears in `audio`, shape (2, n) at 44.1 kHz, each (2, n) as well.

    The sources are the model's own and add up to `audio` only nearly. Candidates of one attempt share one call, since a
    separation depends on no seed. Raises ToolError when the model fails or hands back what is no sound of that length.
    """
    key = ("separated", sha256(audio.tobytes()).digest(), player.name, player.weights)

    def make(seeds: Any) -> list[dict[str, Audio]]:
        return [_separated(audio, player, stage)] * len(seeds)

    made: dict[str, Audio]
    made = make([stage.seed])[0] if stage.batch is None else stage.batch.take(stage.seed, key, make)
    return made


def remainder(audio: Audio, *taken: Audio) -> Audio:
    """What `audio` is without `taken`, so that they are `audio` again when they are summed. Shapes (2, n)."""
    rest = audio.copy()
    for part in taken:
        rest -= part
    return rest


def _separated(audio: Audio, player: Any, stage: Stage) -> dict[str, Audio]:
    import numpy as np

    from ensemble.capabilities import Work
    from ensemble.models.audio import to_house, to_sheet

    work = Work(stage.report, stage.cancelled)
    found = player.separate(to_sheet(audio, player.sheet), work)
    sources: dict[str, Audio] = {}
    for name, sound in found.items():
        source = _fitted(to_house(sound), audio.shape[1], player.name)
        if not np.isfinite(source).all():
            raise ToolError(f"{player.name} returned a {name} that is no sound (not every sample is a number)")
        sources[name] = source
    if not sources:
        raise ToolError(f"{player.name} returned no source at all")
    return sources


def _fitted(source: Audio, samples: int, name: str) -> Audio:
    """`source` at exactly `samples`: another rate rounds the length by a few samples, and no more is mended."""
    import numpy as np

    lacking = samples - source.shape[1]
    if abs(lacking) > max(8, samples // 1000):
        raise ToolError(f"{name} returned {source.shape[1]} samples for {samples}")
    return np.ascontiguousarray(np.pad(source, ((0, 0), (0, max(0, lacking))))[:, :samples], dtype=np.float32)
