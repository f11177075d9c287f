"""Plays notes on a SoundFont: samples at their pitch, through envelope and filter, obeying every velocity.

symusic's own synthesizer was measured first: it ignores velocity, envelopes, releases and filters (a piano never
decays, every note ends in a click), so that only its MIDI side is used here. One tone is made for each key of a zone and
shared by all notes of that key; a note is a slice of it, scaled and released. numpy and soxr only, no threads: equal
notes give equal samples.
"""

from __future__ import annotations

import math
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from ensemble.band.kept import Kept
from ensemble.band.soundfont import Envelope, SoundFont, Zone
from state.gat import SAMPLE_RATE

if TYPE_CHECKING:
    from ensemble.band.score import Part
    from state.artifacts import Audio

Mono = NDArray[np.float32]

_FLOOR_DB = 80.0
"""A voice this far down is over."""
_DYNAMIC_DB = 100.0
"""What an envelope's decay or release time is the time of (SoundFont 2.04, 8.1.3)."""
_SHORTEST_RELEASE = 0.012
_LONGEST_RELEASE = 4.0
_SHORTEST_STROKE = 0.25
"""Seconds that a drum sounds before its key is let go: drum parts are written as short notes."""
_CHOKE_SECONDS = 0.015
_LENGTHS = tuple(round(SAMPLE_RATE * s) for s in (0.25, 0.5, 0.75, 1, 1.5, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64))
"""Tones are made in these lengths, so that notes share them and what is in the cache cannot change a sample."""
_CACHED_BYTES = 96 * 1024 * 1024
_FRAME = 1024
_OPEN_HZ = 15000.0
"""A filter that never closes below this is left out."""
_CENTRED_DRUMS = frozenset({35, 36})
_BASS_PROGRAMS = range(32, 40)


def play(part: Part, bpm: float, bank: SoundFont, samples: int) -> Audio:
    """`part` as a loop, shape (2, samples), as loud as the bank plays it: what rings past the end sounds at the start,
    and a note that begins before the loop or after it is played where that comes round."""
    out = np.zeros((2, samples), np.float32)
    for start, sound, gains in _voices(part, bpm, bank, samples):
        done = 0
        while done < sound.size:
            piece = sound[done : done + samples - start]
            for channel, gain in zip(out, gains, strict=True):
                channel[start : start + piece.size] += piece * gain
            done += piece.size
            start = 0
    return out


def _voices(part: Part, bpm: float, bank: SoundFont, samples: int) -> list[tuple[int, Mono, tuple[np.float32, ...]]]:
    """(start in samples, sound, gains left and right) of every voice, in the order of the notes."""
    beat = 60.0 / bpm * SAMPLE_RATE
    keys = [
        (start, note, zone)
        for start, note in sorted((round(note.start * beat) % samples, note) for note in part.notes)
        for zone in bank.zones(part.program, part.is_drum, note.pitch, note.velocity)
    ]
    # Where the next note of each exclusive class begins, seen from the end: the first ones come round again.
    choking = {zone.choke: start + samples for start, _, zone in reversed(keys) if zone.choke}
    last = dict(choking)
    voices: list[tuple[int, Mono, tuple[np.float32, ...]]] = []
    for start, note, zone in reversed(keys):
        held = max(1, round(note.duration * beat))
        if part.is_drum:
            held = max(held, round(_SHORTEST_STROKE * SAMPLE_RATE))
        sound = _released(bank, zone, note.pitch, held, crisp=part.is_drum)
        if zone.choke:
            # Zones of one stroke begin together and do not choke each other.
            if choking[zone.choke] > start:
                last[zone.choke] = choking[zone.choke]
            room = last[zone.choke] - start
            if 0 < room < sound.size:
                sound = _faded(sound, room)
            choking[zone.choke] = start
        centred = note.pitch in _CENTRED_DRUMS if part.is_drum else part.program in _BASS_PROGRAMS
        angle = ((0.0 if centred else zone.pan) + 1) * math.pi / 4
        gain = (note.velocity / 127) ** 2 * 10 ** (-zone.attenuation_db / 20)
        voices.append((start, sound, (np.float32(gain * math.cos(angle)), np.float32(gain * math.sin(angle)))))
    voices.reverse()
    return voices


