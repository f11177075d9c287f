"""Words about sound: only what stands in the table or was measured, and which of the two it is."""

from __future__ import annotations

from collections.abc import Sequence

from ensemble.listen.analyse import Analysis
from ensemble.listen.tonality import relative
from state.gat import GlobalAttributeTable


def caption_upload(analysis: Analysis, *, bpm: float | None, bars: int | None, chords: Sequence[str] = ()) -> str:
    """One or two sentences about an upload, from measurements alone."""
    what = "A drum recording" if analysis.only_drums else "A recording"
    length = f"{analysis.duration_seconds:.1f} s"
    if bpm is not None and bars:
        length = f"{bars} {_plural('bar', bars)} at {_tempo(bpm)} ({length})"
    elif bpm is not None:
        length = f"{length} at {_tempo(bpm)}"
    sentence = f"{what} of {length}"
    if bpm is None:
        sentence += " without a steady pulse"
    if analysis.key is not None:
        sentence += f"; its notes fit {analysis.key} (or its relative, {relative(analysis.key)})"
    if chords:
        sentence += f", with chords near {' '.join(chords)}"
    heard = _presence(analysis)
    return f"{sentence}{'; ' + heard if heard else ''}. {_level(analysis)}"


def describe(gat: GlobalAttributeTable, analysis: Analysis) -> str:
    """The loop in a few sentences: what the table states, then what was measured on the mix."""
    words = [word for word in (gat.mood, gat.genre) if word]
    kind = " ".join([*words, "loop"])
    first = f"{_article(kind)} {kind}"
    if gat.bars is not None and gat.bpm is not None:
        first += f" of {gat.bars} {_plural('bar', gat.bars)} in {gat.time_signature} at {_tempo(gat.bpm)}"
        first += f" ({gat.duration_seconds:.1f} s)"
    else:
        first += f" of {gat.duration_seconds:.1f} s"
        first += f" at {_tempo(gat.bpm)}" if gat.bpm is not None else " without a stated tempo"
    if gat.key:
        first += f", in {gat.key}"
    sentences = [first + "."]
    if gat.chords:
        sentences.append(f"The chords are {', '.join(gat.chords)}.")
    if gat.stems:
        sentences.append(_stems(gat))
    if gat.mix_effects:
        sentences.append(f"On the whole mix: {_listed([effect.kind for effect in gat.mix_effects])}.")
    sentences.append(_measured(gat, analysis))
    return " ".join(sentences)


def answer_facts(gat: GlobalAttributeTable, analysis: Analysis) -> dict[str, object]:
    """The same facts as data, for tools and planners: `stated` from the table, `measured` on the mix (None: could not
    be measured)."""
    return {
        "stated": {
            "bpm": gat.bpm,
            "key": gat.key,
            "time_signature": gat.time_signature,
            "bars": gat.bars,
            "duration_seconds": round(gat.duration_seconds, 3),
            "genre": gat.genre,
            "mood": gat.mood,
            "chords": list(gat.chords),
            "stems": {stem.name: stem.instrument for stem in gat.stems},
            "muted": [stem.name for stem in gat.stems if stem.muted],
            "effects": {stem.name: [effect.kind for effect in stem.effects] for stem in gat.stems if stem.effects},
            "mix_effects": [effect.kind for effect in gat.mix_effects],
        },
        "measured": {
            "bpm": analysis.bpm,
            "key": analysis.key,
            "drums": analysis.has_drums,
            "bass": analysis.has_bass,
            "loudness_lufs": analysis.loudness_lufs,
            "true_peak_db": analysis.true_peak_db,
            "silent": analysis.silent,
        },
    }


def _stems(gat: GlobalAttributeTable) -> str:
    playing = []
    for stem in gat.stems:
        name = stem.name if stem.instrument == stem.name else f"{stem.name} ({stem.instrument})"
        notes = [effect.kind for effect in stem.effects]
        playing.append(name + (f" with {_listed(notes)}" if notes else "") + (", muted" if stem.muted else ""))
    separator = "; " if any("," in name for name in playing) else ", "
    count = f"{len(playing)} {_plural('stem', len(playing))}"
    return f"It has {count}: {separator.join(playing)}."


def _measured(gat: GlobalAttributeTable, analysis: Analysis) -> str:
    """What listening adds: agreement or not with the table, presence, level."""
    if analysis.silent:
        return "Measured on the mix: silence."
    found = []
    if analysis.bpm is None:
        found.append("no pulse clear enough to measure")
    elif gat.bpm is not None and any(abs(analysis.bpm / gat.bpm / level - 1) < 0.02 for level in (1, 2, 0.5)):
        found.append("a pulse that agrees with the tempo")
    else:
        found.append(f"a pulse near {_tempo(analysis.bpm)}")
    if analysis.key is not None:
        found.append(f"notes that fit {analysis.key} or {relative(analysis.key)}")
    heard = _presence(analysis)
    if heard:
        found.append(heard)
    return f"Measured on the mix: {'; '.join(found)}. {_level(analysis)}"


def _presence(analysis: Analysis) -> str:
    heard = [word for word, truth in (("drums", analysis.has_drums), ("bass", analysis.has_bass)) if truth]
    absent = [word for word, truth in (("drums", analysis.has_drums), ("bass", analysis.has_bass)) if truth is False]
    parts = [f"{' and '.join(heard)} heard" if heard else "", f"no {' and no '.join(absent)} heard" if absent else ""]
    return ", ".join(part for part in parts if part)


def _level(analysis: Analysis) -> str:
    if analysis.silent or analysis.loudness_lufs is None:
        return "It is silent."
    return f"Loudness {analysis.loudness_lufs:.1f} LUFS, true peak {analysis.true_peak_db:.1f} dBTP."


def _tempo(bpm: float) -> str:
    return f"{bpm:.0f} bpm" if abs(bpm - round(bpm)) < 0.05 else f"{bpm:.1f} bpm"


def _plural(word: str, count: int) -> str:
    return word if count == 1 else word + "s"


def _listed(words: Sequence[str]) -> str:
    return words[0] if len(words) == 1 else ", ".join(words[:-1]) + " and " + words[-1]


def _article(phrase: str) -> str:
    return "An" if phrase[:1].lower() in "aeiou" else "A"
