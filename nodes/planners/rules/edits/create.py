"""A new loop: from a description, around drums, from an impression, or like what there is."""

from __future__ import annotations

from nodes.planners.rules.ask import NO_SAMPLE, NO_VOICE, ONLY_VOICE, impossible_tempo
from nodes.planners.rules.edits.moving import HOLDS_STILL, sweeps
from nodes.planners.rules.edits.premature import EFFECTS
from nodes.planners.rules.outcome import Outcome, ask, do, step
from nodes.planners.rules.scene import Scene
from nodes.planners.rules.talk.complaints import tells_how
from nodes.planners.rules.words.amounts import amounts
from nodes.planners.rules.words.attributes import Reading, read
from nodes.planners.rules.words.described import fields_of
from nodes.planners.rules.words.impressions import associate, held, likened, purpose
from nodes.planners.rules.words.lineup import kept_pieces
from nodes.planners.rules.words.references import everything_but
from nodes.planners.rules.words.speech import Clause
from nodes.planners.rules.words.voices import lacks_singer, sings, sings_alone
from nodes.planners.rules.words.worn import worn
from state.gat import TEMPO_RANGE

_BAR_LIMIT = 64


_SECOND_LIMIT = 240.0


_LIKE_THIS = (
    "like this", "like it", "like that", "similar to this", "similar to it", "similar to that", "based on this",
    "based on it", "inspired by this", "inspired by it", "same style as this", "in the style of this",
    "from this music", "from this loop", "like my", "resembles this", "like the upload", "like this one",
    "like the one", "resembles the one", "similar to the one", "similar to my", "along those lines", "along these lines", "in the same spirit", "in the same vein",
    "in that vein", "in this vein", "in the vein of this", "in the spirit of this", "of the same kind",
)  # fmt: skip


_BASED = (
    "based on", "around", "over", "on top of", "from", "to this", "to these", "using", "with this", "with these",
    "on this", "fits", "fit", "match", "matching", "for this", "to my", "to the", "on the", "goes with", "go with",
    "on these", "build on", "accompany", "for these", "out of",
)  # fmt: skip


_DRUM_SOURCES = (
    "drum", "drums", "beat", "drum loop", "drumloop", "drum pattern", "groove", "rhythm", "percussion", "drum track",
    "break", "breakbeat", "drum beat", "drumbeat",
)  # fmt: skip


_SAMPLED = (
    "sample from", "a sample of", "sample of", "samples of", "sampled from", "sample the", "sample some",
    "exact copy", "copy of", "from youtube", "from spotify", "youtube", "spotify", "real recording",
    "actual recording", "the original recording",
)  # fmt: skip
_OF_THIS_LOOP = (
    "make it", "make the", "i'd like it", "i'd like this", "would like it", "i like it", "i like this",
    "i'd like that",
)  # fmt: skip


def materials(reading: Reading) -> bool:
    """Whether the words say anything that a loop can be made of."""
    return bool(
        reading.genre or reading.mood or reading.bpm or reading.key or reading.time_signature or reading.bars or reading.duration_seconds
        or reading.chords or reading.instruments or reading.quotes or reading.feel
    )  # fmt: skip


def around_drums(clause: Clause, scene: Scene) -> Outcome | None:
    """'Generate a rock music with guitar based on this drum', 'build a loop around these drums'."""
    if not clause.says(*_BASED) or not clause.says(*_DRUM_SOURCES):
        return None
    words = clause.words
    place = next(
        (
            i
            for i, w in enumerate(words)
            if w in {"this", "these", "my", "the", "that", "those"}
            and words[i + 1 : i + 2] != ("floor",)
            and set(words[i + 1 : i + 5]) & set(_DRUM_SOURCES)
        ),
        None,
    )
    if (
        place is None
        or everything_but(clause)
        or not clause.has("create", "add")
        or (clause.has(*EFFECTS) and not clause.begins("create"))  # 'splash some reverb on the drums'
        or (clause.begins("add") and not clause.begins("create"))
    ):
        return None
    if not any(clause.part(max(0, place - 4), place + 2).says(phrase) for phrase in _BASED):
        return None
    uploads = scene.request.uploads
    drums = [player.name for player in scene.players if player.is_drum or player.instrument == "drum recording"]
    if not uploads and not drums and not scene.players:
        return ask("Which drums should I build on? Attach a drum loop, or ask for drums first.")
    source = uploads[-1].name if uploads else drums[0] if drums else scene.players[0].name
    after = next(i for i in range(place + 1, len(words)) if words[i] in _DRUM_SOURCES) + 1
    before = clause.without([(place, after)])
    fields = {**fields_of(read(before.text), before), "description": clause.text[:2000]}
    music = before.has("loop_noun") or fields.get("genre") or fields.get("instruments")
    if before.has(*EFFECTS) or not (music or clause.begins("create")):
        return None  # 'some reverb on the drums', 'some energy on the drums'
    kept = {
        name: fields[name]
        for name in ("description", "genre", "mood", "key", "chords", "instruments", "without", "inferred")
        if name in fields
    }
    kept["inferred"] = [name for name in kept.get("inferred", []) if name in kept]
    return do(step("drum_to_music", source=source, **kept))


