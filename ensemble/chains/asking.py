"""One question to a model for all takes of an attempt, and its answer at the house's rate."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ensemble.capabilities import Sheet, Sound, Work, weights_named
from ensemble.tools.tool import Stage
from state.errors import ToolError

if TYPE_CHECKING:
    from state.artifacts import Audio

Call = Callable[[Sheet, Sequence[int], Work], Sequence[Sound]]
"""Asks the model for one sound a seed."""


@dataclass(frozen=True)
class Answer:
    """What a model made for one seed."""

    audio: Audio
    """Shape (2, samples) at 44.1 kHz, of the length that the model gave."""
    sheet: Sheet
    player: str
    weights: str
    device: str
    """Where it was computed and in which precision, such as 'cpu float32'."""

    @property
    def credit(self) -> str:
        """Who played, with which weights, where, under which licence: stands in the notes of the take."""
        who = f"{self.player} ({weights_named(self.weights)}) on {self.device}"
        return f"Played by {who}; its weights are {self.sheet.licence}."


def answered(player: Any, stage: Stage, key: Hashable, call: Call) -> Answer:
    """The answer to `call` for the stage's seed. Takes whose `key` is equal are made in one call, so `key` holds
    everything but the seeds that the answer depends on.

    Raises ToolError when the model fails, or hands back what is no sound.
    """

    def make(seeds: Sequence[int]) -> list[Answer]:
        stage.report(f"{player.name} is playing")
        sheet: Sheet = player.sheet
        sounds = list(call(sheet, seeds, Work(stage.progress, stage.cancelled)))
        if len(sounds) != len(seeds):
            raise ToolError(f"{player.name} made {len(sounds)} takes where {len(seeds)} were asked for")
        device = str(player.device)  # now: only who has loaded knows it
        return [Answer(_checked(sound, player), sheet, player.name, player.weights, device) for sound in sounds]

    made: Answer
    made = make([stage.seed])[0] if stage.batch is None else stage.batch.take(stage.seed, key, make)
    return made


def _checked(sound: Sound, player: Any) -> Audio:
    import numpy as np

    from ensemble.models.audio import to_house

    if sound.samples.ndim != 2 or sound.samples.shape[1] == 0:
        raise ToolError(f"{player.name} returned no sound (its samples have the shape {sound.samples.shape})")
    if not np.isfinite(sound.samples).all():
        raise ToolError(f"{player.name} returned what is no sound: not every sample is a number")
    return to_house(sound)
