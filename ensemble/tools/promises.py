"""What must be heard in a take: the expectations that each kind of change puts up for measuring."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from ensemble.tools.selection import is_kit, pitched
from state.gat import GlobalAttributeTable, Stem
from state.verdict import Expectation

FIELDS = ("bpm", "key", "time_signature", "bars", "duration_seconds", "genre", "mood", "chords")
"""Table fields that an edit leaves alone unless its verb is to change them."""

_TELLING_SECONDS = 3.0
"""Of a loop, below which it holds too few beats to tell its tempo by ear."""
_TELLING_NOTES = 6
"""Of the seven of a scale, heard in the chords, from which on only that scale (and its relative) fits them."""

_FLATTENING = {"distortion", "bitcrush"}


def of_new_loop(
    gat: GlobalAttributeTable, *, kept: Collection[str] = (), without: Collection[str] = ()
) -> list[Expectation]:
    """Expectations of a loop that was just made; stems in `kept` were there before."""
    wanted = [Expectation(name="duration_seconds", value=gat.duration_seconds)]
    wanted += of_tempo(gat)
    if wanted[-1].name == "bpm" and gat.bars is not None:
        value = {"bars": gat.bars, "bpm": gat.bpm, "time_signature": gat.time_signature}
        wanted.append(Expectation(name="bars", value=value))
    wanted += of_key(gat)
    wanted.append(Expectation(name="audible"))
    if any(is_kit(stem) and not stem.muted for stem in gat.stems):
        wanted.append(Expectation(name="has", value="drums"))
    elif "drums" in without and len(pitched(gat)) == len(gat.stems):
        wanted.append(Expectation(name="lacks", value="drums"))
    if any(_is_bass(stem) and not stem.muted for stem in gat.stems):
        wanted.append(Expectation(name="has", value="bass"))
    wanted += [Expectation(name="sounding", stem=stem.name) for stem in gat.stems if stem.name not in kept]
    return wanted + of_sound(gat)


def of_recorded(
    gat: GlobalAttributeTable, players: Iterable[str], *, kept: Collection[str] = (), without: Collection[str] = ()
) -> list[Expectation]:
    """Expectations of a loop that a model just played: `of_new_loop`, and what it was told and may have missed. No chords
    stand for the key here, and one stem holds all `players`, so drums and bass that were asked for are listened for."""
    from ensemble.band.instruments import resolve

    wanted = of_new_loop(gat, kept=kept, without=without)
    named = {item.name for item in wanted}
    new = [stem for stem in pitched(gat) if stem.name not in kept]
    if gat.key is not None and "key" not in named and new:
        wanted.append(Expectation(name="key", value=gat.key))
    if gat.sources.get("instruments") == "asked" and new:
        heard = {choice.instrument.family for word in players if (choice := resolve(word))}
        told = {str(item.value) for item in wanted if item.name == "has"}
        families = {"drums": "drums", "bass": "bass"}
        wanted += [Expectation(name="has", value=name) for name in families if name in heard and name not in told]
    return wanted


def of_edit(
    before: GlobalAttributeTable,
    after: GlobalAttributeTable,
    own: Iterable[Expectation],
    *,
    touched: Collection[str] = (),
    changed: Collection[str] = (),
) -> tuple[Expectation, ...]:
    """`own`, and that every stem but those `touched` and every table field but those `changed` is as it was."""
    kept = [name for name in before.stem_names if name not in touched]
    wanted = list(own)
    if kept:
        wanted.append(Expectation(name="preserved", value=kept))
    wanted.append(Expectation(name="unchanged", value=[field for field in FIELDS if field not in changed]))
    return (*wanted, *of_sound(after))


def of_span(
    before: GlobalAttributeTable, after: GlobalAttributeTable, start: int, end: int, renewed: Iterable[Stem]
) -> tuple[Expectation, ...]:
    """That samples `start`..`end` of the stems `renewed` are new, and no others."""
    names = [stem.name for stem in renewed]
    own = [Expectation(name="span", value=[start, end], stem=name) for name in names]
    return of_edit(before, after, own, touched=names)


def of_tempo(gat: GlobalAttributeTable) -> list[Expectation]:
    """That the mix is heard at the table's tempo, where it lasts long enough to tell."""
    if gat.bpm is None or gat.duration_seconds < _TELLING_SECONDS:
        return []
    return [Expectation(name="bpm", value=gat.bpm)]


def of_key(gat: GlobalAttributeTable) -> list[Expectation]:
    """That the mix is heard in the table's key, for takes whose notes are new: only where something pitched sounds
    and its harmony tells the scale. Borrowed chords that were asked for would count against it, and two chords leave
    more than one scale open."""
    if gat.key is None or not any(not stem.muted for stem in pitched(gat)):
        return []
    return [Expectation(name="key", value=gat.key)] if chords_fit(gat, tells=_TELLING_NOTES) else []


def of_sound(gat: GlobalAttributeTable) -> list[Expectation]:
    """What every take owes the ear. The seam is vouched for where the whole loop was played here: a recording may
    not have been a loop to begin with. Flat tops are what distortion is, so where it is heard only the peak counts."""
    audible = [stem for stem in gat.stems if not stem.muted]
    chains = [gat.mix_effects, *(stem.effects for stem in audible)]
    flattened = any(effect.kind in _FLATTENING for chain in chains for effect in chain)
    wanted = [Expectation(name="clipping", value="peak" if flattened else None)]
    if all(stem.score is not None for stem in audible):
        wanted.append(Expectation(name="seam"))
    return wanted


def chords_fit(gat: GlobalAttributeTable, *, tells: int = 0) -> bool:
    """Whether every note of the chords lies in the key's scale (a minor key may raise its seventh), and whether they
    touch at least `tells` notes of it."""
    from ensemble.band.theory import parse_chord, parse_key

    if gat.key is None:
        return False
    try:
        key = parse_key(gat.key)
        notes = {pitch % 12 for symbol in gat.chords for pitch in parse_chord(symbol).pitches}
    except ValueError:
        return False
    raised = {(key.tonic + 11) % 12} if key.minor else set()
    return notes <= set(key.scale) | raised and len(notes & set(key.scale)) >= tells


def _is_bass(stem: Stem) -> bool:
    from ensemble.band.instruments import INSTRUMENTS

    known = INSTRUMENTS.get(stem.instrument)
    return known is not None and known.family == "bass"