def _released(bank: SoundFont, zone: Zone, pitch: int, held: int, *, crisp: bool) -> Mono:
    """The sound of one key held for `held` samples and let go."""
    release = min(_LONGEST_RELEASE, max(_SHORTEST_RELEASE, zone.volume.release))
    tail = _release_curve(release)
    tone = tone_of(bank, zone, pitch, held + tail.size, crisp=crisp)
    if tone.size <= held:
        return tone
    sound = tone[: held + tail.size].copy()
    sound[held:] *= tail[: sound.size - held]
    return sound


@lru_cache(maxsize=64)
def _release_curve(seconds: float) -> Mono:
    samples = max(2, round(seconds * _FLOOR_DB / _DYNAMIC_DB * SAMPLE_RATE))
    curve = 10 ** (-_FLOOR_DB / 20 * np.arange(samples) / samples)
    return np.asarray(curve - curve[-1] * np.arange(samples) / (samples - 1), dtype=np.float32)


def _faded(sound: Mono, room: int) -> Mono:
    fade = min(round(_CHOKE_SECONDS * SAMPLE_RATE), sound.size - room)
    cut = sound[: room + fade].copy()
    cut[room:] *= np.linspace(1, 0, fade, dtype=np.float32)
    return cut


_tones: Kept[Mono] = Kept(_CACHED_BYTES)


def tone_of(bank: SoundFont, zone: Zone, pitch: int, samples: int, *, crisp: bool = False) -> Mono:
    """A key held for at least `samples`, at full velocity, or shorter where the sound ends by itself. Read-only.

    `crisp` interpolates by cubics: their images put back the highs that the low sample rates of drums have cost.
    """
    length = next((size for size in _LENGTHS if size >= samples), samples)
    key = (str(bank.path), zone, pitch, length, crisp)
    tone = _tones.get(key)
    if tone is None:
        tone = _make(bank, zone, pitch, length, crisp=crisp)
        tone.setflags(write=False)
        _tones.put(key, tone, tone.nbytes)
    return tone


def forget() -> None:
    """Drop every tone that is kept. It changes nothing but the time that the next part takes."""
    _tones.clear()


def _make(bank: SoundFont, zone: Zone, pitch: int, length: int, *, crisp: bool) -> Mono:
    length = min(length, _audible(zone, pitch))
    cents = (pitch - zone.root) * zone.cents_per_key + zone.tune_cents
    step = 2 ** (cents / 1200) * zone.rate / SAMPLE_RATE
    if zone.envelope_to_pitch or zone.vibrato_cents:
        tone = _bent(bank, zone, step, length)
    else:
        tone = _pitched(bank, zone, step, length, crisp=crisp)
    tone = _filtered(zone, tone)
    tone *= _level(zone.volume, _decay(zone, pitch), tone.size)
    fade = min(64, tone.size)
    tone[tone.size - fade :] *= np.linspace(1, 0, fade, dtype=np.float32)
    return tone


def _decay(zone: Zone, pitch: int) -> float:
    return zone.volume.decay * float(2 ** (zone.decay_cents_per_key * (60 - pitch) / 1200))


def _audible(zone: Zone, pitch: int) -> int:
    """Samples until a held key has died away; as good as for ever when it sustains."""
    volume = zone.volume
    if volume.sustain / 10 < _FLOOR_DB:
        return 1 << 40
    seconds = volume.delay + volume.attack + volume.hold + _decay(zone, pitch) * _FLOOR_DB / _DYNAMIC_DB
    return max(256, round(seconds * SAMPLE_RATE))


