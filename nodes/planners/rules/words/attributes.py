"""What a description or a clause says, attribute by attribute.

    reading = read("a dusty hip hop loop, 86 bpm, G minor, keys, bass and soft drums, no melody")
    reading.genre -> "hip hop"; .bpm -> 86.0; .key -> "G minor"
    [m.choice.stem for m in reading.instruments] -> ["keys", "bass", "drums"]; the third has dynamics "soft"
    [w.words for w in reading.without] -> ["melody"]; reading.effects[0].words -> "dusty"
    reading.inferred -> frozenset of the fields that were guessed from other words

Every item has `span`, the characters of the text that said it; `reading.spans` holds them for the plain fields. Reading is
the same for a whole request and for one clause of it; verbs ("add", "mute") are left to the grammar of edits.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from ensemble.protocols import Feel
from nodes.planners.rules.words import frames, harmony, lexicon
from nodes.planners.rules.words.marks import Mark, first, scan
from nodes.planners.rules.words.mentions import Mention, Missing, Without, mentions
from nodes.planners.rules.words.sounds import EffectWords, effects_of
from nodes.planners.rules.words.tokens import Span, Token

__all__ = ["EffectWords", "Mention", "Missing", "Reading", "Without", "Words", "read"]


@dataclass(frozen=True)
class Words:
    """Some words of the text, and where they stand."""

    words: str
    span: Span


@dataclass(frozen=True)
class Reading:
    """What some words say. None or empty: nothing was said about it."""

    text: str
    genre: str | None = None
    """Canonical spelling of the first genre named; inferred when only an adjective or an instrument hints at it."""
    genres: tuple[str, ...] = ()
    mood: str | None = None
    """Canonical spelling of the first mood named."""
    mood_word: str | None = None
    """The same in the user's own word, as the table keeps it: "mellow"."""
    moods: tuple[str, ...] = ()
    bpm: float | None = None
    """As said, even where no one can play it; inferred from a tempo word ("slow") otherwise."""
    tempo: str | None = None
    """The tempo word: "very slow", "slow", "relaxed", "medium", "fast", "very fast"."""
    key: str | None = None
    """Canonical: "G minor", "F# major", "A dorian"; `inferred` holds "mode" when only the tonic was said ("in F#")."""
    time_signature: str | None = None
    bars: int | None = None
    duration_seconds: float | None = None
    chords: tuple[str, ...] = ()
    """Plain symbols in order ("Dm7"); roman numerals are settled in `key`, else in C major or A minor (inferred "key")."""
    numerals: tuple[str, ...] = ()
    """The roman numerals as said, so that the grammar can settle them in the key of a loop."""
    instruments: tuple[Mention, ...] = ()
    without: tuple[Without, ...] = ()
    missing: tuple[Missing, ...] = ()
    """Instruments that were named and that the band cannot play, with the nearest that it could offer."""
    stand_ins: tuple[Missing, ...] = ()
    """Those among `instruments` that the band has not and plays on the nearest that it has ("ukulele")."""
    singing: bool | None = None
    """True when voices that sing, rap or speak are asked for, False when they are refused ("no vocals", "instrumental")."""
    singing_words: tuple[Words, ...] = ()
    effects: tuple[EffectWords, ...] = ()
    feel: Feel | None = None
    quotes: tuple[Words, ...] = ()
    """Titles in quotation marks; their words are read as nothing else."""
    whole: Words | None = None
    """The word for the loop as a whole ("a lofi beat", "a track")."""
    inferred: frozenset[str] = frozenset()
    """Among genre, bpm, key, mode, time_signature, bars, chords: guessed from other words, not said."""
    leftover: tuple[Words, ...] = ()
    """Words of substance that nothing here understood."""
    spans: Mapping[str, Span] = field(default_factory=dict)
    """Field -> where it was said, for genre, mood, bpm, tempo, key, time_signature, bars, duration_seconds, chords, feel."""
    marks: tuple[Mark, ...] = ()
    """Every phrase of the lexicon that was found, for grammars that want more."""


