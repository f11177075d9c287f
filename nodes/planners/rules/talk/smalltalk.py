"""Greetings, thanks, praise, and 'what can you do'."""

from __future__ import annotations

import re
from itertools import pairwise

from nodes.planners.rules.outcome import Outcome, say
from nodes.planners.rules.scene import Scene
from nodes.planners.rules.talk.approving import approves
from nodes.planners.rules.talk.praise import praises, speaks_of
from nodes.planners.rules.words.speech import BREAKS, Clause, word_set

HELP = (
    "I make and edit loops by conversation. Ask for one ('a dusty hip hop loop, 86 bpm, G minor, keys, bass and drums'), then "
    "change it: 'put a soft clarinet on top', 'down a fourth, and a little slower', 'kill the reverb on the keys', 'the last bar "
    "again', 'make it jazz', 'go back one version', 'export it'. Audio files can be attached and built upon."
)
NOTED = "All right, nothing was changed. Say what to change next, or ask me to export it."
_GREETINGS = (
    "hi", "hello", "hey", "good morning", "good evening", "good afternoon", "yo", "howdy", "hiya", "greetings",
    "hello loop copilot", "hi loop copilot", "hey loop copilot", "hello there loop copilot", "morning", "evening",
    "afternoon", "how are you today", "how are you doing", "how are things", "sup", "what's up", "whats up",
    "how are you", "hi there", "hello there", "hey there", "how is it going", "how's it going",
)  # fmt: skip
_THANKS = (
    "thanks", "thank you", "thx", "ty", "cheers", "ta", "ta muchly", "thanks muchly", "much obliged", "bless you",
    "much appreciated", "thanks a lot", "thanks again", "thank you so much", "merci", "danke", "gracias",
)  # fmt: skip
_PRAISE = (
    "nice", "great", "cool", "perfect", "awesome", "lovely", "excellent", "love it", "i love it", "i like it", "beautiful", "brilliant",
    "amazing", "fantastic", "wow", "good", "good job", "well done", "sounds good", "sounds great", "that's great", "that's nice",
    "that's good", "sweet", "lush", "lovely stuff", "gorgeous", "superb", "splendid", "marvellous", "wonderful", "class", "banging", "wicked", "mint", "ace", "i like that", "this is great", "ok", "okay", "fine", "not bad", "nice one", "great stuff", "sick", "dope",
    "fire", "that's it", "that is great", "i love this", "love this", "yes", "yeah", "got it", "alright", "much better", "better", "that works",
    "bravo", "hurrah", "hooray", "spot on", "that's spot on", "thats ace", "just the ticket", "just the job", "just what i wanted", "smashing", "that's smashing", "sounds awesome", "sounds amazing", "that sounds good", "that sounds great", "perfect thanks", "it's perfect", "it's great", "very nice", "so good", "goosebumps", "chef's kiss", "music to my ears", "nailed it", "speechless", "10/10", "10 out of 10", "ten out of ten", "no words", "what a banger", "haha", "lol",
)  # fmt: skip
_BYES = (
    "bye", "goodbye", "see you", "good night", "that's all", "that is all", "i'm done", "we're done", "see ya",
    "later", "cya",
)  # fmt: skip
_HELP = (
    "what can you do", "help", "how does this work", "what can i ask", "what do you do", "who are you", "what are you", "how do i use this",
    "what can you make", "which effects do you have", "what effects are there", "which instruments do you have", "what instruments do you have",
    "what instruments are available", "what instruments can you play", "how do you work", "what genres do you know", "which styles can you play", "what can i do", "what can i say",
)  # fmt: skip
_LATER = r"(?: (?:for (?:now|today|tonight|me|us|this time|the (?:day|night|moment|time being))|from (?:me|us)|then|now|today|tonight|tomorrow|soon|later|again|here|around|next (?:time|week)|i (?:think|guess|suppose)))*"
_GOING = (
    r"(?:(?:that|this|it)(?:'ll| will| would| should|'d| shall)? (?:be|do|is) (?:all|it|everything|me done)|that's (?:all|it|everything|us done|me done)|that (?:will|should|would) (?:do|do it|be it)|that'll (?:do|be it|do it)|"
    r"(?:i|we)(?:'ll| will| can| should| could|'d better)? (?:stop|leave it|finish|call it (?:a day|a night)|wrap up|go|be off|be back|head off|log off|sign off)|i'm (?:off to bed|off|going to bed|heading off|leaving|signing off|logging off|finished)|"
    r"(?:(?:i'll |we'll |i will |gonna )?(?:get|come|be|be right) )?(?:right )?back (?:to you|later|soon|tomorrow|in (?:a|an|\w+) \w+)|brb|"
    r"(?:(?:i|we)(?:'ll| will) )?(?:see|talk to|speak to|catch) you|take care|calling it (?:a day|a night)|sleep well|until (?:tomorrow|next time|then)|all done|ciao|cheerio|adios|au revoir|ta ta|so long|farewell|(?:we're|we are|i am) (?:done|finished|all set|all done)|have a (?:nice|good|great|lovely|pleasant) (?:day|evening|night|weekend|one|time|afternoon)|(?:good )?bye bye|nothing else|nothing more)"
)
_MEETING = (
    r"(?:good day|how do you do|(?:it's |it is )?(?:so |very |really )?(?:nice|lovely|good|great|a pleasure|a joy|wonderful|delightful|delighted|pleased|honoured) to (?:be (?:here|back|with you|working with you)|have you (?:here|with us)|make your acquaintance)|(?:it's )?(?:i'm |i am )?(?:nice|good|a pleasure|great|lovely|pleased?|a joy|glad|happy|delighted|wonderful) (?:to )?(?:meet|meeting|see|seeing)(?: with)? you|(?:i )?hope (?:that )?(?:you are|you're|you're all|all is|everything is|this finds you) "
    r"(?:well|fine|good|ok|okay|doing well)|how have you been|how (?:are|is) (?:you|everything|life|things)(?: doing)?|(?:is )?(?:anybody|anyone|somebody) (?:there|here|home)|are you (?:there|ok|well)|how(?:'s| is| was) your (?:day|week|evening|morning)(?: going)?)"
)
_GRATEFUL = r"(?:(?:many|kind|so many|a thousand|a million) thanks|(?:thanks|thank you) a (?:million|lot|bunch|ton|thousand)|you(?:'ve| have)? (?:been|were|are) (?:great|amazing|wonderful|very kind|a star|a great help|very helpful|so helpful|the best|brilliant|fantastic|awesome)|thank you (?:very |so )?(?:kindly|much)|thanks for (?:your|the|all your|all the) (?:help|time|work|patience|effort|great work|good work)|(?:thank you|thanks)(?: (?:so|very) much)? for (?:everything|all(?: of)? (?:this|that|it)|that|this|it)|(?:i'm|i am|we're|we are) (?:very |so |ever so |most |really |truly )*(?:grateful|obliged|indebted)(?: to you)?|(?:that|this|it)(?:'s| is| was) (?:so |very |most |really |ever so |awfully )*(?:kind|good|thoughtful|generous|sweet|nice) of you|(?:my|our) \w+ (?:is|are|was|were|will be) (?:so |very |really |quite |absolutely )*(?:delighted|thrilled|over the moon|pleased|happy|chuffed|impressed|in love with it)|(?:how|most|very|so) (?:kind|thoughtful|helpful)(?: of you)?|(?:you|that|this|it)(?:'ve| have| has|'s)? (?:really |just |totally )?(?:made|makes|make) my (?:day|evening|night|week|morning|weekend|month|year))"
_COURTESIES = re.compile(rf"(?<= )(?:{_GOING}{_LATER}|{_MEETING}|{_GRATEFUL})(?= )")
"""Farewells, greetings and thanks in more words than one."""
_FILL = word_set(
    """maestro robot bot copilot buddy pal everyone everybody all folks team sir madam boss chief captain assistant legend genius hero star
    you're million bunch lot again today morning evening afternoon tonight lovely so that this it is really very much a lot man mate dude friend my for the now and but oh ah there you too all both that's indeed
    just to me i"""
)
_NEW_HERE = re.compile(
    r"^(?:(?:hello|hi|hey|good (?:morning|evening|afternoon|day)|yo|greetings|ok|okay|so|um|well)(?: there)? )*"
    r"(?:(?:(?:i'm|i am|im|it's my first time|first time|we're|we are)(?: (?:new|a beginner|a newbie|just starting|trying this out))?(?: (?:here|to this|at this|with this))?) )?(?:and |so )?"
)
"""Before a question of help: 'hello, I am new here. (What can you do?)'."""
_LONGEST_FIRST = sorted(_GREETINGS + _THANKS + _PRAISE + _BYES, key=len, reverse=True)


