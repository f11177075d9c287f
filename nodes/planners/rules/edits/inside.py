"""What sounds inside a recording: its drums can be drawn out or taken out, anything else by a separation model."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ensemble.tools.sources import meant, stem_name
from nodes.planners.rules.ask import listed
from nodes.planners.rules.outcome import Outcome, ask, do, step
from nodes.planners.rules.scene import Scene
from nodes.planners.rules.words.references import everything_but, find, mentions, named
from nodes.planners.rules.words.speech import Clause, word_set

_ALONE = (
    "extract",
    "isolate",
    "just",
    "only",
    "separate",
    "single out",
    "pull out",
    "nothing but",
    "rip",
    "get me",
)

_MAKING = word_set(
    "add put layer make create generate compose write play give bring include rearrange arrange transform convert"
)


_DRAWN = re.compile(
    r"^(?:give|get|gimme|hand|send|i|we|let|can|could|pull|draw|lift|grab|bring)\b.* (?:out of|from|off|inside) (?:it|(?:this|that|the|my)(?: \w+)?)$|"
    r"^(?:pull|draw|lift|grab) .*\bout$|^(?:pull|draw|lift|grab) out\b"
)
"""'give me the drums out of this recording', 'pull the drums out': by themselves, and not away."""


def inside(clause: Clause, scene: Scene) -> Outcome | None:
    """'extract the drums', 'remove the vocals from this', 'everything but the drums' where a stem is a recording."""
    recordings = [player.name for player in scene.players if player.instrument == "recording"]
    drawn = _DRAWN.search(" ".join(clause.words)) is not None and not clause.says("rid of", "gone", "without")
    made = (
        clause.words[0] in _MAKING and not drawn and not clause.says("just the", "only the", "without the", "drumless")
    )
    if not recordings or made:
        return None
    pair = everything_but(clause)
    took = clause.begins("remove") is not None or clause.words[0] in {"no", "without", "mute"}
    took = took or clause.says(
        "without the", "without any", "minus the", "with no", "with the drums out", "drumless", "gone"
    )
    took = took and not drawn
    alone = clause.says(*_ALONE) or clause.begins("keep") is not None or clause.words[0] == "solo" or drawn
    exported = (
        clause.begins("export") is not None
        and not took
        and pair is None
        and bool(mentions(clause) or clause.has("voice"))
    )
    alone = alone or exported
    if not (took or alone or pair is not None):
        return _level(clause, scene, recordings)
    words = ["drums"] if clause.says("drumless") else [mention.words for mention in mentions(clause)]
    if any(named(word, scene) for word in words) and not clause.has("voice"):
        return None
    if not words and clause.has("voice"):
        words = ["vocals"]
    if not words:
        return None
    sources = scene.request.sources
    if clause.has("voice") and "vocals" not in words:
        words.append("vocals")
    known, unknown = meant(words, sources)
    by_model = bool(known) and not unknown
    drums = all(named_drums(word) for word in words)
    kit = any(player.role == "drums" for player in scene.players)
    if sources and not by_model and not drums:
        return ask(
            f"The model that takes recordings apart here tells {listed([stem_name(name) for name in sources])} from each other; "
            f"the {listed(list(unknown))} cannot be told from the rest. Which of these shall I take out or keep?"
        )
    if not by_model and (not drums or len(recordings) > 1 or kit):
        return ask(
            f"Taking the {listed(words)} out of the {listed(recordings)} needs a source-separation model, and none is at work "
            "here; only its drums can be drawn out. Shall I do that, or will you attach the parts as files of their own?"
        )
    stems = [stem_name(name) for name in known] if by_model else ["drums"]
    if exported:
        return do(step("extract_track", stems=stems), step("export"))
    if pair is not None:
        alone = took  # 'remove everything but the drums' keeps them, 'everything but the drums' loses them
    only = re.search(r"\bonly (?:want|need|keep) (?:those|them|that|the)\b", scene.request.text.lower()) is not None
    if (alone or only) and not (took and pair is None and not only):
        return do(step("extract_track", stems=stems))
    return do(step("remove_track", stems=stems))


def named_drums(word: str) -> bool:
    """Whether an instrument word means the drums as a whole."""
    return word in {"drums", "drum", "the drums", "percussion", "beat", "drum track", "drum part"}


def _level(clause: Clause, scene: Scene, recordings: list[str]) -> Outcome | None:
    """'turn down the drums' where they sound inside a recording."""
    if not clause.has("louder", "quieter", "pan", "mute", "volume") or clause.has("add"):
        return None
    target = find(clause, scene)
    if target.stems or not target.missing or not all(named_drums(word) for word in target.missing):
        return None
    return ask(
        f"The drums sound inside the {listed(recordings)} and have no fader of their own. Shall I turn the whole {recordings[0]} "
        "up or down, take the drums out ('remove the drums') or keep only them ('extract the drums')?"
    )


def recorded(old: Sequence[str], new: str, scene: Scene) -> str | None:
    """Asks about an instrument that is to be replaced where it can only sound inside a recording."""
    recordings = [player.name for player in scene.players if player.instrument == "recording"]
    kits = [player.name for player in scene.players if player.instrument == "drum recording"]
    drums = all(named_drums(word) for word in old)
    are = "s" if listed(list(old)).endswith("s") and not listed(list(old)).endswith("ss") else ""
    if drums and kits:
        return (
            f"The {listed(kits)} is a recording without notes, so no other instrument can take its part over. Shall I add {new} beside "
            f"it ('add {new}'), or make a loop around it ('make a loop around these drums')?"
        )
    if drums and len(recordings) == 1 and not any(player.role == "drums" for player in scene.players):
        return (
            f"The {listed(list(old))} can only sound inside the {recordings[0]}, a recording, so nothing can take over what they play. Shall "
            f"I take the drums out of it and add {new} ('remove the drums, then add {new}'), or only add {new} ('add {new}')?"
        )
    if recordings:
        return (
            f"The {listed(list(old))} can only sound inside the {listed(recordings)}, a recording; drawing {'them' if are else 'it'} out needs "
            f"a source-separation model, and none is at work here. Shall I add {new} on top ('add {new}'), or will you attach the parts "
            "as files of their own?"
        )
    return None
