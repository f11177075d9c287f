"""A language model's stand-in: an OpenAI-compatible server that plans only from the prompt it receives.

It understands a small dialect of English, is deterministic, needs no key, and imports nothing of this project outside this
folder: what a prompt does not show, it cannot know. Hide the table, a tool or a failed check, and its plan changes.

    server.py    the HTTP side        request.py   what a prompt says        offers.py    the tools it offers
    world.py     the loop as shown    clauses.py   a message's instructions  dialect/     instruction -> call
    planning.py  the plan             evidence.py  after a failed check      critic.py    judging another's plan
    variants.py  equal plans          answers.py   the plan in the asked form
    faults.py    what models get wrong, on purpose
"""