def courteous(part: Clause) -> bool:
    """Whether a clause is nothing but a greeting, a farewell or thanks: '(I'll listen on the train and) get back to you'."""
    return not _COURTESIES.sub(" ", f" {' '.join(part.words)} ").strip()


def smalltalk(message: Clause, scene: Scene) -> Outcome | None:
    """An answer where the whole message is small talk."""
    words = " ".join(word for word in message.words if word not in BREAKS)
    if declines(words, scene):
        return say(_NOTHING_DONE if scene.exists else "All right. What should I make?")
    asked = _NEW_HERE.sub("", words)
    if asked.startswith(_HELP) and any(
        asked == phrase or (asked.startswith(f"{phrase} ") and len(asked.split()) <= len(phrase.split()) + 2)
        for phrase in _HELP
    ):
        return say(HELP)
    left = words
    left = _COURTESIES.sub(" ", f" {left} ").strip()
    for phrase in _LONGEST_FIRST:
        if phrase in left:
            left = f" {left} ".replace(f" {phrase} ", " ").strip()
    if words and not [word for word in left.split() if word not in _FILL] and left != words:
        return say(_reply(words, scene))
    if _wants_help(message):
        return say(HELP)
    if _praised(message, scene):
        return say(_reply(words, scene))
    if scene.exists and approves(message, lambda part: smalltalk(part, scene) is not None):
        return say("Good, it stays as it is.")
    return None


