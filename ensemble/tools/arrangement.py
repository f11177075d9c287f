"""New stems: which instruments they are, the musical frame they share, their parts and their sound."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ensemble.band.score import Part, from_midi, to_midi
from ensemble.protocols import Brief, Character, Dynamics, Wish
from ensemble.tools.recordings import clamped, offset_db
from ensemble.tools.selection import instrument_of
from ensemble.tools.tool import PENDING, Stage
from state.artifacts import ArtifactStore
from state.errors import Refusal
from state.gat import GlobalAttributeTable, Source, Stem
from state.seeds import derived_seed

if TYPE_CHECKING:
    from ensemble.band.instruments import Choice

_ORDER = ("drums", "percussion", "bass", "chords", "pad", "lead")
"""Parts are written in this order, so that each hears those it leans on."""


@dataclass(frozen=True)
class Frame:
    """A table's musical frame with its gaps filled, and what was filled."""

    brief: Brief
    filled: Mapping[str, object]
    """Table fields that the band chose because the table did not know them."""

    def onto(self, gat: GlobalAttributeTable) -> GlobalAttributeTable:
        """`gat` with the chosen fields, marked as inferred."""
        sources: dict[str, Source] = {**gat.sources, **dict.fromkeys(self.filled, "inferred")}
        return gat.revised(**self.filled, sources=sources)


def frame_of(gat: GlobalAttributeTable, stage: Stage, *, verb: str = "play along with") -> Frame:
    """The brief that new parts beside the table's stems share. Raises Refusal where no pulse is known."""
    if gat.bpm is None or gat.bars is None:
        raise Refusal(
            f"No steady pulse was measured in this recording, so the band cannot {verb} it. "
            "Attach one with a clear beat, or ask for a new loop.",
            field="bpm",
        )
    filled: dict[str, object] = {}
    key, chords, genre, mood = gat.key, gat.chords, gat.genre, gat.mood
    if key is None or not chords:
        wish = Wish(
            description=gat.description,
            bpm=gat.bpm,
            key=key,
            time_signature=gat.time_signature,
            bars=gat.bars,
            chords=chords,
            genre=genre,
            mood=mood,
        )
        chosen = stage.band.settle(wish, derived_seed(stage.seed, "frame")).brief
        if key is None:
            key = filled["key"] = chosen.key
        if not chords:
            chords = filled["chords"] = chosen.chords
    spread = spread_chords(chords, gat.bars)
    return Frame(Brief(gat.bpm, str(key), gat.time_signature, gat.bars, spread, genre, mood), filled)


def spread_chords(chords: Sequence[str], bars: int) -> tuple[str, ...]:
    """`chords` as one a bar, repeated to fill the loop, or as a whole multiple a bar. Raises Refusal if they do not
    fit."""
    if len(chords) <= bars:
        return tuple(chords[index % len(chords)] for index in range(bars))
    if len(chords) % bars:
        raise Refusal(
            f"{len(chords)} chords do not spread evenly over {bars} bars; give {bars} or {2 * bars} of them.",
            field="chords",
        )
    return tuple(chords)


def choose(words: Iterable[str], genre: str | None, taken: Iterable[str] = ()) -> list[Choice]:
    """One choice for each of `words`, with stem names that are unique beside `taken`. Raises Refusal for a name that
    nobody in the band plays."""
    from ensemble.band.instruments import Choice, resolve, unique_stem

    names = list(taken)
    chosen = []
    for word in words:
        choice = resolve(word, genre)
        if choice is None:
            raise Refusal(_nobody(word), field="instrument")
        name = unique_stem(choice.stem, names)
        names.append(name)
        chosen.append(Choice(name, choice.instrument, choice.stand_in))
    return chosen


def pending_stem(choice: Choice, tool: str, stage: Stage) -> Stem:
    """A stem that is decided but not played yet."""
    return Stem(
        name=choice.stem,
        instrument=choice.instrument.name,
        audio=PENDING,
        score=PENDING,
        tool=tool,
        seed=derived_seed(stage.seed, choice.stem),
        backend=stage.band.name,
    )


