"""What can be asked of one piece of audio, one small function each: passed, failed or unmeasurable.

A check returns (status, measured); `measured` is plain JSON. Unmeasurable is never a pass and never a fail.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from ensemble.listen.analyse import Heard
from ensemble.listen.expect import ALIASES
from ensemble.listen.seam import flat_tops, measure_seam
from ensemble.listen.tempo import CEILING_BPM, FLOOR_BPM, TOLERANCE, judge_tempo
from ensemble.listen.tonality import judge_scale
from state.errors import InputError
from state.gat import SAMPLE_RATE, loop_seconds
from state.verdict import Check, CheckStatus, Expectation

if TYPE_CHECKING:
    from state.artifacts import Audio

Found = tuple[CheckStatus, Any]

FILE_TOLERANCE_SECONDS = 0.010
"""How far a file's length may lie from the one expected; codecs and editors round to frames."""
_LEVELS = {"x2": 2.0, "/2": 0.5, "x2/3": 2 / 3, "/3": 1 / 3}
"""Levels of a pulse besides the one named: double, half, and the two of compound time."""
FITTED_SECONDS = 0.030
"""How far from whole bars a length still counts as whole bars."""
LOUDNESS_TOLERANCE_LU = 1.0
_DRUM_WORDS = {"drums", "drum", "drum kit", "drumkit", "drum machine", "kit", "beat", "percussion"}
_SAID = {
    "audible": "not silent",
    "clipping": "true peak <= 0 dBTP, no flat tops",
    "seam": "no click and no cut tail where the end meets the start",
}
_BASS_WORDS = {"bass", "bassline", "bass line", "bass guitar", "electric bass", "sub bass", "synth bass", "double bass"}


def check(expectation: Expectation, audio: Audio) -> Check:
    """Measure one expectation on `audio`, shape (2, samples) at 44.1 kHz. Raises InputError for a name not in CHECKS."""
    return check_heard(expectation, Heard(audio))


def check_heard(expectation: Expectation, heard: Heard) -> Check:
    """As `check`, for audio of which something may already have been measured."""
    name = ALIASES.get(expectation.name, expectation.name)
    if name not in CHECKS:
        raise InputError(
            f"{expectation.name!r} cannot be measured on one piece of audio; known are {', '.join(CHECKS)}",
            field="expect",
        )
    status, measured = CHECKS[name](expectation.value, heard)
    return Check(name=expectation.name, expected=stated(expectation), measured=measured, status=status)


def stated(expectation: Expectation) -> Any:
    """What is expected, for a record that can be read by itself: in words where the name of the check says it all."""
    if expectation.name == "clipping" and expectation.value == "peak":
        return "true peak <= 0 dBTP"
    wordless = expectation.value is None or expectation.value is True
    return _SAID.get(expectation.name) if wordless else expectation.value


def bpm(value: Any, heard: Heard) -> Found:
    """Tempo within +-2 %; a pulse at twice or half of it counts, and `measured` says which was found."""
    return told_tempo(judge_tempo(heard.pulse, float(value)), float(value))


def told_tempo(found: tuple[CheckStatus, float | None], wanted: float) -> Found:
    """The judgement with the tempo found; where it agrees only as another level of the pulse, with that level."""
    status, tempo = found
    if status != "passed" or tempo is None or abs(tempo / wanted - 1) <= TOLERANCE:
        return status, tempo
    ratio = tempo / wanted
    level = min(_LEVELS, key=lambda name: abs(_LEVELS[name] / ratio - 1))
    return status, {"bpm": tempo, "matched": level}


def key(value: Any, heard: Heard) -> Found:
    """The scale of the key against all others; relative keys agree."""
    return judge_scale(heard.tonality, str(value))


