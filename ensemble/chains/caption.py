"""What the seated captioner says of a sound, told apart from what was measured.

Its words are data from outside: they are cut to a line, marked as a model's, and decide nothing here.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from ensemble.capabilities import Work, weights_named
from state.gat import SAMPLE_RATE

if TYPE_CHECKING:
    from ensemble.players import Players
    from state.artifacts import Audio

_LONGEST = 600
"""Characters of a caption that are kept."""
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff\s]+")


def captioned(audio: Audio, player: Any, work: Work) -> str:
    """The words of `player` (a `Caption`) for `audio`, shape (2, n) at 44.1 kHz, as one plain line of at most 600
    characters; of longer audio than it takes, for its beginning. May be empty. Raises ToolError when the model fails."""
    from ensemble.models.audio import to_sheet

    sheet = player.sheet
    heard = audio[:, : int(sheet.longest_seconds * SAMPLE_RATE)]
    words: str = _UNPRINTABLE.sub(" ", player.caption(to_sheet(heard, sheet), work)).strip()
    return words if len(words) <= _LONGEST else f"{words[: _LONGEST - 3].rstrip()}..."


def marked(words: str, player: Any) -> str:
    """A sentence that quotes `words` and says whose they are: nobody takes them for a measurement. Empty for none."""
    if not words:
        return f"{player.name} found no words for it."
    quoted = words.replace('"', "'").rstrip()
    return f'In the words of {player.name}, a model, not measured: "{quoted}"'


def credited(player: Any, what: str) -> str:
    """Who described `what`, with which weights, where, under which licence. Loads the model where it is not."""
    licence = player.sheet.licence
    return f"{player.name} ({weights_named(player.weights)}) on {player.device} described {what}; its weights are {licence}."


def stood_in(players: Players | None) -> tuple[str, ...]:
    """What to say where what is measured stands for the words of a captioner that is seated and not here."""
    missing = None if players is None else players.missing.get("caption")
    return () if missing is None else (f"{missing} What was measured stands in place of its words.",)