@lru_cache(maxsize=512)
def read(text: str) -> Reading:
    """Read `text`. Never raises; what is not understood is left in `leftover`."""
    tokens, marks, quotes = scan(text)
    spans: dict[str, Span] = {}
    inferred: set[str] = set()
    taken: set[int] = set()

    said = [mark for mark in marks if not _is_denied(tokens, mark) and not _is_no_mood(tokens, mark)]
    genres, hinted = _genres(said, tokens)
    if genres:
        spans["genre"] = genres[0].span
    genre = genres[0].meaning("genre", "hint") if genres else None
    if hinted:
        inferred.add("genre")
    moods = [mark for mark in said if "mood" in mark.meanings]
    within = lexicon.mood_within(genres[0].words) if genres and not moods else None
    feel = first(said, "feel")

    found = frames.find(text, tokens, marks, taken)
    row = harmony.find_chords(tokens, taken)
    key = harmony.find_key(tokens, taken)
    chords = harmony.settle(row, key) if row else None
    band = mentions(tokens, marks, genre, taken)
    sounds = effects_of(tokens, marks, band, text)

    tempo = first([mark for mark in said if mark.tokens.isdisjoint(band.covered)], "tempo")
    bpm, signature, bars = found.bpm, found.time_signature, found.bars
    term = first(said, "term")
    if bpm is None and term is not None:
        bpm = term.meaning("term")
        inferred.add("bpm")
        spans["bpm"] = term.span
    elif bpm is None and tempo is not None:
        bpm = lexicon.tempo_bpm(tempo.meaning("tempo"), genre)
        inferred.add("bpm")
        spans["bpm"] = tempo.span
    if found.bpm_guessed:
        inferred.add("bpm")
    if signature is None and not hinted:
        metres = (lexicon.genre_metre(mark.meaning("genre", "hint")) for mark in genres)
        signature = next((metre for metre in metres if metre), None)
        if signature:
            inferred.add("time_signature")
    if key and not key.mode_said:
        inferred.add("mode")
    if chords and chords.home and key is None:
        inferred.add("key")
    spans.update(found.spans)
    for name, mark in (("mood", moods[0] if moods else None), ("tempo", tempo), ("feel", feel)):
        if mark is not None:
            spans[name] = mark.span
    if key:
        spans["key"] = key.span
    if chords:
        spans["chords"] = chords.span
    home = chords.home if chords and chords.home else key.name if key else None
    whole = first([mark for mark in marks if "instrumental" not in mark.meanings], "whole")
    return Reading(
        text=text,
        genre=genre,
        genres=tuple(dict.fromkeys(mark.meaning("genre", "hint") for mark in genres)),
        mood=moods[0].meaning("mood") if moods else within,
        mood_word=lexicon.mood_word(moods[0].words, moods[0].meaning("mood")) if moods else within,
        moods=tuple(dict.fromkeys(mark.meaning("mood") for mark in moods)),
        bpm=bpm,
        tempo=tempo.meaning("tempo") if tempo else None,
        key=home,
        time_signature=signature,
        bars=bars,
        duration_seconds=found.duration_seconds,
        chords=chords.symbols if chords else (),
        numerals=chords.numerals if chords else (),
        instruments=band.instruments,
        without=band.without,
        missing=band.missing,
        stand_ins=band.stand_ins,
        singing=band.singing,
        singing_words=tuple(Words(text[a:b], (a, b)) for a, b in band.singing_spans),
        effects=sounds,
        feel=feel.meaning("feel") if feel else None,
        quotes=tuple(Words(text[a:b], (a, b)) for a, b in quotes),
        whole=Words(text[whole.span[0] : whole.span[1]], whole.span) if whole else None,
        inferred=frozenset(inferred),
        leftover=_leftover(tokens, marks, taken, quotes),
        spans=spans,
        marks=tuple(marks),
    )


def _is_denied(tokens: Sequence[Token], mark: Mark) -> bool:
    """Whether "not", "no" or "without" stands right before: "not jazz", "not too slow"."""
    before = [token.norm for token in tokens[max(0, mark.start - 2) : mark.start]]
    while before and before[-1] in _DEGREES:
        before.pop()
    return bool(before) and before[-1] in _DENIALS and all(t.glued for t in tokens[mark.start - 1 : mark.start + 1])