def like_this(clause: Clause, scene: Scene) -> Outcome | None:
    """'Generate a music loop sounds like this music': a variation of what there is."""
    if tells_how(clause):
        return None  # 'feels like it wants to be at 92'
    asked = clause.has("create", "add", "different", "variation") or clause.words[0] in {"something", "one", "similar"}
    if not scene.exists or not clause.says(*_LIKE_THIS) or not asked:
        return None
    if (
        clause.says(*_OF_THIS_LOOP)
        or read(clause.text).instruments
        or clause.says("solo", "melody", "part", "line", "fill")
    ):
        return None
    return do(step("vary", amount=0.5))


def create(clause: Clause, scene: Scene, *, forced: bool = False) -> Outcome | None:
    """A new loop from all that the clause says. `forced`: even where it says nothing ('make me some music')."""
    reading = read(clause.text)
    if clause.has("recording_words") and clause.says(*_SAMPLED):
        return ask(NO_SAMPLE)
    problem = impossible(reading)
    if problem is not None:
        return ask(problem)
    singing = lacks_singer(reading)
    accompanied = clause.says("beat", "beats", "loop", "groove", "track", "backing", "instrumental")
    if singing and not (
        (reading.instruments and not sings_alone(clause.text))
        or reading.genre
        or reading.bpm
        or reading.key
        or (reading.mood and not sings(clause))
        or reading.chords
        or accompanied
    ):
        return ask(ONLY_VOICE)
    if reading.missing and not (reading.instruments or reading.genre or reading.bpm or reading.key):
        return ask(_no_such(reading))
    impression = likened(clause) or (None if materials(reading) else purpose(clause))
    fields = fields_of(reading if impression is None else read(clause.text.replace(impression, "")), clause)
    if "bpm" not in fields and (tempo := _bare_tempo(clause)) is not None:
        fields["bpm"] = tempo
    unmet = ((NO_VOICE,) if singing else ()) + tuple(
        f"There is no {lack.words} in the band, so it is left out." for lack in reading.missing
    )
    unmet += tuple(f"The {piece} cannot be left out alone: the drum kit is one stem." for piece in kept_pieces(reading))
    unmet += HOLDS_STILL if sweeps(clause) else ()
    if impression is not None:
        for name, value in associate(impression).items():
            if name == "instruments":
                said = fields.pop(name, [])
                value = [*said, *(word for word in value if not held(word, [*fields.get("without", []), *said]))]
            if name == "bpm" and clause.has("faster", "slower") and name not in fields:
                value = float(round(value * (1.15 if clause.has("faster") else 0.85)))
            if name not in fields and value:
                fields[name] = value
                fields.setdefault("inferred", []).append(name)
        return do(step("impression_to_music", impression=impression[:500], **fields), unmet=unmet)
    if not materials(reading) and not forced and not (singing and accompanied):
        return None
    made = step("text_to_music", **fields)
    return do(made, *worn(clause, made, scene), unmet=unmet)


def _bare_tempo(clause: Clause) -> float | None:
    """'around 90' without a unit, where nothing else can be meant."""
    for said in amounts(clause):
        led = clause.words[max(0, said.start - 1) : said.start]
        after = clause.words[said.end : said.end + 1]
        if (
            said.unit == "bare"
            and 40 <= said.value <= 220
            and led in (("around",), ("about",), ("at",))
            and after in ((), (",",), (".",), ("or",), ("with",))
        ):
            return said.value
        if said.unit == "bare" and 60 <= said.value <= 200 and not after and _ends_listing(clause.part(0, said.start)):
            return said.value
    return None


def _ends_listing(listed: Clause) -> bool:
    """'bossa nylon guitar flute Dm (130)': a style, a key or a player stands right before the figure."""
    reading = read(listed.text)
    spans = [reading.spans[name] for name in ("genre", "key") if name in reading.spans]
    return any(end == len(listed.text) for _, end in (*spans, *(one.span for one in reading.instruments)))


def _no_such(reading: Reading) -> str:
    lack = reading.missing[0]
    near = f" Would {lack.nearest.stem} do?" if lack.nearest else " Which other instrument should play?"
    return f"There is no {lack.words} in the band.{near}"


def impossible(reading: Reading) -> str | None:
    """Why a loop with these attributes cannot be played, as a question; None when it can."""
    if reading.bpm is not None and not TEMPO_RANGE[0] <= reading.bpm <= TEMPO_RANGE[1]:
        return impossible_tempo(reading.bpm)
    if reading.bars is not None and not 1 <= reading.bars <= _BAR_LIMIT:
        return f"A loop can have 1 to {_BAR_LIMIT} bars, not {reading.bars}. How many should it have?"
    if reading.duration_seconds is not None and not 0 < reading.duration_seconds <= _SECOND_LIMIT:
        return f"A loop can last up to {_SECOND_LIMIT:g} seconds. How long should it be?"
    return None
