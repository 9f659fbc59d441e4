"""Which help a call for help needs."""

import pytest

from bot.knowledge.danger_cues import (
    CANNOT_CALL,
    DANGER,
    HEALTH,
    LIFE,
    LIFE_OF_SOMEBODY_ELSE,
    PAY_TO_FREE,
    PAY_TO_LEAVE,
    SOMEBODY_ELSE,
)
from bot.knowledge.store import shared_store
from bot.settings import ROOT

CUES = shared_store(ROOT / "content").current.danger_cues


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("I want to kill myself", LIFE), ("je veux mourir", LIFE), ("quero morrer, não aguento mais", LIFE),
        ("nataka kufa, sioni sababu ya kuishi", LIFE), ("they will kill me, I dont want to die", DANGER),
        ("ils vont me tuer, je ne veux pas mourir", DANGER), ("sitaki kufa, nisaidieni", DANGER),
        ("I am bleeding and cannot stand", HEALTH), ("j'ai mal à la poitrine", HEALTH),
        ("I drank bleach", HEALTH), ("j'ai avalé des comprimés", HEALTH), ("bebi lixívia", HEALTH),
        ("nimekunywa sumu", HEALTH), ("caí do telhado e não consigo andar", HEALTH), ("natoka damu nyingi", HEALTH),
        ("my boss beats me", DANGER), ("on m'a enfermée", DANGER), ("o patrão bate-me", DANGER),
        ("bosi ananipiga", DANGER), ("mon mari veut me tuer", DANGER), ("meu patrão quer me matar", DANGER),
        ("baba yangu anataka kuniua", DANGER), ("the boat is sinking, we are going to drown", DANGER),
        ("I am locked in with my sister", DANGER), ("je suis enfermée avec ma soeur", DANGER),
        ("I am Grace, my sister is locked in a house", SOMEBODY_ELSE), ("c'est pas moi c'est ma fille", SOMEBODY_ELSE),
        ("Sou o João, a minha irmã está presa em casa do patrão", SOMEBODY_ELSE),
        ("sio mimi, ni dada yangu", SOMEBODY_ELSE),
        ("please help me, my sister is locked in a house in Lebanon", SOMEBODY_ELSE),
        ("ma soeur est enfermée à Riyad, aidez-moi", SOMEBODY_ELSE),
        ("a minha filha está trancada em casa do patrão, ajudem-me", SOMEBODY_ELSE),
        ("dada yangu anapigwa na bosi wake Oman", SOMEBODY_ELSE),
        ("my boss beats me and my sister", DANGER), ("ils nous frappent, moi et ma soeur", DANGER),
        ("bate-me a mim e à minha irmã", DANGER), ("bosi ananipiga mimi na dada yangu", DANGER),
        ("My brother was taken in Libya, ransom 5000 dollars, should we pay?", SOMEBODY_ELSE),
        ("on a kidnappé mon frère, on nous demande une rançon", SOMEBODY_ELSE),
        ("our boss wants us to sleep with clients, also my sister", DANGER),
        ("we are afraid, he beats my sister every night", DANGER),
        ("my boss cut my arm with a knife", DANGER), ("la machine me coupe le bras", DANGER),
        ("I am cutting my arm with a knife", LIFE), ("nilimeza sumu", HEALTH),
        ("I will drink poison tonight", LIFE), ("goodbye. tell my mother I loved her", LIFE),
        ("je me suis coupé les veines", LIFE), ("quero dormir e não acordar mais", LIFE),
        ("digam à minha mãe que a amo", LIFE), ("nitakunywa jik leo", LIFE), ("j'ai déjà pris les comprimés", HEALTH),
        ("my daughter in Lebanon says they are beating her, we are in Kenya", SOMEBODY_ELSE),
        ("ma fille est au Liban on la frappe, moi je suis à Abidjan", SOMEBODY_ELSE),
        ("a minha filha está no Líbano e batem-lhe, eu estou em Luanda", SOMEBODY_ELSE),
        ("mtoto wangu yuko Lebanon anapigwa, mimi niko Kenya", SOMEBODY_ELSE),
        ("my friend is talking about ending her life", LIFE_OF_SOMEBODY_ELSE),
        ("They tied me with a rope and beat me", DANGER), ("A patroa tentou matar-me com veneno", DANGER),
        ("Dis à ma mère que je suis enfermée à Dubaï", DANGER), ("Digam à minha família que estou presa", DANGER),
        ("I am on the roof hiding from my boss, he has a knife", DANGER),
        ("my sister wants to kill herself", LIFE_OF_SOMEBODY_ELSE),
        ("ma fille veut se suicider", LIFE_OF_SOMEBODY_ELSE),
        ("a minha irmã quer matar-se", LIFE_OF_SOMEBODY_ELSE), ("dada yangu anataka kujiua", LIFE_OF_SOMEBODY_ELSE),
    ],
)  # fmt: skip
def test_the_help_is_that_which_is_needed(text, expected):
    assert CUES.help_for(text) == expected


