from __future__ import annotations

import re
from typing import TYPE_CHECKING, ClassVar

from pydantic import Field

from ensemble.capabilities import Work
from ensemble.tools.tool import Arguments, Contract, Stage, Tool, require_loop
from state.briefs import briefly
from state.gat import GlobalAttributeTable, Source
from state.take import Take

if TYPE_CHECKING:
    from ensemble.listen.analyse import Analysis

_UNCHECKED = (
    "Not checked by listening: instruments other than drums and bass, the single chords, major against minor, metre, "
    "genre and mood; those are as the table states them."
)


_ASKED: dict[str, tuple[set[str], str]] = {
    "bpm": ({"bpm", "tempo", "fast", "slow", "speed"}, ""),
    "key": ({"key", "scale", "mode", "tonic"}, ""),
    "chords": ({"chord", "chords", "harmony", "progression", "changes"}, ""),
    "time_signature": ({"metre", "meter", "signature", "beats"}, ""),
    "bars": ({"bar", "bars", "measures"}, ""),
    "duration_seconds": ({"long", "length", "duration", "seconds"}, " seconds"),
    "genre": ({"genre", "style"}, ""),
    "mood": ({"mood", "feeling", "vibe"}, ""),
}
"""Table field -> the words that ask for it, and its unit."""
_HOW: dict[Source, str] = {"asked": "as asked for", "inferred": "inferred", "measured": "as measured"}


class DescribeArguments(Arguments):
    """Arguments of `describe`."""

    question: str | None = Field(
        None,
        max_length=500,
        description="what the user wants to know, in their words; default everything",
        json_schema_extra=briefly("default everything"),
    )


class Describe(Tool[DescribeArguments]):
    """A caption grounded in what was measured."""

    name = "describe"
    seeded: ClassVar[bool] = False
    paper_task = "music captioning"
    summary = "Say what the loop is, from the table and from listening to it; nothing changes."
    brief = "Says what the loop is."
    arguments = DescribeArguments
    contract = Contract(changes="nothing", preserves="the whole table")

    def foresee(
        self, arguments: DescribeArguments, gat: GlobalAttributeTable | None, stage: Stage
    ) -> GlobalAttributeTable:
        return require_loop(gat, "describe")

    def perform(self, arguments: DescribeArguments, gat: GlobalAttributeTable | None, stage: Stage) -> Take:
        loop = require_loop(gat, "describe")
        from ensemble.listen.analyse import analyse
        from ensemble.listen.caption import describe

        stage.report("listening")
        heard = analyse(stage.store.audio(loop.mix))
        question = arguments.question or ""
        told = [*_answers(question, loop), *_of_clipping(question, heard)]
        words, notes = ((), ()) if told else _in_words(loop, stage)
        answer = " ".join([*told, describe(loop, heard), _UNCHECKED, *words])
        return Take(gat=loop, backend="listen", seed=stage.seed, answer=answer, notes=notes)


def _in_words(loop: GlobalAttributeTable, stage: Stage) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """What the seated captioner says of the mix, marked as its words, behind what is known; and what must be told of it."""
    from ensemble.chains.caption import captioned, credited, marked, stood_in

    player = stage.player("caption")
    if player is None:
        return (), stood_in(stage.players)
    words = captioned(stage.store.audio(loop.mix), player, Work(stage.progress, stage.cancelled))
    return (marked(words, player),), (credited(player, "the loop"),)


def _of_clipping(question: str, heard: Analysis) -> list[str]:
    """Whether the mix clips, where that is asked."""
    if not re.search(r"\b(clip|clips|clipping|clipped|peak|peaks|peaking|headroom)\b", question.casefold()):
        return []
    return [
        f"It {'does not clip' if heard.true_peak_db <= 0 else 'clips'}: its true peak is {heard.true_peak_db:.1f} dBTP."
    ]


def _answers(question: str, loop: GlobalAttributeTable) -> list[str]:
    """What the table holds of each attribute that the question names, and how it came to be known."""
    words = set(re.findall(r"[a-z]+", question.casefold()))
    said = []
    for field, (names, unit) in _ASKED.items():
        if not words & names:
            continue
        value = getattr(loop, field)
        label = field.replace("_", " ").removesuffix(" seconds")
        if value is None or value == ():
            said.append(f"The {label} is not known: it was neither said nor measured.")
            continue
        shown = " ".join(value) if isinstance(value, tuple) else f"{value:g}" if isinstance(value, float) else value
        how = _HOW[loop.sources[field]] if field in loop.sources else "as the table has it"
        said.append(f"{label.capitalize()}: {shown}{unit} ({how}).")
    return said
