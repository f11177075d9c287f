import pytest

from ensemble.tools.selection import verb
from state.errors import Refusal


@pytest.mark.parametrize(
    ("subject", "word"),
    [
        ("bass", "is"),
        ("bass 2", "is"),
        ("electric bass (finger)", "is"),
        ("brass", "is"),
        ("electric piano 1", "is"),
        ("standard kit", "is"),
        ("drums", "are"),
        ("keys", "are"),
        ("strings 2", "are"),
        ("bongos", "are"),
        ("congas", "are"),
        (["bass"], "is"),
        (["bass", "piano"], "are"),
        (["drums"], "are"),
    ],
)
def test_the_verb_agrees(subject, word):
    assert verb(subject, "is", "are") == word


def test_sentences_agree_with_their_subject(hall, loop):
    with pytest.raises(Refusal, match="The keys are played by"):
        hall.foresee("replace_track", loop, stem="keys", instrument=loop.stem("keys").instrument)
    with pytest.raises(Refusal, match="There are no strings in this loop"):
        hall.foresee("remove_track", loop, stems=["strings"])
    with pytest.raises(Refusal, match="There is no organ in this loop"):
        hall.foresee("remove_track", loop, stems=["organ"])
