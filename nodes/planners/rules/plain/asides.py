"""Asides: sentences beside an order that ask for nothing. 'I want to check the fill', 'our host talks very slowly', 'they
killed the vibe', 'I can't reach the high notes'. They say why, for whom, or what is done with the loop later.

Left out here, before a message is read, is only what can be nothing else: a word of it might have changed the music. What is
likely but not surely so is for `readings`, when a message was not understood. A reason whose words would call for the same step
as the order before it needs the clauses themselves and is found by `reasons`.

purpose = I | we + want to | need to | can ... + a verb that is no edit       'i wanna put it in my set'
people  = my | our | the | a + a person + verb, without a wish                'a listener sent it to me'
harm    = it | they + killed | ruins | spoils ...                             'they killed the vibe'
room    = I need | want + the middle | the lows ... + for | free | gone        'I need the middle for the next track'
"""

from __future__ import annotations

import re

from nodes.planners.rules.plain.rewording import choice
from nodes.planners.rules.scene import Scene
from nodes.planners.rules.words.amounts import amounts
from nodes.planners.rules.words.attributes import read
from nodes.planners.rules.words.lexicon import meanings
from nodes.planners.rules.words.references import mentions, named
from nodes.planners.rules.words.speech import BREAKS, Clause, vocabulary