def bars(value: Any, heard: Heard) -> Found:
    """Length in whole bars at the tempo given (`value` a mapping with 'bars', 'bpm', 'time_signature') or measured."""
    wanted = value if isinstance(value, dict) else {"bars": value}
    count, metre, seconds = int(wanted["bars"]), str(wanted.get("time_signature") or "4/4"), heard.sound.seconds
    if wanted.get("bpm"):
        bar = loop_seconds(1, float(wanted["bpm"]), metre)
        if abs(seconds - count * bar) > FITTED_SECONDS:
            return "failed", round(seconds / bar, 3)
        status, _ = judge_tempo(heard.pulse, float(wanted["bpm"]), metre)
        # Without a pulse the length alone decides: it was the given tempo that made it a number of bars.
        return ("failed" if status == "failed" else "passed"), round(seconds / bar, 3)
    pulse = heard.pulse
    if pulse.bpm is None:
        return "unmeasurable", None
    implied = loop_seconds(count, 60.0, metre) * 60.0 / seconds
    measured = round(seconds / loop_seconds(1, pulse.bpm, metre), 2)
    if not FLOOR_BPM < implied < CEILING_BPM:
        return "failed", measured
    status, _ = judge_tempo(pulse, implied, metre)
    if status != "passed" or abs(implied / pulse.bpm - 1) <= TOLERANCE:
        return status, measured
    # The pulse is there at twice or half: whether these are as many bars, or twice or half as many, is a matter of feel.
    _, support = pulse.near(implied)
    return ("unmeasurable" if support >= 0.5 and 60 <= implied <= 190 else "failed"), measured


def duration_seconds(value: Any, heard: Heard) -> Found:
    """Length of a file, +-10 ms."""
    measured = heard.sound.seconds
    return passed(abs(measured - float(value)) <= FILE_TOLERANCE_SECONDS), round(measured, 4)


def audible(value: Any, heard: Heard) -> Found:
    """Not silent. `measured`: root mean square, dBFS."""
    return passed(not heard.sound.silent), round(heard.sound.rms_db, 1)


def clipping(value: Any, heard: Heard) -> Found:
    """Passed when nothing clips: true peak at most 0 dBTP and no flat tops. With 'peak' as `value` only the peak counts,
    for sound whose tops are flat by intent, as distortion's are."""
    peak = max(heard.true_peak_db, -200.0)
    if value == "peak":
        return passed(peak <= 0.0), {"true_peak_db": round(peak, 2)}
    runs = flat_tops(heard.sound.audio)
    return passed(peak <= 0.0 and runs < 3), {"true_peak_db": round(peak, 2), "flat_tops": runs}


def seam(value: Any, heard: Heard) -> Found:
    """Passed when the end meets the start without a click or a cut tail."""
    if heard.sound.silent:
        return "unmeasurable", None
    found = measure_seam(heard.sound)
    measured = {"jump": round(found.jump, 4), "fall_db": round(found.fall_db, 1)}
    return passed(not (found.clicks or found.cut)), measured


def has(value: Any, heard: Heard) -> Found:
    """Drums or bass are heard. Other instruments cannot be told in a mix without a trained listener."""
    word = measurable_word(str(value))
    if word is None:
        return "unmeasurable", None
    score = heard.presence.drums if word == "drums" else heard.presence.bass
    return heard.presence.status(word), round(score, 2)


def lacks(value: Any, heard: Heard) -> Found:
    """Drums or bass are not heard."""
    status, measured = has(value, heard)
    turned: dict[CheckStatus, CheckStatus] = {"passed": "failed", "failed": "passed", "unmeasurable": "unmeasurable"}
    return turned[status], measured


def loudness_lufs(value: Any, heard: Heard) -> Found:
    """Integrated loudness, +-1 LU."""
    if heard.sound.silent:
        return "unmeasurable", None
    return passed(abs(heard.loudness_lufs - float(value)) <= LOUDNESS_TOLERANCE_LU), round(heard.loudness_lufs, 1)


def time_signature(value: Any, heard: Heard) -> Found:
    """Not measured: metre from audio is a guess."""
    return "unmeasurable", None


CHECKS: dict[str, Callable[[Any, Heard], Found]] = {
    "bpm": bpm,
    "key": key,
    "bars": bars,
    "duration_seconds": duration_seconds,
    "audible": audible,
    "clipping": clipping,
    "seam": seam,
    "has": has,
    "lacks": lacks,
    "loudness_lufs": loudness_lufs,
    "time_signature": time_signature,
}
"""Every single-audio expectation by name."""


def measurable_word(word: str) -> str | None:
    """'drums' or 'bass' for the words that mean them, else None."""
    plain = " ".join(word.lower().split())
    if plain in _DRUM_WORDS:
        return "drums"
    return "bass" if plain in _BASS_WORDS else None


def to_the_sample(seconds: float, samples: int) -> Found:
    """The length of a take: exact."""
    return passed(samples == round(seconds * SAMPLE_RATE)), round(samples / SAMPLE_RATE, 6)


def passed(truth: bool) -> CheckStatus:
    """The status of what could be measured."""
    return "passed" if truth else "failed"
