"""Expressions that stand for plainer ones: 'when it's done, export it' -> 'then export it'; 'come up with a bass line' -> 'write a
bass line'; 'drum-free', 'guitarless' -> 'without drums', 'without guitar'."""

from __future__ import annotations

import re

from nodes.planners.rules.plain.rewording import HEAD, reworded, text_of
from nodes.planners.rules.words.attributes import read
from nodes.planners.rules.words.lexicon import meanings
from nodes.planners.rules.words.references import is_instrument, mentions
from nodes.planners.rules.words.speech import BREAKS, Clause, word_set

_SAME_BUT = re.compile(
    rf"{HEAD}(?:the |this |that |make it the |play the |do the |give me the )?same (?:tune|song|thing|loop|track|melody|piece|one|idea|beat|music|groove|riff)(?: again)?(?: ,)? (?:but|only|just|except)(?: make it| with it| this time)?"
    r"(?= (?!(?:with|on|in|for|at|no|without|not|the|a|an|for|from|as|by|to|this|add|remove|mute|make|up|down)\b)\w+(?: \w+)?(?: ?[.,;!?]|$| please))"
)
_SOUNDING = (
    re.compile(
        r"(?:^|(?<=[.,;!?] ))(?:(?:can you |could you |please |let me |i want to |i'd like to |i would like to |i'd love to |i wanna |show me |tell me |play me |imagine |make me |i wonder |i always wondered |wondering )(?:hear |know |imagine |show me |play me |find out )?)"
        r"(?:what|how) (?P<what>(?:a|an|the|my|our|some|being|having|walking|driving|\w+ing) .+?|\w+) (?:would |might |could )?(?:sounds?|feels?|looks?)(?: like)?(?= ?[.,;!?]| (?:with|on|in|for|at|using) |$)"
    ),
    re.compile(r"^(?:so |and |ok |okay )*(?:what|how) (?:would|could|might|does) (?P<what>(?:a|an|the|my|our|some) .+?) (?:sound|feel)(?: like)?(?= ?[.,;!?]| (?:with|on|in|for|at|using|as) |$)"),
)  # fmt: skip
_WHEN = re.compile(
    rf"{HEAD}(?:when|once|as soon as|after|whenever)(?: (?:all of )?(?:it|that|this|you|we|everything|all|the loop|the track|the beat|the song|it all))?(?:'s|'re|'ve| is| are| have| has|'s all)?(?: (?:all|been|got|both))? "
    r"(?:done|finished|ready|complete|completed|made|make|finish|generated|rendered|built|finish(?:ed)? making it|in place|over|set|cooked|good to go|created|done making|sorted)(?: (?:it|that|this|with it|with that|making it|making that|everything|up))*(?P<comma> ,)?(?= \w)"
)
_DREAMT = re.compile(
    rf"{HEAD}(?:can you |could you |would you |please |try to )*(?P<verb>come up with|think up|think of|make up|dream up|cook up|work out|conjure up|whip up|knock up|hit me up with)(?= (?:a|an|another|some|something|new|different|other)\b)"
)
_WHICHEVER = re.compile(
    r"(?<!\w)(?:(?:whichever|whatever)(?: (?:one|stem|track|part|instrument))?(?: of (?:the two|them|these|those|the pair|both|these two|those two))?|the (?:one|stem|track|part|instrument) (?:that|which)|the one)(?: ?'s| is| sounds| seems) (?:the )?"
    r"(?P<how>louder|quieter|softer|loudest|quietest|softest|hotter|hottest|stronger|strongest|weaker|weakest|fainter|faintest)(?: (?:one|stem|track|part|instrument))?(?: (?:of the two|of them|of the pair))?(?: right now| now)?(?!\w)"
)
_PAIR = re.compile(
    r"(?<!\w)(?P<how>louder|quieter|softer|higher|lower|hotter|stronger|weaker|fainter) (?:of (?:the pair|the two|both|(?:these|those)(?: two)?|them both|them|the two)|one)(?!\w)"
)
_FREE = word_set(
    "jazz improvisation improv form rein time tempo style flowing play playing download of to from for and"
)


def in_turn(message: Clause) -> Clause:
    """'..., and when it's done export it' -> '..., and then export it'."""
    text = text_of(message)
    for found in reversed(list(_WHEN.finditer(text))):
        if found.start() > 0:
            message = reworded(message, found, "then")
    for found in reversed(list(_DREAMT.finditer(text_of(message)))):
        message = reworded(message, found, "write", "verb")
    return message


def same_but(message: Clause) -> Clause:
    """'same tune but jazzy' -> 'make it jazzy'."""
    found = _SAME_BUT.search(text_of(message))
    return message if found is None else reworded(message, found, "make it")


def imagined(message: Clause) -> Clause:
    """'let me hear what a harbour at night sounds like' -> 'something that sounds like a harbour at night'."""
    for pattern in _SOUNDING:
        found = pattern.search(text_of(message))
        if found is not None and not read(found["what"]).genre:
            return reworded(message, found, f"something that sounds like {found['what']}")
    return message


_LEFT_OUT = re.compile(
    r"(?:^|(?<=[.,;!?:] )|(?<=\band )|(?<=\bbut )|(?<=\bplease )|(?<=\bjust ))(?:leave|keep|cut|take|have)(?: out)? (?:the |any |all )?(?P<who>\w+(?: (?:and|or) (?:the |any )?\w+)?) out(?: of (?:it|this|there|that))?(?= [.,;!?]|$| please)"
)