def part_of(stem: Stem, store: ArtifactStore) -> Part:
    """What a scored stem plays. A file without notes holds no track: then a part with none."""
    assert stem.score is not None, f"{stem.name} has no score"
    parts = list(from_midi(store.file(stem.score)).values())
    if parts:
        return parts[0]
    instrument = instrument_of(stem)
    return Part(instrument.program, instrument.is_drum, ())


def parts_of(stems: Iterable[Stem], store: ArtifactStore) -> dict[str, Part]:
    """The parts of those stems that have a score, by stem name."""
    return {stem.name: part_of(stem, store) for stem in stems if stem.score not in (None, PENDING)}


def played(stem: Stem, part: Part, gat: GlobalAttributeTable, stage: Stage) -> Stem:
    """`stem` with `part` as its score and its sound, at the table's tempo and length."""
    assert gat.bpm is not None
    stage.report(f"playing the {stem.name}")
    part = part.with_notes(part.notes)
    audio = stage.band.render(part, gat.bpm, gat.samples)
    return stem.model_copy(update={"audio": stage.store.put_audio(audio), "score": scored(stem, part, gat, stage)})


def scored(stem: Stem, part: Part, gat: GlobalAttributeTable, stage: Stage) -> str:
    """The artifact id of `part` as a MIDI file."""
    assert gat.bpm is not None
    return stage.store.put_file(to_midi({stem.name: part}, gat.bpm, gat.time_signature), ".mid")


def perform_pending(
    draft: GlobalAttributeTable,
    brief: Brief,
    stage: Stage,
    *,
    characters: Mapping[str, Character] = {},
    ready: Mapping[str, Part] = {},
) -> GlobalAttributeTable:
    """`draft` with every pending stem composed (or taken from `ready`), rendered and set at its level."""
    parts = parts_of(draft.stems, stage.store)
    pending = [stem for stem in draft.stems if stem.audio == PENDING]
    done: dict[str, Stem] = {}
    for stem in sorted(pending, key=lambda stem: _ORDER.index(_role(stem, characters))):
        character = characters.get(stem.name, Character())
        part = ready.get(stem.name)
        if part is None:
            part = stage.band.compose(stem.instrument, brief, stem.seed, character=character, beside=dict(parts))
        parts[stem.name] = part
        done[stem.name] = played(stem, part, draft, stage)
    return balanced(draft, done, stage, characters)


def part_written(
    stem: Stem, gat: GlobalAttributeTable, brief: Brief, stage: Stage, character: Character = Character()
) -> Part:
    """A new part for `stem` that fits the table's other scored stems."""
    beside = parts_of((other for other in gat.stems if other.name != stem.name), stage.store)
    return stage.band.compose(stem.instrument, brief, stem.seed, character=character, beside=beside)


def balanced(
    draft: GlobalAttributeTable, done: Mapping[str, Stem], stage: Stage, characters: Mapping[str, Character]
) -> GlobalAttributeTable:
    """`draft` with the stems `done` in place, each at the level and position the band gives it beside the others."""
    level: list[Stem] = []
    standing = [stem.instrument for stem in draft.stems if stem.name not in done]
    for stem in draft.stems:
        if stem.name not in done:
            level.append(stem)
            continue
        character = characters.get(stem.name, Character())
        gain_db, pan = stage.band.balance(stem.instrument, character.role, loudness(character), tuple(standing))
        standing.append(stem.instrument)
        made = done[stem.name]
        gain_db = clamped(gain_db + offset_db(draft, stage.store.audio(made.audio), stage))
        level.append(made.model_copy(update={"gain_db": gain_db, "pan": pan}))
    return draft.revised(stems=tuple(level))


def loudness(character: Character) -> Dynamics:
    """A solo part stands in front even where nobody said that it is loud."""
    return "loud" if character.solo and character.dynamics == "normal" else character.dynamics


def _role(stem: Stem, characters: Mapping[str, Character]) -> str:
    character = characters.get(stem.name)
    if character is not None and character.role is not None:
        return character.role
    return instrument_of(stem).role


def _nobody(word: str) -> str:
    if any(part in word.casefold() for part in ("vocal", "voice", "sing", "rap", "lyric")):
        return "Nobody here sings words. A choir, 'voice oohs' or a lead instrument could carry the melody instead."
    return (
        f"Nobody in the band plays {word!r}. Any General MIDI instrument works: name one such as piano, guitar, "
        "strings, trumpet, flute, synth lead or congas."
    )