def _is_no_mood(tokens: Sequence[Token], mark: Mark) -> bool:
    """'still recognisable' says that something stays, 'happy with that' who is glad: neither is how music sounds."""
    after = tokens[mark.end : mark.end + 1]
    follows = after[0].norm if after and after[0].glued else ""
    if mark.words == "still":
        return follows not in {"", "and"} and not {"whole", "mood"} & (lexicon.meanings().get(follows) or {}).keys()
    before = tokens[mark.start - 1 : mark.start]
    if mark.words in _WELCOME and before and before[0].norm in _BEING:
        return True  # 'a trumpet would be lovely', 'it would sound nice'
    return mark.words in {"happy", "glad"} and follows in {"with", "about", "that", "to", "if"}


_WELCOME = frozenset(["lovely", "nice", "beautiful", "wonderful", "great", "cool", "sweet", "good", "fun"])
_BEING = frozenset(["be", "is", "sound", "sounds", "its", "thats", "quite", "so", "really", "go"])
_DEGREES = frozenset(["too", "so", "very", "that", "a", "overly", "really", "as"])
_DENIALS = frozenset(["not", "no", "without", "never", "isnt", "dont", "less"])


def _genres(marks: list[Mark], tokens: list[Token]) -> tuple[list[Mark], bool]:
    """The marks that name a genre, else those that hint at one; and whether they only hint.

    "a jazz loop" and "a techno beat" name one; "jazz guitar", "jazzy" and "techno kick" hint.
    """
    named: list[Mark] = []
    hints: list[Mark] = []
    for at, mark in enumerate(marks):
        if "genre" not in mark.meanings and "hint" not in mark.meanings:
            continue
        if "instrument" in mark.meanings:
            (named if mark.words.split(" ")[-1] in _BEATS else hints).append(mark)
        elif "hint" in mark.meanings:
            hints.append(mark)
        else:
            after = marks[at + 1] if at + 1 < len(marks) else None
            beside = after is not None and after.start == mark.end and tokens[after.start].glued
            plays = (
                beside
                and after is not None
                and "instrument" in after.meanings
                and "whole" not in after.meanings
                and mark.words.split(" ")[-1] not in _WHOLES
                and after.words not in _BEATS
            )
            (hints if plays else named).append(mark)
    music = [mark for mark in named if not _of_people(mark, tokens)]
    return (music or named, False) if named else (hints, bool(hints))


def _of_people(mark: Mark, tokens: Sequence[Token]) -> bool:
    """'our dance class', 'my rock choir', 'something to dance to': a style that says who listens, where another is named."""
    before, after = ([token.norm for token in tokens[at : at + 1]] for at in (mark.start - 1, mark.end))
    return bool(_COMPANIES.intersection(after)) or (mark.words == "dance" and bool(_DANCES.intersection(before)))


_COMPANIES = frozenset(
    (
        "class", "classes", "club", "choir", "school", "lesson", "lessons", "teacher", "troupe", "festival", "night", "evening", "group", "society", "academy", "band", "bands",
        "pupils", "students", "fans", "lovers", "fan", "lover", "people", "studio", "course", "workshop", "company", "team", "recital", "weekend", "bar", "cafe", "concert",
    )
)  # fmt: skip
_DANCES = frozenset(["to", "tea", "barn", "school", "first", "village", "can", "could", "will", "folk"])


_BEATS = frozenset(["beat", "beats", "break", "breaks"])
_WHOLES = frozenset(["loop", "track", "song", "music"])


def _leftover(tokens: list[Token], marks: list[Mark], taken: set[int], quotes: tuple[Span, ...]) -> tuple[Words, ...]:
    known = taken.union(*(mark.tokens for mark in marks)) if marks else taken
    return tuple(
        Words(token.raw, (token.start, token.end))
        for at, token in enumerate(tokens)
        if at not in known
        and not lexicon.is_plain(token.norm)
        and not token.norm[0].isdigit()
        and not any(a <= token.start < b for a, b in quotes)
    )
