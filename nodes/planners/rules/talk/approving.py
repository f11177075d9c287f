"""Leave-it-so: 'sick, leave it like that', 'nothing more needs changing', "that's the one". The loop is to stay as it is."""

from __future__ import annotations

import re
from collections.abc import Callable

from nodes.planners.rules.words.speech import BREAKS, Clause

_ALL = r"(?:it|this|that|everything|all of it|things|the loop|it all|them|the whole thing|this one|that one)"
_SO = (
    r"(?:(?:exactly |just |right )?(?:like|as|how|where|the way) (?:it is|they are|this|that|it stands?|things stand|is|it was|it all is|we have it|it sounds)(?: now)?|"
    r"there|now|here|at that|please|for now|then|be|alone|untouched|unchanged|so)"
)
_LEAVE = (
    rf"(?:leave|keep|let) {_ALL}(?: {_SO})*",
    r"(?:don't|do not|never) (?:you )?(?:change|touch|alter|move|mess with|fiddle with|add) (?:a (?:single )?(?:thing|note|bit of it)|anything(?: else| more)?|it|this|that|any of it)(?: (?:now|please|any ?more|further|at all|again))*",
    r"(?:there is |there's )?nothing (?:more |else |further |left )?(?:needs |has |wants |to |needs to |has to |i would |i'd |should )?(?:be )?(?:changing|change|changed|fixing|fix|do|adding|add)(?: (?:here|now|anymore|about it))*",
    r"(?:there is |there are |i have |i want )?no (?:more |further |other )?(?:changes|edits|tweaks|adjustments|wishes)(?: (?:are |is )?(?:needed|please|required|necessary|for now|from me))*",
    r"(?:that's|this is|that is|it's|it is|this one is|that was|this was|it was|that sounds|it sounds|(?:that|it)(?: all)? (?:came out|turned out|worked out)|that hit) (?:the (?:one|spot)|it|a wrap|the ticket|(?:(?:just|exactly|absolutely|precisely|quite|so) )+(?:right|it|perfect|spot on|what i (?:wanted|meant|need|needed|had in mind|asked for|was after))|spot on|what i (?:wanted|meant|needed|had in mind|was after|asked for)|all)(?: (?:right there|then|now|for now|for today|yes))*",
    r"(?:we|i|we're|i'm|we are|i am)(?: all| quite)? (?:done|finished|set|sorted)(?: (?:here|now|for now|for today|with (?:it|this|that)))*",
    rf"(?:i'm|i am|we're|we are) (?:now )?(?:(?:quite|very|really|so|perfectly|pretty|absolutely|more than|completely|entirely) )*(?:happy|satisfied|content|pleased|delighted) (?:with|about) (?:{_ALL}|the result|how it (?:is|sounds))(?: (?:now|as it is|like this))*",
    r"(?:this|that|it|she)(?: absolutely| really| just| totally| so)? (?:slaps|bangs|rocks|goes hard|hits|hits hard|hits different|works|knocks|rules|kills|does it|will do|does the job|does the trick|bumps)(?: (?:now|nicely|well|for me|already))*",
    r"(?:bet|splendid|superb|word|say less|done|good as is|good as it is|perfect as is|fine as it is|fine by me|that'll do|that will do|marvellous|outstanding|spot on|as it is|banger|certified|approved|agreed)",
)  # fmt: skip
_SAID = re.compile("|".join(f"(?:{phrase})" for phrase in _LEAVE))
_LINKS = re.compile(
    r"^(?:(?:and|so|please|just|now|but|ok|okay|yeah|yes|then|let's|lets|you can|we can|yo|oh|man|bro|well|kindly|i think|i say) )+"
)
_ENDING = re.compile(r" (?:please|thanks|thank you|now|man|bro|for me|ok|okay|mate|then|tbh|lol)$")


def approves(message: Clause, kind: Callable[[Clause], bool]) -> bool:
    """Whether every sentence is kind or says that the loop stays as it is, and one of them the latter."""
    pieces: list[Clause] = []
    start = 0
    for at, word in enumerate((*message.words, ".")):
        if word in BREAKS:
            pieces += [message.part(start, at)] if at > start else []
            start = at + 1
    said = [_left(piece) for piece in pieces]
    if not any(left is not None for left in said):
        return False
    return all(
        (left is None and kind(piece)) or (left is not None and (not left.words or kind(left)))
        for piece, left in zip(pieces, said, strict=True)
    )


def _left(piece: Clause) -> Clause | None:
    """What stands before the words that leave all as it is; None where there are none."""
    for at in range(len(piece.words)):
        text = " ".join(piece.words[at:])
        text = _LINKS.sub("", f"{text} ").strip()
        while (shorter := _ENDING.sub("", text)) != text:
            text = shorter
        if text and _SAID.fullmatch(text):
            return piece.part(0, at)
    return None