_LINK = (
    r"(?:(?:because|cause|cos|cuz|since|so|so that|and|but|as|then|now|later|also|btw|by the way|you see|basically) )*"
)
_DEGREE = r"(?:really |just |also |all |then |still |always |usually |actually |only |probably |kinda |barely |hardly |never )*"
_MODAL = (
    r"(?:want to|wanna|need to|have to|has to|gonna|am gonna|going to|am going to|are going to|gotta|got to|plan to|plan on|hope to|am trying to|are trying to|"
    r"trying to|try to|would like to|would love to|'d like to|'d love to|like to|love to|can|can't|cannot|could|couldn't|will|won't|might|must|am|are|was|were|keep|"
    r"was going to|used to|intend to|mean to|am about to|are about to)"
)
_DOING = (
    r"(?:check(?:ing)?|compar(?:e|ing)|practi[sc](?:e|ing)|play(?:ing)? (?:(?:a|an|the|my|our|some) )?(?:\w+ )?\w+ (?:over|along|along to|along with|on top of) (?:it|this|that|the \w+)|play(?:ing)? (?:along|it (?:to|for|at|in|live|out)|this (?:to|for|at)|over (?:it|this|the top)|live|tomorrow|tonight)|"
    r"do(?:ing)? (?:it|this|that|one|these|them) (?:at|for|in|on|with|tonight|tomorrow)|sing(?:ing)?|rap(?:ping)?|record(?:ing)?|us(?:e|ing) (?:it|this|that|them) (?:in|for|as|on|at|with)|show(?:ing)? (?:it|this|that|them|my|him|her)|"
    r"send(?:ing)? (?:it|this|that|them)(?: (?:to|off|over))|post(?:ing)?|upload(?:ing)? (?:it|this)|shar(?:e|ing)|danc(?:e|ing)|train(?:ing)?|learn(?:ing)?|study(?:ing)?|"
    r"teach(?:ing)?|(?:put|putting|drop|dropping|load|loading|stick|sticking|throw|throwing) (?:it|this|that|them) (?:in|into|on|onto|up on) (?!the (?:left|right|middle|front|back)|a )\w+|"
    rf"(?:open|import|edit|mix|master|finish|drag|move|take|bring|get|have)(?:ing)? (?:it|this|that|them|those|these|everything|the (?:stems|files|midi|tracks|parts))(?: up| over)? (?:myself|ourselves|at (?:home|work|school)|(?:in|into|with|on|to|inside) (?:my |our |the )?(?:{choice('unasked.yaml', 'programs')}|daw|laptop|computer|phone|sampler|studio))|"
    r"jam(?:ming)?|rehears(?:e|ing)|perform(?:ing)?|reach|concentrat(?:e|ing)|focus(?:ing)?|sleep|relax|film(?:ing)?|stream(?:ing)?|talk(?:ing)?|speak(?:ing)?|read(?:ing)?|"
    r"work(?:ing)? (?:on|at|with|out)|build(?:ing)? a (?:set|mix|playlist|show|mixtape)|mak(?:e|ing) a (?:video|film|game|playlist|mixtape|podcast|set|short|vlog|reel|demo)|"
    r"writ(?:e|ing) (?:lyrics|words|a verse|a caption|my|an essay|about|it|this|the (?:words|lyrics|top line|topline|caption|description))|edit(?:ing)? (?:a|my|the) (?:video|film|podcast)|impress|surprise|convince|meet|leave|go|run out|"
    r"(?:track|lay|put|overdub|play|add|do|bring|use|have)(?:ing)?(?: down| in)? (?:my|our) own \w+|(?:track|play|do|add|handle|overdub)(?:ing)? (?:the |a |some |my )?\w+(?: parts?| lines?)? (?:myself|ourselves|by hand|live|later)|"
    r"cook(?:ing)?|driv(?:e|ing)|walk(?:ing)?|run(?:ning)?|exercise|meditat(?:e|ing)|shoot(?:ing)?|present(?:ing)?|tell you|explain|decide|follow(?:ing)?|keep up|catch up)"
)
_OWN = re.compile(
    rf"{_LINK}(?!they (?:can|could|may|must) (?:all |both )?(?:go|leave)\b)(?:i|we|i'm|we're|i'll|we'll|you'll|they|(?:i|we)'d (?:like|love) to|i'd|we'd) {_DEGREE}(?:{_MODAL} )?{_DEGREE}{_DOING}\b.*|(?:building|making|cutting|editing|recording|filming|preparing|planning|rehearsing) (?:a|an|my|our|for) \w+.*"
)
PERSON = (
    r"(?:drummer|bassist|guitarist|pianist|singer|keyboardist|vocalist|producer|friend|boss|client|wife|husband|brother|sister|mum|mom|dad|mother|father|son|daughter|"
    r"girlfriend|boyfriend|partner|teacher|students?|pupils?|kids?|children|child|band|bandmates?|director|editor|manager|neighbou?rs?|team|colleagues?|audience|dog|cat|"
    r"roommate|flatmate|choir|gran|grandma|grandpa|customers?|dj|label|host|co host|listeners?|viewers?|guests?|dancers?|actors?|readers?|(?:\w+ )?players?|altos?|tenors?|sopranos?|basses|baritones?|bride|groom|knees?|ears?|ballerinas?|skaters?|cousin|crowd|"
    r"congregation|class|clarinettist|violinist|cellist|flautist|saxophonist|trumpeter|rapper|mate|baby|toddler|uncle|aunt|nephew|niece|toddlers|vicar|passengers|visitors|families|seniors|pensioners|couple|villagers|presenter|speaker|us|them|people|someone|somebody|everyone|everybody|nobody)"
)
_PEOPLE = re.compile(
    rf"{_LINK}(?:(?:my|our|the|his|her|their|a|an|one of my|some|most|all my|all our|(?:nobody|no one|everybody|everyone|half|most|some|all|none|the rest|two|one) (?:of|in|from) (?:the|my|our|their)) (?:\w+ )?)?{PERSON} {_DEGREE}(?!(?:the|a|an|on|in|with|part|line|and|solo) )\w+.*"
)
_HARM = re.compile(
    rf"{_LINK}(?:it|they|that|this|these|those|he|she) {_DEGREE}(?:totally |completely )*(?:killed|kills|kill|ruined|ruins|ruin|spoiled|spoils|spoil|wrecked|wrecks|wreck|messed|broke|clashed|clashes|clash|fights|fight)\b.*"
)
_ROOM = re.compile(
    rf"{_LINK}(?:i|we) (?:need|want|like|would like) (?:the |some |more |that )?(?:middle|centre|center|lows|highs|low end|high end|top end|bottom|bottom end|top|space|room|headroom|sub|mids)"
    r"(?: (?:free|clear|gone|empty|open|out of the way))?(?: for .*| there| free| clear| gone| empty)"
)
_LACKING = re.compile(
    rf"{_LINK}(?:it's|that's|(?:it|this|that|it all|everything|the whole thing) (?:feels|sounds|is|seems|felt|sounded)) (?:(?:a bit|way|far|just|a little|much|kind of|rather|slightly) )*too \w+(?: (?:for|to) .*)?"
)
_OVER = re.compile(
    rf"{_LINK}(?:it|it's|its|this|that)(?: is| was)? {_DEGREE}(?:over|ends|end|stops|finishes|done|finished|ending) (?:so|too|very|way too|really|much too|a bit) (?:fast|quick|quickly|soon|early|short|abruptly|suddenly)(?: lol| haha)?"
)
_HAVING = re.compile(
    rf"{_LINK}(?:i|we)(?:'ll| will|'ve| have|'re| are)? {_DEGREE}(?:have|got|having|bringing|using|get) (?:a |an |our own |my own |the |some )?(?:real |live |proper |human |actual |own )*(?:\w+ )?{PERSON}\b.*"
)
_WISHES = re.compile(
    r"\b(?:want(?:s|ed)? (?:it|this|that|the|more|less|an?|some(?:thing)?|anything|music|to hear)|needs?|should|would (?:like|love|prefer|rather)|prefers?|asked|says|said|thinks?|suggest\w*|wish\w*|hopes?|too|enough|"
    r"louder|quieter|softer|faster|slower|higher|lower|longer|shorter|instead|add|remove|mute|without)\b"
)
_NUMBERS = frozenset(["db", "percent", "semitones", "bpm", "bars", "seconds"])


