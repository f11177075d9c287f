"""The rules planner: musicians' English to a plan, without any model. All of a message is understood, or nothing is changed.

    planner.py    the way of one message, from text to plan: read it first
    words/        what words, numbers and names mean (data: lexicon/), which stems they refer to
    plain/        the message in plainer words; what is said beside an order is left out
    clauses.py    the message taken apart into instructions
    moods.py      which pieces of a message are orders, and which are talk
    readings.py   the message once more by its orders alone, where talk was taken for orders or not understood; pointing.py
    by_content.py an order whose verb nobody knows, by what else it says
    talk/         what asks for no change: small talk, remarks, complaints, questions
    matchers.py   who is asked about a clause, in which order
    edits/        a matcher for each kind of instruction
    scene.py      the loop as it will be after the steps so far
    merging.py, complete.py, checking.py    the plan looked at once more

A new way of saying something known belongs into the lexicon or plain/, a new thing to do into edits/ and matchers.py.
"""
