"""Moods: what each piece of a message does, by how it begins, whatever it speaks of.

order      imperative, request, wish, or a bare direction   'drop the bass', 'could we have ...', 'I'd cut ...', 'up a fourth'
question   asks about the loop                              'what key is it in'
statement  a subject and its verb                           'my singer can't get up there', 'the keys are swimming'
aside      nothing but words between words                  'haha', 'you know what', 'ok so'
clause     a subordinate one                                'before I forget', 'if you don't mind', 'so that people dance'
fragment   all else                                         'with piano and bass', 'poor thing', '75 bpm'

Orders begin in few ways, talk in countless: so orders are what is known here, and the rest is told apart only roughly.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Literal

from nodes.planners.rules.plain.asides import PERSON
from nodes.planners.rules.plain.courtesies import TAG
from nodes.planners.rules.talk.praise import PRAISING, is_praise
from nodes.planners.rules.words.amounts import amounts
from nodes.planners.rules.words.harmony import is_chord
from nodes.planners.rules.words.lexicon import meanings
from nodes.planners.rules.words.openings import COMPARATIVES, OPENERS, comparative_first, offers_effect
from nodes.planners.rules.words.predicates import says_something
from nodes.planners.rules.words.references import mentions
from nodes.planners.rules.words.speech import Clause, clause, vocabulary, word_set
from nodes.planners.rules.words.spelling import KNOWN_WORDS

Mood = Literal["order", "question", "statement", "aside", "clause", "fragment"]

_JOINT = re.compile(
    r"[.!?;:\n]+(?:\s+|$)|,\s*|\s+-+\s+|\s*[–—]\s*|\s*\.{2,}\s*|\s*[()]\s*|"
    r"\s+(?=(?:because|cause|coz|cuz|cos|bc|since|although|(?<!even )though|even though|whereas|unless|and(?! (?:\d|one|two|three|four|five|six|seven|eight|second|bar)\b)|but|then|or) )|"
    r"\s+(?=so (?:that |then |just |please |maybe |now |i |we |you |he |she |they |it |the |my |our |this |can |could |would |will |let |let's |i'd |make |turn |"
    r"bring |take |put |drop |give |add |remove |slow |speed |keep |mute |lower |raise |cut |change |play |get |go |lose |do |try |leave |swap |move |write |redo |pull |kill ))",
    re.IGNORECASE,
)
_QUOTED = re.compile(r'"[^"]*"')
_LEAD = re.compile(
    r"(?:(?:and|but|so|also|well|ok|okay|k|please|pls|plz|now|then|cool|just|yeah|yes|yep|hey|hi|hello|oh|ooh|ah|um|uh|uhm|er|hmm|hm|mm|mmm|mhm|right|"
    r"alright|look|listen|basically|actually|plus|btw|by the way|fyi|anyways?|maybe|perhaps|possibly|kinda|like|sorry|no(?! (?!thank|need|way|worr|prob|idea)\w+(?: at all| please| on| in| from))|nah|wait|ugh|haha|hehe|ha|lol|"
    r"you know what|you know|you see|i mean|i guess|i think|i thought|back in the days?|back then|years ago|i feel like|i feel|i reckon|i suppose|i'd say|(?:i wonder|i was wondering|i'm wondering|wondering) (?:if|whether)|(?:i|we|you)(?:'d| had) better|think(?= you| we)|i'm thinking|"
    r"if you can|if you could|if (?:it's )?possible|if that's ok|if you do(?:n't| not) mind|do you think|honestly|seriously|instead|again|tbh|ngl|still|or|next|"
    r"first of all|first|second|lastly|finally|thanks|thank you|quickly|real quick|as well|too|today|mate|man|dude|bro|guys|therefore|hence|for now|"
    r"meanwhile|after that|while (?:you're|we're|you are|we are|i'm) (?:at it|there|on it))\b(?!'),? *)*"
)
_REQUEST = re.compile(
    r"(?:can|could|would|will) (?:you|u|ya|we|i|it|they|the|that|this|these|those|my|an?|some|everything)\b|let'?s\b|let (?:me|us|the|a|an|it|them|that|those|these|there|my|everything)\b|"
    r"(?:i|we|he|she|they)(?:'d| would) (?:really |just |quite |very much |also |rather |actually |maybe |probably )*(?:like|love|prefer|rather|appreciate)\b|"
    r"(?:i|we)(?:'m| am|'re| are)? (?:really |just |also |still |now |do )*(?:want|wanna|wanting|needing|after|looking for|fancy|could use|could do with|need)\b|"
    r"(?:i|we)(?:'m| am| was| were|'ve been|'d been) (?:just |really |rather )*(?:hoping (?:for|you|we|that|the|to (?:have|hear|get|add|make))|thinking (?:of )?(?:perhaps |maybe )?(?:a|an|some|adding|you (?:could|might)|we (?:could|might)))\b|"
    r"how about\b|what about\b|what if\b|why (?:not|don't)\b|(?:would|do) (?:you|u) mind\b|mind \w+ing\b|"
    r"(?:it |that |this )?(?:would|'d|might|could) be (?:so |really |very |also |more |quite )?(?:nice|lovely|great|cool|good|perfect|awesome|amazing|better|best|fun|ideal|sweet|wonderful|happy)\b|"
    r"(?:it'd|that'd) be\b|i(?:'d| would) be (?:so |very |really )?(?:happy|glad|grateful|thankful)\b|any chance\b|is it possible\b|is there (?:a|any) (?:way|chance)\b|"
    r"(?:dry|dirty|warm|beef|fatten|fill|thicken|spice|liven|tighten|brighten|darken|soften|sweeten|jazz|funk|rough|muddy|toughen|smooth|open) (?:up|out|the|it|them|that|those|this|everything)\b|"
    r"feel free\b|go ahead\b|time to\b|gimme\b|shall we\b|may (?:i|we)\b"
)
_HAVING_NONE = re.compile(
    r"(?:have|has|had) (?:no (?:idea|clue|doubt|time|plans?|complaints|way)|never|had|been|always)\b"
)
_TAG = re.compile(TAG)
_WELCOME = re.compile(
    r"\b(?:would|'d|might|could) (?:be|sound|go|work|fit) (?:so |really |very )?(?:nice|lovely|great|cool|good|perfect|sweet|wonderful|welcome)$"
)
"""'a music box on top would be sweet'."""
_PURPOSE = re.compile(
    r"(?:(?:i|we)(?:'d| would|'m| am)? ?)?(?:really |just |also |only |then |still )*"
    r"(?:(?:want|need|have) (?:it|this|that|them|the \w+) (?:for|by|in) (?:my|our|a|an|the|some|tomorrow|tonight|school|work|class)\b|"
    r"(?:want|wanna|need|like|love|have|got|going|gonna|trying|try|can|could)(?: to)? (?P<verb>play (?:along|over|my own)|\w+))"
)
_OWN_PLAYING = re.compile(
    r"(?:i|we)(?:'d| would|'m| am|'ll| will)? ?(?:really |just |also )*(?:want|wanna|like|love|need|going|have|plan|gonna)(?: to)? "
    r"(?:play|sing|do|take|cover|record|track) (?:that|this|the|it|my|our)(?: \w+)?(?: (?:part|line|solo|bit|melody|one))?(?: (?:myself|live|over it|along))?"
)
"""'(mute the bass,) I want to play that part': what the person plays."""
_FELT = re.compile(
    r"(?:it's |that's |sounds |feels )?(?:a )?(?:bit|little|kinda|kind of|rather|sort of|still) (?!more\b|less\b)[a-z]+(?<!er)(?<!up)(?<!down)(?<!left)(?<!right)"
)
"""'(a bit lonely.) put the others back': how it strikes somebody."""
_HEARD_OTHERWISE = re.compile(
    r"(?:i|we)(?:'d| would)? (?:really |just |also )*(?:like|love|want|need) to hear (?!what\b|how\b|whether\b|if\b)(?:.* )?(?:as|in|with|without|at|on|over) "
)
"""'I'd like to hear it as a reggae tune': a wish, and no purpose."""
_USES = word_set(
    """check see show use share post sing rap practise practice record load jam dance listen sleep study relax walk run drive
    cook teach learn transcribe compare demo present perform stream film shoot sample freestyle read write talk speak place publish
    release submit finish work rehearse memorise memorize follow test hum meditate know find hear figure understand reach"""
)
_DISLIKED = re.compile(
    r"(?:just |only |really |so much )*not (?:so much )?(?:the|its|his|her|their) (?:sound|tone|timbre|voice|colour|color|way (?:it|they) sounds?)(?: of (?:it|that|them|the \w+))?"
)
"""'(I like what the piano plays,) but not the sound of it'."""
_SUPPOSED = re.compile(
    r"(?:let'?s |let us |just )*(?:pretend|imagine|assume|suppose|say) (?:that )?(?:he|she|they|we|i|it)(?:'s|'re|'m| is| are| am| were| was)\b"
)
"""'let's pretend he's here'."""
_TOO_SOON = re.compile(
    r"(?:it|this|that|the (?:loop|music|thing))(?: (?:just|still|kind of))* (?:loops?|comes?|goes?|starts?|ends?|stops?|runs?|finishes|repeats?)(?: back)?(?: round| around| over| out| again)* (?:way |far |much |a bit |a little )?too (?:soon|quickly|early|fast|often)\b.*"
)
"""'it loops round too soon for my video'."""
_MOVING = re.compile(
    rf"(?:(?:i|we)(?:'d| would|'m| am|'re| are)? ?)(?:really |just |also |only |then |still |very much )*(?:want|need|like|love|have|going|hope|hoping|trying|try|prefer) to "
    rf"(?:leave|send|get|keep|make|put|give|help|let|bring|move|wake|cheer|calm|show|have|remind|welcome|thank|invite|lull|see) (?:(?:my|our|the|his|her|their|all|these|those|some) )*(?:\w+ )??(?!players?\b|band\b|basses\b){PERSON}\b"
)
"""'I'd like to leave people with a happier feeling': what is done to those who listen, not to the music."""
_AIM = re.compile(r"(?:in order (?:not )?to|so as (?:not )?to|to) (?P<verb>\w+)(?: \w+)+")
_MODAL = re.compile(
    r"(?P<subject>(?:you|we|i|they|it|this|that|everything|everybody|all|both|the|my|an?|those|these)\b(?: \w+){0,4}?) "
    r"(?:should|could|can|must|may|might|needs?|ought to|has to|have to)(?!') (?P<verb>.+)|(?P<person>i'd|we'd) (?P<rather>.+)"
)
_TO_CHANGE = re.compile(
    r"(?:be|to|come|go|get|have|use|do|sit|sound|feel|start|end|take|really|also|maybe|a bit|just)\b"
)
_AIMS = word_set(
    "warm cool lighten liven enrich suit match fit avoid stop allow let help please honour mark celebrate clear free soothe calm wake draw catch open"
)
_THEMSELVES = word_set("it this that everything all both they you we i everybody these those")
_ASKS = re.compile(
    r"(?:(?:in|at|on|with|from|to) (?=what|which))?(?:what(?! an? )|how|who|where|when|why|whose|is|are|does|do|did|has|have|was|were|am|which (?!(?:i|we|he|she|they|it|is|was|are|were|has|had)\b)\w+)\b|(?:what|how|where|who)'s\b"
)
_NO_ORDERS = word_set(
    """what which how is are i'd we what's how's does do did want re can could should would will needs need i'm back spread start
    sit lead bass pad quiet warm"""
)
_ORDERS = (OPENERS - _NO_ORDERS) | word_set(
    """crank revert go rewind hush quieten chop use grab send fetch lay pop chuck sling bung lob whack shove fling have move do knock shave nudge stretch"""
)
_DIRECTIONS = word_set("no without minus more less back up down louder half")
_VERB = (
    r"(?:is|are|was|were|am|has|have|had|can|can't|cannot|could|couldn't|will|won't|would|wouldn't|do|does|don't|doesn't|did|didn't|isn't|aren't|wasn't|weren't|ain't|"
    r"might|may|should|shouldn't|gets?|got|keeps?|goes|go|went|comes?|came|feels?|felt|sounds?|sounded|seems?|looks?|says?|said|tells?|told|thinks?|thought|knows?|"
    r"makes?|made|loves?|loved|likes?|liked|hates?|hears?|heard|plays?|played|needs?|wants?|wanted|used|kept|finds?|found|sits?|sat|fits|works|worked|stands?|begs|"
    r"begins|starts|ends|runs|hits|wanders|trips|falls|happens|steals?|fights?|clashes|swims?|gives|gave|takes|took|wrote|sang|recorded|uploaded|asked|lost|lets|misses|"
    r"lacks|kills|drives|wakes|hurts|sent|started|ended|showed|promised|forgot|forget|hopes?|wish|wished|remember|believe|enjoy|enjoyed|prefer|preferred|tried|try|"
    r"meant|mean|figured|suppose|guess|grew|understand|lives?|buzz(?:es)?|stays?)"
)
_PEOPLE = r"(?:i|we|you|he|she|they|it|this|that|there|everyone|everybody|nobody|someone|somebody|something|people|nothing|everything|anything|all|most|half|some|both|which|who)"
_DEGREES = (
    r"(?: \w+ly| just| really| also| still| never| always| kinda| both| all| kind of| sort of| of \w+(?: \w+)?| one)*"
)
_STATES = re.compile(
    r"(?:i'm|i've|i'll|ill|it's|that's|there's|he's|she's|they're|we're|we've|you're|you've|we'll|they've|here's|everything's|nothing's|something's|someone's|somebody's|everybody's|nobody's|who's)\b|"
    rf"{_PEOPLE}{_DEGREES} {_VERB}\b|(?:the|my|our|his|her|their|your|a|an|these|those|that|this|every|each|some|one|all|both|\w+'s) (?:[\w'-]+ ){{1,5}}?{_VERB}\b|"
    r"(?:the|my|our|his|her|their|your|that|this|these|those) [\w']+(?:'s|'re)\b|\w+ing (?:\w+ ){0,3}(?:is|was|sounds?|feels?|made)\b|"
    r"(?:(?!that|which|who|to)[\w']+ ){1,4}(?:is|are|was|were|isn't|aren't|sounds?|feels?|seems?) |"
    rf"(?:from|in|at|between|until|till|next to|around|during|on|there) (?:[\w'-]+ ){{0,6}}?(?:it|they|something|nothing|there) (?:kind of |sort of |just |really |weird )*{_VERB}\b|"
    r"(?:the|my|our|those|these) [\w']+ (?!(?:for|to|with|by|behind|around|like)\b)[a-z]+ (?:me|us)\b|"
    r"(?:would|will|might|should|could) \w+ (?:my|me|us|the)\b|(?:still |just |(?:a )?bit |way |far |kind of |a little )*(?:too (?!much\b)\w+|not \w+ enough)\b"
)
_SUBORDINATE = re.compile(
    r"(?:because|cause|coz|cuz|cos|bc|since|although|though|even though|while|whilst|if|when|whenever|as|unless|until|till|before|after|"
    r"which|who|so that|where|whereas|in case|now that|given that|see (?:if|whether|how)) (?=\S)"
)


