"""Listening to any audio file: `loopcopilot listen FILE --expect ... --json`."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ensemble.listen.analyse import Heard, analysis_of
from ensemble.listen.audiofile import decode, facts
from ensemble.listen.checks import check_heard, stated
from ensemble.listen.expect import ALIASES, parse_expectations
from ensemble.listen.seam import measure_seam
from ensemble.listen.tempo import judge_tempo
from ensemble.listen.tonality import relative
from state.errors import UploadError
from state.verdict import Expectation

LONGEST_SECONDS = 3600.0


def measure_file(
    path: Path, expectations: Sequence[Expectation | str], *, max_seconds: float = LONGEST_SECONDS
) -> dict[str, Any]:
    """What can be measured of `path`, plain JSON, None where it cannot be; `checks` holds one entry for each
    expectation, in order, named by its key. Raises InputError for an expectation that cannot be asked of a file and
    UploadError for a file that is not usable audio."""
    wanted = [parse_expectations([item])[0] if isinstance(item, str) else item for item in expectations]
    try:
        audio = decode(path, max_seconds)
    except UploadError as error:
        # The same words, but nothing was attached here.
        raise UploadError(error.message, field="file") from None
    rate, channels = facts(path)
    heard = Heard(audio)
    analysis = analysis_of(heard)
    seam = measure_seam(heard.sound)
    return {
        "file": str(path),
        "duration_seconds": round(analysis.duration_seconds, 4),
        "sample_rate": rate,
        "channels": channels,
        "silent": analysis.silent,
        "loudness_lufs": analysis.loudness_lufs,
        "true_peak_db": None if analysis.silent else analysis.true_peak_db,
        "bpm": analysis.bpm,
        "bpm_confidence": analysis.bpm_confidence,
        "bars": analysis.bars,
        "time_signature": None,
        "key": analysis.key,
        "scale": None if analysis.key is None else [analysis.key, relative(analysis.key)],
        "key_confidence": analysis.key_confidence,
        "chords": list(analysis.chords) or None,
        "drums": analysis.has_drums,
        "bass": analysis.has_bass,
        "seam_jump": None if analysis.silent else round(seam.jump, 4),
        "unchecked": unchecked(heard),
        "checks": [
            check_heard(_informed(item, wanted, heard), heard).model_dump() | {"expected": stated(item)}
            for item in wanted
        ],
    }


def unchecked(heard: Heard) -> list[str]:
    """What was not measured and why, each a full sentence."""
    sentences = []
    if heard.sound.silent:
        return ["The file is silent, so nothing but its length was measured."]
    if heard.pulse.bpm is None:
        sentences.append(
            f"Tempo and bars: no pulse is clear enough (confidence {heard.pulse.confidence:.2f} of 1), so no tempo is"
            " claimed."
        )
    if not heard.tonality.measurable:
        sentences.append("Key and chords: too little steady pitch is heard to name a scale.")
    for word in ("drums", "bass"):
        if heard.presence.status(word) == "unmeasurable":
            sentences.append(f"Whether there {'are' if word == 'drums' else 'is'} {word}: the evidence is undecided.")
    sentences += [
        "Major against relative minor: only the set of notes is tested, the tonic named is the likelier one.",
        "Time signature: 4/4 is assumed where bars are counted.",
        "Instruments other than drums and bass, genre, mood and lyrics: nothing here can hear them.",
    ]
    return sentences


def _informed(item: Expectation, wanted: Sequence[Expectation], heard: Heard) -> Expectation:
    """A number of bars, with the metre that was asked for beside it, and the tempo unless the sound contradicts it."""
    if item.name != "bars" or isinstance(item.value, dict):
        return item
    value = {"bars": item.value}
    for other in wanted:
        name = ALIASES.get(other.name, other.name)
        if name == "time_signature" or (name == "bpm" and judge_tempo(heard.pulse, float(other.value))[0] != "failed"):
            value.setdefault(name, other.value)
    return item.model_copy(update={"value": value})
