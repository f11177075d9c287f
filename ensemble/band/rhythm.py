"""The rhythm of an accompaniment: a style's grids over the whole loop, with every change of harmony struck."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

from ensemble.band.frame import Frame
from ensemble.band.metre import Hit, bars_of, fit


def bar_hits(grids: Sequence[str], frame: Frame, rng: Random, busy: float) -> list[Hit]:
    """Hits over the whole loop from a style's grids: one grid for most bars, another to answer it."""
    first = rng.randrange(len(grids))
    second = rng.randrange(len(grids))
    hits: list[Hit] = []
    for bar in range(frame.bars):
        pattern = bars_of(grids[second if bar % 4 == 3 else first])
        own = list(fit(pattern[bar % len(pattern)], frame.metre))
        if busy <= -0.8:
            own = own[:1] if len(own) < 4 else own[::3]
            own = [Hit(h.time, max(h.length, 1.0), h.sign) for h in own]
        elif busy > 0.5:
            taken = {round(h.time * 4) for h in own}
            added = [s for s in range(0, round(frame.bar * 4), 2) if s not in taken and s + 1 not in taken]
            own = sorted([*own, *(Hit(s / 4, 0.25, "o") for s in added)], key=lambda h: h.time)
            own = [Hit(h.time, min(h.length, (own[i + 1].time if i + 1 < len(own) else frame.bar) - h.time), h.sign)
                   for i, h in enumerate(own)]  # fmt: skip
        hits.extend(Hit(bar * frame.bar + h.time, h.length, h.sign) for h in own)
    return hits


def cover(hits: list[Hit], frame: Frame, sign: str) -> list[Hit]:
    """`hits` cut where the harmony changes, with a stroke at each change that would go unheard or ring on too long."""
    out: list[Hit] = []
    for span in frame.spans:
        inside = [hit for hit in hits if span.start - 0.01 <= hit.time < span.end - 0.01]
        ringing = any(hit.time < span.start - 0.01 and hit.time + hit.length > span.start + 0.3 for hit in hits)
        if not inside or (ringing and inside[0].time > span.start + 0.9):
            until = inside[0].time if inside else span.end
            inside = [Hit(span.start, min(until - span.start, frame.bar), sign), *inside]
        out.extend(Hit(hit.time, min(hit.length, span.end - hit.time), hit.sign) for hit in inside)
    return out
