"""The words of a reply, computed from what changed in the table and from what was measured, never from intentions."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ensemble.tools.selection import verb
from state.gat import GlobalAttributeTable, Stem
from state.plan import Step
from state.verdict import Check, Verdict, kept

_CHECK_WORDS = {
    "bpm": "tempo",
    "key": "scale",
    "duration_seconds": "length",
    "bars": "bars",
    "audible": "sound",
    "clipping": "no clipping",
    "seam": "a clean loop point",
    "has": "presence",
    "lacks": "absence",
    "sounding": "each new part sounding",
    "added": "the added part",
    "removed": "the removal",
    "preserved": "what had to stay the same",
    "unchanged": "what had to stay the same",
    "transposed": "the transposition",
    "speed": "the new length",
    "gain_db": "the level change",
    "panned": "the position",
    "muted": "the silence of what is muted",
    "span": "the sound outside the span untouched",
    "effect": "the effect",
    "varied": "the variation",
    "tool": "the tool",
    "loudness_lufs": "loudness",
}


_ROUTINE = {"sound", "no clipping", "a clean loop point", "length", "bars", "each new part sounding", "presence"}
"""Checks that every take passes through; a reply counts them, the record lists them."""


def listed(words: Iterable[str]) -> str:
    """'a', 'a and b', 'a, b and c'."""
    items = list(words)
    return items[0] if len(items) == 1 else f"{', '.join(items[:-1])} and {items[-1]}" if items else ""


def number(value: float) -> str:
    """A number without a needless fraction."""
    return f"{value:.2f}".rstrip("0").rstrip(".")


def in_words(step: Step) -> str:
    """A step for a person who is asked about it: 'remove track (stems organ)'."""
    told = ", ".join(f"{name.replace('_', ' ')} {_plain(value)}" for name, value in step.arguments.items())
    return step.tool.replace("_", " ") + (f" ({told})" if told else "")


def introduce(gat: GlobalAttributeTable) -> str:
    """One sentence for a loop that was not there before."""
    length = f"{gat.bars}-bar" if gat.bars else f"{number(gat.duration_seconds)}-second"
    mood = gat.mood if gat.mood and gat.mood.rstrip("y") not in (gat.genre or "") else None
    style = " ".join(word for word in (mood, gat.genre) if word)
    frame = [f"at {number(gat.bpm)} bpm" if gat.bpm else "", f"in {gat.key}" if gat.key else ""]
    metre = "" if gat.time_signature == "4/4" else f" in {gat.time_signature}"
    where = "".join(f" {words}" for words in frame if words)
    article = "An" if length.startswith(("8", "11", "18")) else "A"
    return f"{article} {length}{' ' + style if style else ''} loop{metre}{where} with {listed(gat.stem_names)}."


def changes(
    before: GlobalAttributeTable,
    after: GlobalAttributeTable,
    steps: Sequence[Step] = (),
    origin: GlobalAttributeTable | None = None,
) -> list[str]:
    """Full sentences for everything that differs between two tables; `steps` led from one to the other. `origin`: the parent
    of `after`, which is another than `before` where something was taken back first."""
    if before.revision != after.revision and (after.parent != before.revision):
        if after.parent is not None and any(
            step.tool not in _LOOKS_BACK and step.status != "skipped" for step in steps
        ):
            if origin is None or origin.revision != after.parent:
                return [f"Back at revision {after.parent}, and changed from there: {introduce(after)}"]
            rest = [step for step in steps if step.tool not in _LOOKS_BACK]
            return [f"Back at revision {after.parent}, and from there:", *changes(origin, after, rest)]
        return [f"Back at revision {after.revision}. {introduce(after)}"]
    said: list[str] = []
    old, new = {s.name: s for s in before.stems}, {s.name: s for s in after.stems}
    if not set(old) & set(new) and before.stems and after.stems:
        return [introduce(after)]
    if before.genre != after.genre and after.genre:
        said.append(f"The style is {after.genre} now.")
    if before.mood != after.mood and after.mood:
        said.append(f"The mood is {after.mood} now.")
    if before.time_signature != after.time_signature:
        said.append(f"Metre {before.time_signature} -> {after.time_signature}.")
    if before.bpm != after.bpm and before.bpm and after.bpm:
        said.append(f"Tempo {number(before.bpm)} -> {number(after.bpm)} bpm.")
    elif before.bpm is None and after.bpm is None and before.duration_seconds != after.duration_seconds:
        said.append(f"Length {number(before.duration_seconds)} -> {number(after.duration_seconds)} s.")
    if before.bars != after.bars and after.bars:
        seconds = "" if before.bpm != after.bpm else f", {number(after.duration_seconds)} s"
        said.append(f"{after.bars} bar{'s' if after.bars > 1 else ''} now{seconds}.")
    if before.key != after.key and after.key:
        said.append(f"Key {before.key or 'unknown'} -> {after.key}.")
    elif before.chords != after.chords and after.chords:
        said.append(f"Chords: {' '.join(after.chords)}.")
    if added := [name for name in new if name not in old]:
        said.append(f"Added {listed(added)}.")
    if removed := [name for name in old if name not in new]:
        said.append(f"Removed {listed(removed)}.")
    for name in new:
        if name in old:
            said += _stem_changes(old[name], new[name])
    framed = (before.bpm, before.key, before.bars, before.time_signature) == (
        after.bpm,
        after.key,
        after.bars,
        after.time_signature,
    )
    renewed = [
        name
        for name in new
        if name in old and new[name].audio != old[name].audio and new[name].instrument == old[name].instrument
    ]
    if renewed and framed and before.chords == after.chords:
        said.append(f"{_renewal(steps)} {listed(renewed)}.")
    elif renewed:
        told = [step for step in steps if step.tool == "regenerate_span" and step.status == "passed"]
        said += [f"New music in {_span(step)} of {listed(step.arguments.get('stems') or new)}." for step in told]
    if before.mix_effects != after.mix_effects:
        said.append(f"Effects on the mix: {listed(effect.kind for effect in after.mix_effects) or 'none'}.")
    level = after.master_gain_db - before.master_gain_db
    if abs(level) >= 0.05 and set(old) == set(new) and not said:
        said.append(f"The whole mix is {number(abs(level))} dB {'louder' if level > 0 else 'quieter'}.")
    kept = [name for name in new if name in old and new[name] == old[name]]
    if said and kept and len(kept) < len(new):
        said.append(f"Untouched: {listed(kept)}.")
    return said


def _renewal(steps: Sequence[Step]) -> str:
    """What a stem's new take is called when nothing else in the table tells."""
    tools = {step.tool for step in steps if step.status != "skipped"}
    if tools == {"shift_pitch"}:
        semitones = sum(step.arguments.get("semitones") or 0 for step in steps)
        return (
            f"Moved {'up' if semitones > 0 else 'down'} by {abs(semitones)} semitones:"
            if semitones
            else "Moved in pitch:"
        )
    if tools == {"vary"}:
        ways = _ways(steps)
        return f"Played {listed(ways)} now:" if ways else "Varied:"
    spans = list(dict.fromkeys(_span(step) for step in steps if step.tool == "regenerate_span"))
    if tools == {"regenerate_span"} and len(spans) == 1:
        return f"New music in {spans[0]} of"
    if tools == {"rearrange"}:
        return "Arranged anew:"
    if tools == {"remove_track"}:  # a part that was inside a recording
        words = [word for step in steps for word in step.arguments.get("stems", ())]
        gone = list(dict.fromkeys(word.casefold().removeprefix("the ") for word in words))
        return f"Without its {listed(gone)} now:"
    return "New music in"


