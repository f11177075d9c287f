"""Wishes in the words of an order: 'I want the bass and drums as wavs for my DAW' and 'can I have the midi' -> 'export ...';
'let a cello play what the guitar is playing' and 'have a flute take over from the guitar' -> 'replace the guitar with a flute'."""

from __future__ import annotations

import re
from collections.abc import Callable

from nodes.planners.rules.speech import Clause

_WISH = (
    r"(?:(?:i|we)(?: just| only| also| really)? (?:want|need|wanna have|will need|would like|would love)|(?:i'd|we'd) (?:like|love)|"
    r"(?:i|we)'ll (?:need|take|have)|(?:(?:can|could|will|would) you )?(?:please )?(?:give|send|get|hand|pass|bring|gimme)(?: me| us| over)?|"
    r"(?:can|could|may) (?:i|we) (?:please )?(?:have|get|grab)|let me have|let us have|i could use)"
)
_FORMAT = (
    r"(?:wavs?|waves|midis?|mid|mp3s?|flacs?|aiffs?|oggs?|stems|audio|multitracks?|"
    r"(?:wav|wave|midi|audio|separate|individual|single|mp3) (?:wav |midi |audio )?(?:files?|stems|tracks|clips?))"
)
_END = r"(?!\w| keyboard)"
_NO_MORE = r"(?= (?:please|for|of|so|now|and|too|thanks|tho)(?!\w)| ?[.,;!?]|$)"  # not 'get the stems panned wide'
_THE = r"(?:the|my) \w+(?: (?:part|line|riff|melody|solo|chords|guitar|piano|bass))?"
_NEW = r"(?P<new>(?:a|an|some) \w+(?: \w+){0,2}?)"
_HEAD = r"(?:^|(?<=[.,;!?:&] )|(?<=\band )|(?<=\bthen )|(?<=\bnow )|(?<=\bplease )|(?<=\bmaybe )|(?<=\bjust )|(?<=\bbut )|(?<=\bok )|(?<=\bso )|(?<=\byou ))"
_LETTING = r"(?:(?:let|have|get|make|use|i want|i'd like|we want|i would like|could|can|bring in|how about|what if) )?"
_MAY = r"(?: (?:should|could|can|to|will|must|would|might|and let it))?"
_PLAYING = r"(?:plays?|playing|takes?|taking|does|do|double|handles?)(?: exactly| just)?"
_PLAYED = r"(?:is|was|are|were|does|do|did|plays?|played|has|had)(?: playing| doing)?(?: now| right now)?(?!\w)"

_ORDERS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], str]], ...] = (
    (
        re.compile(rf"(?<!\w){_WISH} (?P<what>[\w' ]+? (?:as|in|to) (?:an? )?(?:\d+ bit )?{_FORMAT}){_END}"),
        lambda found: f"export {found['what']}",
    ),
    (
        re.compile(
            rf"(?<!\w){_WISH} (?P<what>(?:all )?(?:of )?(?:the |my )?(?:{_FORMAT}|files|stem files|midi data)){_NO_MORE}"
        ),
        lambda found: f"export {found['what']}",
    ),
    (
        re.compile(rf"{_HEAD}{_LETTING}{_NEW}{_MAY} {_PLAYING} what(?:ever)? (?P<old>{_THE}) {_PLAYED}"),
        lambda found: f"replace {found['old']} with {found['new']}",
    ),
    (
        re.compile(rf"{_HEAD}{_LETTING}{_NEW}{_MAY} (?:takes?|taking) over (?:from |for )?(?P<old>{_THE})(?!\w)"),
        lambda found: f"replace {found['old']} with {found['new']}",
    ),
    (
        re.compile(rf"{_HEAD}(?:let|have) {_NEW} (?:take|have|do|handle|get) (?P<old>(?:the|my) \w+ (?:part|line|riff|melody|solo|chords))(?!\w)"),
        lambda found: f"replace {found['old']} with {found['new']}",
    ),
    (
        re.compile(r"(?<!\w)mix (?P<what>(?:the|my) \w+) (?P<how>(?:a bit |a little |slightly |much |a lot )?)(?P<way>lower|down|higher)(?!\w)"),
        lambda found: f"make {found['what']} {found['how']}{'quieter' if found['way'] in {'lower', 'down'} else 'louder'}",
    ),
    (
        re.compile(r"(?<!\w)jazz (?:up (?P<what>(?:the|these|those) (?:chords|harmony|progression))|(?P<object>the (?:chords|harmony)) up)(?!\w)"),
        lambda found: f"make {found['what'] or found['object']} richer",
    ),
    (
        re.compile(r"(?<!\w)shut (?P<what>(?:the|my) \w+|it|them) up(?!\w)"),
        lambda found: f"mute {found['what']}",
    ),
    (
        re.compile(
            r"(?<!\w)(?:can|could|should|may) (?:it|this|that|the loop|we|everything) (?:go|run|play|sit) (?:at|to) "
            r"(?P<bpm>\d+)(?: bpm)?(?: instead(?: of \d+(?: bpm)?)?)?(?!\w)"
        ),
        lambda found: f"take it to {found['bpm']} bpm",
    ),
    (
        re.compile(
            r"(?<!\w)(?:my|our|the) (?:singer|vocalist|rapper|choir|drummer|bassist|guitarist|client|director|dancers?) "
            r"(?:needs|wants|need|want|prefers|would like|would prefer|asked for) (?P<what>it|this|everything|the loop)(?: to be)?(?!\w)"
        ),
        lambda found: f"make {found['what']}",
    ),
)  # fmt: skip
"""What is wished for, and the order for it. A title that is quoted is one token and is never part of these."""


def in_orders(message: Clause) -> Clause:
    """The message with each wish of these kinds told as an order."""
    for pattern, order in _ORDERS:
        text = " ".join(message.words)
        found = pattern.search(text)
        if found is not None:
            start = text[: found.start()].count(" ")
            message = message.replaced(start, start + found[0].count(" ") + 1, order(found))
    return message