@pytest.mark.parametrize(
    "text",
    ["I am safe now", "no, I'm not in danger", "she is safe now", "je suis en sécurité", "c'est bon je suis sortie",
     "já estou a salvo", "já passou, estou melhor", "siko hatarini", "polisi wamefika"],
)  # fmt: skip
def test_who_says_that_the_danger_is_over_is_heard(text):
    assert CUES.all_clear(text)


@pytest.mark.parametrize(
    "text",
    ["ça va pas", "ni makosa yangu", "it was a mistake to come", "foi um erro vir para cá",
     "I am not safe", "am I safe?", "I am safe but he is here", "I am hiding, safe for now", "sou segura?",
     "niko salama?", "ça va mieux mais j'ai peur", "niko salama lakini naogopa",
     "is he safe now that he ran away from them",
     "i don't think I am safe yet", "ainda não estou a salvo", "não sei se estou a salvo", "sijui kama niko salama",
     "je sais pas si je suis en sécurité", "I escaped", "I ran away this morning", "police came and took me",
     "polisi wamekuja wakanichukua"],
)  # fmt: skip
def test_a_doubt_or_a_question_is_no_all_clear(text):
    assert not CUES.all_clear(text)


def test_who_only_tells_age_or_number_says_nothing_of_danger():
    for text in ("I am 22", "there are 6 of us", "niko hapa", "j'ai 22 ans", "tenho 22 anos", "nina miaka 22"):
        assert CUES.says_nothing(text, ())
    assert CUES.says_nothing("I am in Qatar", [{"entity": "country", "start": 8, "end": 13}])
    assert not CUES.says_nothing("I am dying", ())
    assert not CUES.says_nothing("I am in Qatar", ())