_EVERYBODY = re.compile(
    rf"{_LINK}(?:(?:(?:my|our|the|his|her|their|a) )?(?:\w+ )?{PERSON} (?:always |just |once )?(?:says?|said|told (?:me|us)|claims?|thinks?|insists?|swears?)(?: that)? |i (?:read|heard|think|know|believe)(?: that)? |apparently |supposedly )?"
    r"(?:every|all|most|many|half|nearly all|almost all|almost every|so many|lots of)(?: (?:the|of the|of our|our|my))? (?:\w+ ){1,4}?(?:uses?|ha(?:s|ve)|do(?:es)?|are|is|go(?:es)?|sounds?|plays?|works?|sits?|runs?|starts?) (?:that|it|this|them|like that|those|like this|the same|so|exactly that|that (?:slow|fast|way))(?: .*)?"
)


def without_asides(message: Clause, scene: Scene) -> Clause:
    """The message without its asides, where something else is left of it."""
    exists, pieces = scene.exists, _pieces(message)
    if len(pieces) < 2:
        return message
    said = [message.part(start, end) for start, end in pieces]
    gone = [
        piece
        for at, piece in enumerate(pieces)
        if _is_aside(said[at], at == 0, exists)
        or (at + 1 < len(said) and _outdone(said[at], said[at + 1]))
        or (at and _feels(message, piece, pieces[at - 1]))
    ]
    if not gone or len(gone) == len(pieces) or _refers(message, pieces, gone, scene):
        return message
    kept = [message.part(start, end).bare() for start, end in pieces if (start, end) not in gone]
    if not any(_orders(part) for part in kept if part.words):
        return message
    return message.without((start, min(end + 1, len(message.words))) for start, end in gone)


def _pieces(message: Clause) -> list[tuple[int, int]]:
    """Tokens between two signs; a comma divides only before a sentence with a subject of its own."""
    found: list[tuple[int, int]] = []
    start = 0
    for at, word in enumerate((*message.words, ".")):
        if word in BREAKS - {","} or (
            word == ","
            and (
                (message.words[at + 1 : at + 2] == ("so",) and message.words[start] in _ARTICLES)
                or _SUBJECT.match(" ".join(message.words[at + 1 : at + 5]))
                or any(
                    kind.fullmatch(" ".join(message.words[start:at]))
                    for kind in (_TOO, _OWN, _PEOPLE, _HAVING, _EVERYBODY)
                )
            )
        ):
            found += [(start, at)] if at > start else []
            start = at + 1
    return found


_SUBJECT = re.compile(
    rf"{_LINK}(?:i|we|i'm|we're|i'll|we'll|they|it|that|this|my|our|the|his|her|building|making|people|someone|everyone|nobody|because|cause|cos|cuz|every|all|most|apparently|supposedly)\b"
)


def _feels(message: Clause, piece: tuple[int, int], before: tuple[int, int]) -> bool:
    """'(is there any swing on this?) feels straight to me': why it was asked."""
    asked = message.words[before[1] : before[1] + 1] == ("?",) and message.words[before[0]] in {
        "is",
        "are",
        "was",
        "does",
        "did",
        "what",
        "which",
    }
    return asked and message.words[piece[0]] in {"feels", "sounds", "seems", "looks", "felt", "sounded"}


def _refers(message: Clause, pieces: list[tuple[int, int]], gone: list[tuple[int, int]], scene: Scene) -> bool:
    """ "I'll record the bass myself, (so mute it)": what is said in passing is what 'it' means next."""
    here = [(end, found) for start, end in gone for found in mentions(message.part(start, end))]
    named_ends = [end for end, found in here if named(found.words, scene)]
    after = [
        message.part(start, end)
        for start, end in pieces
        if named_ends and start > named_ends[0] and (start, end) not in gone
    ]
    return any((part.first("pronoun") or "yours" in part.words) and not mentions(part) for part in after)


_TOO = re.compile(
    r"(?:(?:it|this|that|it's|that's|the loop|the whole thing)(?: is| feels| sounds)? )?(?:(?:a bit|way|far|much|just|a little|still) )*too (?P<how>\w+)(?: (?:to|for) .*)?"
)
_MEASURES = {
    "short": {"bars", "seconds"}, "long": {"bars", "seconds"}, "fast": {"bpm"}, "slow": {"bpm"}, "high": {"semitones"}, "low": {"semitones"},
}  # fmt: skip