@dataclass(frozen=True)
class Piece:
    """Words between two joints of a message."""

    said: str
    start: int
    end: int
    """Characters of the message, the joint after it included."""

    @cached_property
    def mood(self) -> Mood:
        """What it does; found out when it is asked for, which a message of one piece never is."""
        return mood_of(self.said)

    @cached_property
    def bare(self) -> Clause:
        """Its words, without those that only lead to it."""
        return clause(_led(self.said)[1])


def taken_apart(text: str) -> list[Piece]:
    """The pieces of a message."""
    return list(_taken_apart(text))


@lru_cache(maxsize=4)
def _taken_apart(text: str) -> tuple[Piece, ...]:
    """Several stages ask for those of one message."""
    found: list[Piece] = []
    start = 0
    quoted = [match.span() for match in _QUOTED.finditer(text)]
    for joint in [*(match.span() for match in _JOINT.finditer(text)), (len(text), len(text))]:
        if joint[0] < start or any(begin < joint[0] < end for begin, end in quoted):
            continue
        if text[start : joint[0]].strip():
            if found and _goes_on_with_chords(found[-1].said, text[start : joint[0]]):
                start = found.pop().start  # 'Em, Am, B7, Em' and 'Dm7 then G7': one list
            found.append(Piece(text[start : joint[0]], start, joint[1]))
        start = joint[1]
    return tuple(found)