_TO_PLAY = re.compile(
    r"(?<=[.,;!?:] )(?:but |and |just |please )*(?:keep|stick|stay|(?:hold|limit|restrict)(?= it\b))(?P<only> (?:it |them |that )?(?:to|with|at|down to|just|only))?(?: just| only)* (?P<who>(?:the |a |an |some )?\w+(?: (?:and|,|&)(?: the| a| an| some)? \w+)*)(?= ?[.,;!?]| and (?:leave|no|skip|drop|lose|make|keep)\b| please|$)"
)

_TO_BE = re.compile(
    r"(?:^|(?<=[.,;!?:] ))(?:but |and |so |just |please )*keep (?P<who>it|this|things|everything|the \w+) (?P<how>(?:(?:nice and|very|really|pretty|quite|super) )?(?!at\b|in\b|on\b|to\b|for\b|under\b|out\b)\w+)(?= ?[.,;!?]| please|$)"
)


def left_out(message: Clause) -> Clause:
    """'(chillhop,) leave the piano out' -> 'without piano', 'keep the drums and bass' -> 'with drums and bass', where there is no loop yet."""
    kept = _TO_PLAY.search(text_of(message))
    if kept is not None and mentions(Clause(tuple(kept["who"].split()), tuple(kept["who"].split()))):
        message = reworded(message, kept, f"{'only' if kept['only'] else 'with'} {kept['who']}")
    if (so := _TO_BE.search(text_of(message))) is not None:
        who = tuple(so["who"].split())
        message = reworded(message, so, f"with {so['how']} {who[-1]}" if mentions(Clause(who, who)) else so["how"])
    found = _LEFT_OUT.search(text_of(message))
    if (
        found is None
        or found.start() == 0
        or not mentions(Clause(tuple(found["who"].split()), tuple(found["who"].split())))
    ):
        return message
    return reworded(message, found, f"without {found['who']}")


def picked(message: Clause) -> Clause:
    """'whichever of the two is louder' -> 'the louder of the two', 'the one that's hottest' -> 'the loudest one'."""
    for pattern in (_WHICHEVER, _PAIR):
        found = pattern.search(text_of(message))
        if found is not None:
            most = "est" if found["how"].endswith("est") else "er"
            stem = found["how"].removesuffix(most)
            how = f"{_LEVELS.get(stem, stem)}{most}"
            article = "the " if pattern is _WHICHEVER else ""
            alone = most == "est" or (not article and found[0].endswith("one"))
            message = reworded(message, found, f"{article}{how} {'one' if alone else 'of the two'}")
    return message


_LEVELS = {"hott": "loud", "strong": "loud", "weak": "quiet", "faint": "quiet"}
_SECTION = re.compile(
    r" (?P<how>for|to suit|to fit|in|during|on) (?:the|a|my|our) (?:(?:first|second|third|last|next|final|other|big|little|long) )?(?:chorus|verse|bridge|intro|outro|hook|drop|break ?down|b section|a section|b part|a part|middle eight|middle 8|refrain|solo section|"
    r"build(?: - | )?(?:up)?|ending|climax|peak|pre ?chorus|transition|interlude)(?= ?[.,;!?]|$| please| and | but )"
)


def for_a_section(message: Clause) -> Clause:
    """'vary it a little for the second chorus', 'double time drums for the build': where it is meant for is the user's affair."""
    found = _SECTION.search(text_of(message))
    if found is None or message.says("chorus effect"):
        return message
    varied = message.has("variation", "vary") or message.words[0] in {"vary", "variation"}
    purpose = found["how"] not in {"in", "during", "on"} and not message.has("reroll", "different", "voice", "length")
    return reworded(message, found, "") if varied or (purpose and found.start() > 3) else message


_BUT_NO = re.compile(r"(?:, )?\bbut (?:with no|without any|without|no)(?= (?!more|less|faster|slower|longer|louder)\w)")


def refused_by_kind(message: Clause) -> Clause:
    """'drum free', 'guitarless': what is to be without somebody."""
    for at in range(len(message.words) - 1, -1, -1):
        word = message.words[at]
        if (
            word.endswith("less")
            and len(word) > 6
            and word not in meanings()
            and is_instrument(word.removesuffix("less"))
        ):
            message = message.replaced(at, at + 1, f"without {word.removesuffix('less')}")
    but = _BUT_NO.search(text_of(message))
    if but is not None and read(but.string[: but.start()]).genre:
        message = reworded(message, but, "without")  # 'turn it into bossa nova but with no drums'
    for at in range(len(message.words) - 1, 0, -1):
        if message.words[at] != "free" or set(message.words[at + 1 : at + 2]) & _FREE:
            continue
        before = [mention for mention in mentions(message.part(0, at)) if mention.end == at]
        known = f"{message.words[at - 1]} free" in meanings()
        if before and not known and not {"a", "the"} & set(message.words[max(0, at - 2) : at - 1]):
            message = message.replaced(before[0].start, at + 1, f"without {before[0].words}")
    return message


_POPPED = word_set("it them that this the my our a an some")
_BEFORE = word_set("and then please just also can could you i we let's now ok so maybe to")
_BANDS = word_set("low top bottom high treble lows highs mids")


def mistakable(message: Clause) -> Clause:
    """'pop it up an octave' -> 'put it up an octave': no style; 'there's no low end' -> 'not enough low end': a lack, no cut."""
    words = message.words
    for at, word in enumerate(words[:-1]):
        begins = at == 0 or words[at - 1] in BREAKS | _BEFORE
        if word == "pop" and begins and words[at + 1] in _POPPED:
            message = message.replaced(at, at + 1, "put")
        lacks = words[at] == "no" and words[at - 1 : at] in (("there's",), ("has",), ("is",), ("got",), ("hear",))
        if lacks and words[at + 1] in _BANDS and (words[at + 1].endswith("s") or words[at + 2 : at + 3] == ("end",)):
            return message.replaced(at, at + 1, "not enough")
    return message
