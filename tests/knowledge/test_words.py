from bot.knowledge.words import PhraseFinder, plain


def test_plain_drops_case_accents_and_punctuation():
    assert plain("D’où viens-tu, José ?!") == "d ou viens tu jose"


def test_the_longest_phrase_wins_and_phrases_do_not_overlap():
    finder = PhraseFinder({"south africa": "ZA", "africa": "?", "Côte d'Ivoire": "CI"})
    found = finder.find("from SOUTH AFRICA to cote d ivoire")
    assert [(f.value, f.before) for f in found] == [("ZA", "from"), ("CI", "from south africa to")]


def test_a_phrase_is_found_as_whole_words_only():
    assert PhraseFinder({"oman": "OM"}).find("a woman asked") == []