def _outdone(piece: Clause, after: Clause) -> bool:
    """'too short to mix with, (give me 32 bars)': the order says by how much."""
    fault = _TOO.fullmatch(" ".join(piece.words))
    units = _MEASURES.get(fault["how"], set()) if fault is not None else set()
    return any(said.unit in units for said in amounts(after))


def _orders(part: Clause) -> bool:
    """Whether a sentence may ask for something: more than a word of greeting or approval."""
    return len(part.words) > 1 or part.has("undo", "export", "louder", "quieter", "faster", "slower")


def _is_aside(piece: Clause, first: bool, exists: bool) -> bool:
    text = " ".join(piece.words)
    units = {said.unit for said in amounts(piece)} & _NUMBERS
    if units and not units <= {"seconds"}:
        return False
    if (exists or not first) and _EVERYBODY.fullmatch(text):
        return True
    said = read(piece.text)
    if said.chords or {"key", "bpm"} & (said.spans.keys() - said.inferred):
        return False
    if _OVER.fullmatch(text) or (exists and _HAVING.fullmatch(text)):
        return True
    if _ROOM.fullmatch(text) or (not first and _HARM.fullmatch(text)):
        return not first
    if _OWN.fullmatch(text):
        return not _WISHES.search(text) and not (first and not exists and _describes(piece))
    if _PEOPLE.fullmatch(text):
        players = [
            found
            for found in mentions(piece)
            if not _PLAYER.match(" ".join(piece.words[found.end : found.end + 1])) and not _A_PERSON.search(found.words)
        ]
        return not _WISHES.search(text) and not players and not (first and not exists and _describes(piece))
    if _REASON.match(text) and not first:
        return not mentions(piece)
    return _of_something_else(piece) and not (first and not exists and _describes(piece)) and not _WISHES.search(text)


_A_PERSON = re.compile(rf"(?:^| ){PERSON}$")
_PLAYER = re.compile(r"players?|guy|teacher|section|student|man|lady|chap|folks")
_REASON = re.compile(r"(?:because|cause|cos|cuz|coz|'cause) ")
_ARTICLES = frozenset(["the", "my", "our", "his", "her", "their", "this", "that", "these", "those"])
_PLACES = frozenset(
    [
        "hall",
        "room",
        "church",
        "club",
        "studio",
        "stage",
        "garage",
        "cellar",
        "phone",
        "radio",
        "cathedral",
        "bathroom",
        "cut",
        "edit",
        "scene",
    ]
)
"""Nouns that say a sound or an order too: 'our hall is echoey' asks for no hall."""
_VERBS = re.compile(
    r"(?:is|are|was|were|will|won't|shall|can|can't|cannot|could|couldn't|has|have|had|does|doesn't|do|don't|did|didn't|might|may|isn't|aren't|wasn't|just|always|never|\w{3,}(?:s|ed))"
)


def _of_something_else(piece: Clause) -> bool:
    """'the cutscene lasts 12 seconds', "my knees can't take it": what is told of is nothing that the grammar or the band knows."""
    words = piece.words
    if words[0] not in _ARTICLES or len(words) < 3 or mentions(piece):
        return False
    at = 2 if _VERBS.fullmatch(words[2]) and not _VERBS.fullmatch(words[1]) else 3
    nouns = words[1:at]
    if (
        at >= len(words)
        or not _VERBS.fullmatch(words[at])
        or any((noun in vocabulary() or noun in meanings()) and noun not in _PLACES for noun in nouns[-1:])
    ):
        return False
    return all(noun.isalpha() for noun in nouns)


_SPOKEN = re.compile(
    rf"{_LINK}(?:i|we|they|he|she|it|you|it'll|i'll|we'll|they'll|he's|she's|they've|i've|we've|i'd|nothing|something|(?:the|my|our|a|an|his|her|their|this|that|these|those) (?:\w+ ){{1,3}}?)"
    rf"(?: {_VERBS.pattern}| \w+)\b.*"
)


def only_states(part: Clause) -> bool:
    """Whether a clause that no matcher knows is a statement without a wish: 'it will remind people of the sixties'."""
    text = " ".join(part.words)
    return (
        _SPOKEN.fullmatch(text) is not None
        and not _WISHES.search(text)
        and len(part.words) >= 4
        and not any(said.unit in _NUMBERS for said in amounts(part))
    )


def lacks_in_words(part: Clause) -> bool:
    """'it feels too polished': what is wrong in a word that names no sound; an order beside it says what is to be done."""
    return _LACKING.fullmatch(" ".join(part.words)) is not None


def _describes(piece: Clause) -> bool:
    said = read(piece.text)
    return bool(said.genre or said.mood or said.whole or said.instruments or said.key)