def _goes_on_with_chords(before: str, said: str) -> bool:
    """'(she suggested Em,) Am, B7 and Em': a list of chords, and nothing but chords."""
    words = [word.strip(".,!?") for word in (*before.split()[-1:], *said.split())]
    return is_chord(words[0]) and len(words) > 1 and all(is_chord(word) or word.lower() in _LISTING for word in words)


_LISTING = word_set("and then to back")


def mood_of(said: str) -> Mood:
    """What a piece does."""
    whole, rest = _led(said)
    words = clause(rest)
    if not words.words:
        return "aside"
    if _TAG.fullmatch(rest):
        return "aside"
    felt = _FELT.fullmatch(rest) and not words.has(*COMPARATIVES)
    if any(told.fullmatch(rest) for told in (_OWN_PLAYING, _DISLIKED, _TOO_SOON)) or _SUPPOSED.match(rest) or felt:
        return "statement"
    purpose = None if _HEARD_OTHERWISE.match(rest) else _PURPOSE.match(rest)
    if _HAVING_NONE.match(rest):
        return "statement"
    if purpose is not None and (purpose["verb"] is None or purpose["verb"] in _USES or " " in purpose["verb"]):
        return "statement"
    if _MOVING.match(rest):
        return "statement"
    aim = _AIM.fullmatch(rest)
    if aim is not None and aim["verb"] in _ORDERS | _USES | _AIMS:
        return "clause"
    if _WELCOME.search(rest) and mentions(words):
        return "order"
    if _REQUEST.match(rest) or _begins_as_order(words) or _would_change(rest):
        return "order"
    if _ASKS.match(rest) and not whole.startswith("you know what"):
        return "question"
    for told in (rest, whole):
        subordinate = _SUBORDINATE.match(told)
        if subordinate and (not told.startswith("as ") or _STATES.match(told[subordinate.end() :])):
            return "clause"
    if _STATES.match(rest) or _doing(words) or says_something(words) or is_praise(words):
        return "statement"
    if words.words[0] in PRAISING and not mentions(words) and not amounts(words):
        return "aside"  # 'nice simple chords'
    return "order" if _unknown_order(words) else "fragment"