def _span(step: Step) -> str:
    """'bar 4', 'bars 2 to 3', '3 to 5 s'."""
    low, high = step.arguments.get("start_bar"), step.arguments.get("end_bar")
    if low is not None:
        return f"bar {low}" if high in (None, low) else f"bars {low} to {high}"
    begin, end = step.arguments.get("start_seconds"), step.arguments.get("end_seconds")
    return f"{number(begin or 0)} to {number(end)} s" if end is not None else "a part"


_LOOKS_BACK = {"undo", "export", "describe"}
_WAYS = {
    "swing": "with swing", "straight": "straight", "half_time": "in half time", "double_time": "in double time",
    "sparse": "with a sparser part", "busy": "with a busier part",
}  # fmt: skip


def _ways(steps: Sequence[Step]) -> list[str]:
    """How varied parts are played, where every variation names a feel or a density."""
    said = [
        [_WAYS[word] for name in ("feel", "density") if (word := step.arguments.get(name)) in _WAYS]
        for step in steps
        if step.status != "skipped"
    ]
    return list(dict.fromkeys(way for ways in said for way in ways)) if all(said) else []


def _stem_changes(old: Stem, new: Stem) -> list[str]:
    name = new.name
    said: list[str] = []
    if old.instrument != new.instrument:
        said.append(f"{name.capitalize()} {verb(name, 'is', 'are')} played by {_article(new.instrument)} now.")
    if (level := new.gain_db - old.gain_db) and abs(level) >= 0.05:
        said.append(f"{name.capitalize()} {number(abs(level))} dB {'louder' if level > 0 else 'quieter'}.")
    if old.pan != new.pan:
        side = (
            "in the middle"
            if new.pan == 0
            else f"{round(abs(new.pan) * 100)} % to the {'left' if new.pan < 0 else 'right'}"
        )
        said.append(f"{name.capitalize()} {side}.")
    if old.muted != new.muted:
        said.append(f"{name.capitalize()} {'muted' if new.muted else 'unmuted'}.")
    if old.effects != new.effects:
        said.append(f"Effects on {name}: {listed(effect.kind for effect in new.effects) or 'none'}.")
    return said