def _source(bank: SoundFont, zone: Zone, length: int) -> Mono:
    """At least `length` samples as they were recorded, the loop unrolled; fewer where there is no loop."""
    if not zone.looped:
        return bank.slice(zone.start, min(zone.end, zone.start + length))
    body = bank.slice(zone.start, zone.loop_end)
    cycle = body[zone.loop_start - zone.start :]
    rounds = max(0, -(-(length - body.size) // cycle.size))
    return np.concatenate((body, np.tile(cycle, rounds)))[:length]


def _pitched(bank: SoundFont, zone: Zone, step: float, length: int, *, crisp: bool) -> Mono:
    import soxr

    source = _source(bank, zone, math.ceil(length * step) + 64)
    if step != 1:
        source = soxr.resample(source, step, 1.0, quality="QQ" if crisp and step < 1 else "HQ")
    return np.array(source[:length], dtype=np.float32)


def _bent(bank: SoundFont, zone: Zone, step: float, length: int) -> Mono:
    """A tone whose pitch follows its modulation envelope or vibrato, by cubic interpolation."""
    time = np.arange(length) / SAMPLE_RATE
    cents = zone.envelope_to_pitch * _modulation(zone.modulation, time)
    if zone.vibrato_cents:
        late = np.maximum(0, time - zone.vibrato_delay)
        cents = cents + zone.vibrato_cents * np.sin(2 * math.pi * zone.vibrato_hz * late)
    place = np.cumsum(step * np.exp2(cents / 1200))
    place -= place[0]
    source = np.pad(_source(bank, zone, math.ceil(place[-1]) + 8), (1, 3))
    inside = place[place < source.size - 4]
    whole = inside.astype(np.intp)
    x = (inside - whole).astype(np.float32)
    a, b, c, d = (source[whole + shift] for shift in range(4))
    curve = b + x * ((c - a) / 2 + x * (a - 2.5 * b + 2 * c - d / 2 + x * ((d - a) / 2 + 1.5 * (b - c))))
    return np.asarray(curve, dtype=np.float32)


def _level(volume: Envelope, decay: float, samples: int) -> Mono:
    """Amplitude of a held key: a straight rise, then a straight fall in dB."""
    time = np.arange(samples, dtype=np.float32) / np.float32(SAMPLE_RATE)
    peak = volume.delay + volume.attack
    fall = _DYNAMIC_DB / decay if decay > 0 else 1e6
    floor = volume.sustain / 10
    down = np.clip((time - np.float32(peak + volume.hold)) * np.float32(fall), 0, np.float32(floor))
    level = np.exp(down * np.float32(-math.log(10) / 20))
    rising = int(peak * SAMPLE_RATE)
    if rising:
        rise = (np.arange(min(rising, samples)) / SAMPLE_RATE - volume.delay) / max(volume.attack, 1e-6)
        level[: rise.size] = np.clip(rise, 0, 1)
    return np.asarray(level, dtype=np.float32)


def _modulation(envelope: Envelope, time: NDArray[np.float64]) -> NDArray[np.float64]:
    """The modulation envelope, 0..1, at `time` in seconds."""
    late = time - envelope.delay
    rise = np.clip(late / max(envelope.attack, 1e-4), 0, 1)
    fall = np.clip((late - envelope.attack - envelope.hold) / max(envelope.decay, 1e-4), 0, envelope.sustain / 1000)
    return np.asarray(rise - fall)


def _filtered(zone: Zone, tone: Mono) -> Mono:
    """`tone` through the zone's resonant low-pass, whose cutoff follows the modulation envelope.

    Done frame by frame on spectra (half-overlapping root-Hann windows): the cutoff moves slowly against a frame.
    """
    frames = tone.size // (_FRAME // 2) + 2
    centre = (np.arange(frames) * (_FRAME // 2) - _FRAME // 4) / SAMPLE_RATE
    cents = zone.cutoff_cents + zone.envelope_to_cutoff * _modulation(zone.modulation, np.maximum(centre, 0.0))
    cutoff = np.clip(8.176 * np.exp2(cents / 1200), 60.0, 20000.0)
    if cutoff.min() >= _OPEN_HZ:
        return tone
    window = _window()
    padded = np.pad(tone, (_FRAME // 2, frames * (_FRAME // 2) + _FRAME - tone.size - _FRAME // 2))
    cut = np.lib.stride_tricks.sliding_window_view(padded, _FRAME)[:: _FRAME // 2][:frames] * window
    spectrum = np.fft.rfft(cut, axis=-1)
    ratio = (_bins() / cutoff.astype(np.float32)[:, None]) ** 2
    quality = np.float32(10 ** ((zone.resonance_db - 3.01) / 10))
    spectrum *= 1 / np.sqrt((1 - ratio) ** 2 + ratio / quality)
    cut = np.fft.irfft(spectrum, _FRAME, axis=-1)
    cut *= window
    out = np.zeros((frames + 1, _FRAME // 2), np.float32)
    out[:-1] += cut[:, : _FRAME // 2]
    out[1:] += cut[:, _FRAME // 2 :]
    return out.reshape(-1)[_FRAME // 2 : _FRAME // 2 + tone.size]


@lru_cache(maxsize=1)
def _window() -> Mono:
    return np.sin(np.pi * (np.arange(_FRAME) + 0.5) / _FRAME).astype(np.float32)


@lru_cache(maxsize=1)
def _bins() -> Mono:
    return (np.arange(_FRAME // 2 + 1) * SAMPLE_RATE / _FRAME).astype(np.float32)