@pytest.mark.parametrize(
    ("help_id", "text", "expected"),
    [
        (SOMEBODY_ELSE, "should we pay the ransom?", PAY_TO_FREE), (SOMEBODY_ELSE, "they want money", PAY_TO_FREE),
        (SOMEBODY_ELSE, "on leur donne l'argent ?", PAY_TO_FREE), (SOMEBODY_ELSE, "pagamos?", PAY_TO_FREE),
        (SOMEBODY_ELSE, "wanataka pesa", PAY_TO_FREE), (SOMEBODY_ELSE, "hatuna pesa", PAY_TO_FREE),
        (SOMEBODY_ELSE, "do I have to pay the hospital?", None), (SOMEBODY_ELSE, "faut-il payer l'avocat ?", None),
        (SOMEBODY_ELSE, "her boss does not pay her", None), (SOMEBODY_ELSE, "nilipe wakili?", None),
        (DANGER, "should I pay the hospital?", None), (LIFE, "should I pay?", None),
        (DANGER, "they watch my phone", CANNOT_CALL), (DANGER, "I can't speak Arabic, they will hear me", CANNOT_CALL),
        (DANGER, "ils m'écoutent, je peux pas parler", CANNOT_CALL), (DANGER, "siwezi kupiga simu", CANNOT_CALL),
        (DANGER, "I can't speak arabic", None), (DANGER, "i can't call because i dont know the number", None),
        (DANGER, "je ne peux pas parler anglais", None), (DANGER, "não posso falar com ele", None),
        (DANGER, "siwezi kuongea na bosi wangu", None), (DANGER, "I can't talk about it", None),
        (LIFE, "I can't talk to anyone", None), (HEALTH, "I can't call", None),
        (LIFE, "they will hear me", CANNOT_CALL), (DANGER, "I can't call, I have no airtime", None),
        (DANGER, "I can't call, I want to kill myself", None), (DANGER, "I cant talk, I am bleeding a lot", None),
        (SOMEBODY_ELSE, "now she wants to kill herself, they ask for money", None),
        (SOMEBODY_ELSE, "they call every day and want money", PAY_TO_FREE),
        (SOMEBODY_ELSE, "should we pay or go to the police?", PAY_TO_FREE),
        (SOMEBODY_ELSE, "do I pay the agent for the visa?", None), (SOMEBODY_ELSE, "she earns 200 dollars", None),
        (SOMEBODY_ELSE, "she can't speak, they will hear", None), (DANGER, "which number do I call?", None),
        (DANGER, "he says I must pay 2000 to leave", PAY_TO_LEAVE),
        (DANGER, "boss wants 3000 to let me go", PAY_TO_LEAVE),
        (DANGER, "he will give me my passport if I pay the visa cost", PAY_TO_LEAVE),
        (DANGER, "I owe them money", PAY_TO_LEAVE),
        (DANGER, "il veut 2000 euros pour me laisser partir", PAY_TO_LEAVE), (DANGER, "dois-je payer ?", PAY_TO_LEAVE),
        (DANGER, "tenho de pagar 500 para sair", PAY_TO_LEAVE), (DANGER, "pedem dinheiro para me soltar", PAY_TO_LEAVE),
        (DANGER, "wanataka nilipe ili niondoke", PAY_TO_LEAVE), (DANGER, "nilipe?", PAY_TO_LEAVE),
        (DANGER, "I must pay the doctor", None), (DANGER, "I have no money", None), (DANGER, "sina pesa", None),
        (DANGER, "he doesn't pay me", None), (DANGER, "let me go out, I am 22", None),
        (DANGER, "I must leave at 5", None),
        (DANGER, "my room is 304, help me to leave", None), (DANGER, "boss dont pay me and wont let me go", None),
        (DANGER, "appelez le 112 pour me laisser sortir", None), (DANGER, "tenho de pagar o táxi para sair", None),
        (DANGER, "nimefungiwa tangu 2020 niruhusiwe nirudi", None), (DANGER, "je nilipe ubalozi?", None),
        (DANGER, "boss keep my passport he want 4k", PAY_TO_LEAVE), (DANGER, "il exige une rançon", PAY_TO_LEAVE),
        (DANGER, "só saio se pagar 2000", PAY_TO_LEAVE), (DANGER, "wanataka laki moja waniachilie", PAY_TO_LEAVE),
        (SOMEBODY_ELSE, "do we have to pay the embassy?", None),
        (DANGER, "je veux partir", None), (DANGER, "they will hear me, they want money to let me go", CANNOT_CALL),
    ],
)  # fmt: skip
def test_what_is_asked_after_help_depends_on_the_help(help_id, text, expected):
    assert CUES.asked_after(help_id, text) == expected


@pytest.mark.parametrize(
    "text",
    ["I have no credit to call", "am I safe now?", "I don't speak Arabic", "nobody answers", "j'ai plus d'unités",
     "je parle pas arabe", "não tenho saldo", "não falo árabe", "sina credit", "hawapokei simu"],
)  # fmt: skip
def test_what_keeps_somebody_in_danger_from_help_is_heard(text):
    assert CUES.is_still(text)


def test_another_matter_is_not_still_that():
    assert not CUES.is_still("how much is the salary of a driver?")
    assert not CUES.is_still("is it safe to sign the new contract?")
    assert not CUES.is_still("thank you, where is the embassy of Kenya in Qatar?")