def _led(said: str) -> tuple[str, str]:
    """(the piece in lower case, the same without the words that lead to it)."""
    whole = " ".join(said.lower().replace("\u2019", "'").strip(" .!?;,\n-()").split())
    lead = _LEAD.match(whole)
    return whole, whole[lead.end() if lead else 0 :]


_BIDDING = _ORDERS | _DIRECTIONS


def _begins_as_order(words: Clause) -> bool:
    found = mentions(words)
    if found and found[0].start == 0:
        return False  # 'bass and drums'
    back = words.begins("undo") is not None and words.words[0] not in {"i", "we", "it", "the"}
    return words.words[0] in _BIDDING or comparative_first(words) or offers_effect(words) or back


def _would_change(rest: str) -> bool:
    """'the bass could come down', 'I'd cut that one': a wish whose subject is the music or who makes it."""
    modal = _MODAL.match(rest)
    if modal is None:
        return False
    verb = modal["verb"] or modal["rather"]
    subject = clause(modal["subject"] or modal["person"])
    own = bool(modal["person"]) or subject.words[0] in _THEMSELVES or bool(mentions(subject))
    after = clause(verb)
    if not own or not after.words or after.words[0] in _USES:
        return False
    return _begins_as_order(after) or _TO_CHANGE.match(verb) is not None


def _doing(words: Clause) -> bool:
    """'thinking out loud here', 'calling it a night': what somebody does, and no edit."""
    first = words.words[0]
    stem = first.removesuffix("ing")
    verbs = {stem, f"{stem}e", stem[:-1]}
    return (
        first.endswith("ing")
        and not first.endswith("thing")
        and len(stem) > 2
        and not verbs & _ORDERS
        and not mentions(words.part(0, 1))
    )


def _unknown_order(words: Clause) -> bool:
    """'swizzle everything': a word that nobody knows where a verb would stand."""
    first = words.words[0]
    known = first in vocabulary() or first in meanings() or first in KNOWN_WORDS
    return not known and first.isalpha() and len(words.words) > 1 and words.words[1] in _OBJECTS


_OBJECTS = word_set("the it my all them that everything this these those")