_NO = r"(?:no|nope|nah|naw|nay)"
_CONTENT = r"(?:(?:i'm|we're|that's|it's|that is|it is|all) (?:good|fine|ok|okay|happy|great|all|alright)|not now|not yet|no need|leave it(?: as it is| like that| there)?|as it is)"
_DECLINED = re.compile(rf"(?:{_NO} )?(?:no )?(?:thanks|thank you|thx)(?: (?:but )?{_CONTENT})*|{_NO}(?: {_CONTENT})+")
_NOTHING_DONE = "All right, nothing was changed."


def declines(words: str, scene: Scene) -> bool:
    """'no thanks', "nah, I'm good"; a bare 'no' only where something was offered or asked."""
    history = scene.request.history
    asked = bool(history) and history[-1].status == "asked"
    refused = words.startswith(("no ", "nope ", "nah ", "naw ", "nay ")) and _DECLINED.fullmatch(words) is not None
    return refused or (asked and re.fullmatch(_NO, words) is not None)


_HELPING = word_set(
    """help helping helped hand need want some a any can could would will you u me us i i'd i'm like to with please for my in on do
    it this out here get lend give let let's try know how your we need could assist assistance make making create creating write writing
    compose composing start starting build building produce producing something anything smth sth stuff music song songs track tracks
    tune tunes beat beats loop loops new one making idea ideas own the first very bit little so and hoping wondering if"""
)


def _wants_help(message: Clause) -> bool:
    """'can you help me write something?': help is asked for, and nothing said of what the music should be."""
    helped = {"help", "assist", "assistance", "hand"} & set(message.words)
    if not helped or ("hand" in helped and not message.says("a hand")):
        return False
    left = message
    for phrase in sorted(_GREETINGS + _THANKS, key=len, reverse=True):
        size = len(phrase.split())
        at = next((i for i in range(len(left.words)) if left.words[i : i + size] == tuple(phrase.split())), None)
        left = left.without([(at, at + size)]) if at is not None else left
    return all(word in _HELPING or word in _FILL or word in BREAKS for word in left.words)


def _praised(message: Clause, scene: Scene) -> bool:
    """Whether every sentence is kind: 'that's lovely', 'Nice! Love the warmth.'"""
    cuts = [-1, *(at for at, word in enumerate(message.words) if word in BREAKS), len(message.words)]
    parts = [part for low, high in pairwise(cuts) if (part := message.part(low + 1, high)).bare().words]
    if len(parts) > 1:
        return all(smalltalk(part, scene) or smalltalk(part.bare(), scene) for part in parts)
    if not praises(message.bare(), scene):
        return False
    speaks_of(message, scene)
    return True


def _reply(words: str, scene: Scene) -> str:
    padded = f" {words} "
    if re.search(rf" {_GOING}{_LATER} ", padded):
        return "Goodbye. The loop and all its versions are kept." if scene.exists else "Goodbye."
    if re.search(rf" {_MEETING} ", padded):
        return "Hello. What should I change?" if scene.exists else f"Hello. {HELP}"
    if any(f" {phrase} " in padded for phrase in _THANKS) or re.search(rf" {_GRATEFUL} ", padded):
        return (
            "You are welcome. Shall I change anything else?" if scene.exists else "You are welcome. What should I make?"
        )
    if any(f" {phrase} " in padded for phrase in _BYES):
        return "Goodbye. The loop and all its versions are kept."
    if any(f" {phrase} " in padded for phrase in _GREETINGS):
        return "Hello. What should I change?" if scene.exists else f"Hello. {HELP}"
    return "Good. Say what to change next, or ask me to export it." if scene.exists else f"Good. {HELP}"
