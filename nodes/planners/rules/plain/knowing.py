"""Messages that only want to know something: "don't change anything, I just want to know the chords" -> 'tell me the chords'.

What is to stay as it is stands beside a question and is nothing to do.
"""

from __future__ import annotations

import re

from nodes.planners.rules.plain.rewording import HEAD, places, reworded, text_of
from nodes.planners.rules.words.speech import BREAKS, Clause

_ONLY = r"(?: just| only| simply| merely| really| also| actually| first)*"
_LEARN = r"(?:know|see|find out|learn|check|be told|hear about|understand|figure out|ask|confirm|have a look at|hear what you think)"
_KNOWING = (
    rf"(?:all (?:i|we) (?:want|need|wanted|would like|'d like) (?:to {_LEARN} )?is(?: to {_LEARN})?"
    rf"|(?:(?:i|we)(?:'m|'d| am| would|'re)?{_ONLY} )?(?:want|need|wanted|wanna|like|love|have|trying|interested|curious|keen){_ONLY} (?:to |in )?(?:{_LEARN}|knowing|hearing|learning)(?: from you)?"
    rf"|(?:(?:i|we)(?:'m| am| was|'re)?{_ONLY} )?(?:just |only )?(?:curious|wondering|asking|checking|interested)(?: about| to {_LEARN}| as to| in)?"
    rf"|(?:just |only |simply )*tell me|(?:please )?{_ONLY} ?let me know)"
)
_WH = r"(?:what|which|who|how|where|when|why|if|whether|is|are|does|do|has)"
_FACT = (
    r"(?:the |its |your |our |all (?:the |of the )?|every )?(?:current |exact |right |actual )?(?:chords?|chord progression|progression|key|tempo|bpm|instruments?|tracks|stems|players|length|number of bars|"
    r"bars|time signature|metre|meter|levels?|volumes?|effects|fx|history|names?|harmony|scale|style|genre|mood)"
)
_KNOW = re.compile(
    rf"{HEAD}(?P<ask>(?:just |only |simply )*{_KNOWING}) (?!(?:what|how) [\w' ]*?sounds?(?: like)? (?:instead|at|in|with|as|on|without)\b)(?={_WH}\b|{_FACT}(?! (?:higher|lower|faster|slower|louder|softer)))"
)
_FRONTED = re.compile(
    rf"{HEAD}(?P<said>(?:in|at|on|with|from|to) (?P<what>what|which)) (?=(?:key|tempo|speed|pace|bpm|chord|metre|meter|time signature|tuning|scale|style|genre)\b)"
)
"""A question whose preposition comes first: 'at which tempo does it run'."""
_NAMES = re.compile(
    rf"{HEAD}(?:(?:i|we){_ONLY} )?(?:want |need |just |only |simply |give me |like )*(?P<what>(?:the )?(?:names? of the (?P<of>chords?|key|instruments|stems)|(?P<fact>chord|key|instrument|stem) names?))(?= [.,;!?]| please| and|$)"
)
_STAYS = re.compile(
    r"(?:(?:please )?(?:don't|do not|dont|never|without|not|don't want to|no need to|i don't want (?:you )?to|i'm not asking (?:you )?to|let's not|before we|before you|before i|i don't need you to) "
    r"(?:want(?:ing)? to |going to )?(?:change|changing|alter|altering|touch|touching|modify|edit|adjust|do|add|remove|mess with)"
    r"(?: (?:anything|any of it|it|a thing|nothing|something|the loop|this|the music|stuff|things|one thing|one note|a note))?(?: (?:at all|yet|now|here|for now|else|please|about it|further))*"
    r"|(?:no|zero|without) (?:changes|change|edits|alterations)(?: \w+){0,2}|nothing (?:to change|needs changing|needs to change|should change|has to change|is to change|must change|else)(?: (?:here|now|yet))?"
    r"|(?:leave|keep|everything stays|it stays|let) ?(?:it all|it|everything|all|this|that|the loop|things)? ?(?:exactly )?(?:just )?(?:as it is|like it is|like this|as is|the way it is|alone|be|like that|unchanged|untouched)(?: for now| please)?"
    r"|(?:i'm |we're |i am )?not (?:asking for|after|looking for|requesting|here for) (?:a change|changes|any changes|an edit|edits|any edits|anything)(?: to be changed)?)"
)


_FIRST = re.compile(
    rf"^(?:{_STAYS.pattern}) (?=(?:please |just |can you |could you )*(?:tell me|what|which|how|who|what's) )"
)


def only_told(message: Clause) -> Clause:
    """The question by itself, told as 'tell me ...', where nothing else is asked for."""
    message = _told(message)
    if (first := _FIRST.match(text_of(message))) is not None:
        message = message.part(len(first[0].split()))
    pieces = list(_pieces(message))
    asking = [(start, end) for start, end in pieces if _asks(message.part(start, end))]
    if not asking:
        return message
    idle = [(start, end) for start, end in pieces if _is_idle(message.part(start, end))]
    if not idle or len(idle) + len(asking) < len(pieces):
        return message
    return message.without((start, end + 1) for start, end in idle).bare()


_NO_FACT = r"(?:chance|way|more|other|others|ideas?|thoughts?|suggestions?|good|reason|luck|news|objections?|questions?|tips?|advice)\b"
_ANY = re.compile(rf"{HEAD}(?P<any>any|any(?P<thing>thing)) (?!{_NO_FACT})(?:[\w-]+ ){{1,6}}\?")


def _told(message: Clause) -> Clause:
    """'I just want to know the chords' -> 'tell me the chords'."""
    for fronted in reversed(list(_FRONTED.finditer(text_of(message)))):
        message = reworded(message, fronted, fronted["what"], "said")
    if (any_of := _ANY.search(text_of(message))) is not None:  # 'any reverb on it?', 'anything muted?'
        message = reworded(message, any_of, "is anything" if any_of["thing"] else "is there any", "any")
    found = _KNOW.search(text_of(message))
    if found is not None and found["ask"].split()[-2:] != ["tell", "me"]:
        message = reworded(message, found, "tell me", "ask")
    named = _NAMES.search(text_of(message))
    if named is not None:
        fact = named["of"] or named["fact"]
        start, end = places(text_of(message), *named.span())
        message = message.replaced(
            start, end, f"tell me the {fact if fact.endswith('s') or fact == 'key' else fact + 's'}"
        )
    return message


def _pieces(message: Clause) -> list[tuple[int, int]]:
    """Runs of tokens between signs and before 'but'."""
    found, start = [], 0
    for at, word in enumerate((*message.words, ".")):
        if word in BREAKS or word in {"but", "-"}:
            if at > start:
                found.append((start, at))
            start = at + 1
    return found


def _asks(piece: Clause) -> bool:
    text = text_of(piece.bare())
    return (
        re.match(r"(?:just |only |simply )*tell me |(?:what|which|who|how|where|what's|how's|is|are|does)\b", text)
        is not None
    )


def _is_idle(piece: Clause) -> bool:
    bare = piece.bare()
    said = {text_of(piece), text_of(bare)}
    return not bare.words or any(_STAYS.fullmatch(text) is not None for text in said) or bool(said & _IDLE)


_IDLE = frozenset({"nothing else", "nothing more", "that's all", "that is all", "just curious", "curious", "quick question", "question", "just a question", "no changes", "just asking", "only asking", "hang on", "hold on", "wait", "one sec", "one second", "quick one", "hey", "ok", "okay", "sorry", "thanks", "please", "well", "so", "first", "for now", "no edits needed", "no changes needed", "no edits", "no need to change anything"})  # fmt: skip