def _article(instrument: str) -> str:
    """The instrument's name with its article: 'an acoustic bass', 'a standard kit', 'congas'."""
    if verb(instrument, "one", "many") == "many" or instrument[-1].isdigit() or instrument.endswith(")"):
        return instrument
    return f"{'an' if instrument[:1].lower() in 'aeiou' else 'a'} {instrument}"


def findings(verdicts: Sequence[Verdict]) -> list[str]:
    """What listening confirmed, what it could not tell, and what failed, of the takes that were kept."""
    checks = [check for verdict in kept(verdicts) for check in verdict.checks]
    said: list[str] = []
    failed = [check for check in checks if check.status == "failed"]
    names = {
        status: _words(check for check in checks if check.status == status) for status in ("passed", "unmeasurable")
    }
    if failed:
        said.append("Not reached: " + "; ".join(_evidence(check) for check in failed) + ".")
    if names["passed"]:
        telling = [word for word in names["passed"] if word not in _ROUTINE]
        count = sum(check.status == "passed" for check in checks)
        all_of = "All" if not failed else "Otherwise"
        words = (
            f" ({', '.join(telling)}{' and more' if len(telling) < len(names['passed']) else ''})" if telling else ""
        )
        said.append(
            f"{all_of} {count} checks by listening passed{words}."
            if count > 1
            else f"Checked by listening: {names['passed'][0]}."
        )
    if unchecked := [word for word in names["unmeasurable"] if word not in names["passed"]]:
        said.append(f"Could not be checked: {listed(unchecked)}.")
    return said


def _words(checks: Iterable[Check]) -> list[str]:
    return list(dict.fromkeys(_CHECK_WORDS.get(check.name, check.name.replace("_", " ")) for check in checks))


def _evidence(check: Check) -> str:
    word = _CHECK_WORDS.get(check.name, check.name.replace("_", " "))
    return f"{word} (wanted {_plain(check.expected)}, measured {_plain(check.measured)})"


def _plain(value: object) -> str:
    if isinstance(value, float):
        return number(value)
    if isinstance(value, dict):
        return ", ".join(f"{key} {_plain(item)}" for key, item in value.items())
    if isinstance(value, list | tuple):
        return listed(_plain(item) for item in value) or "nothing"
    return "nothing" if value is None else str(value)
