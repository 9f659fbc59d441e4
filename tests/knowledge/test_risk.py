from bot.knowledge.reading import load
from bot.knowledge.risk import Risk, weigh


def answers(knowledge, **changed):
    safe = {q.id: "no" if q.risky == "yes" else "yes" for q in knowledge.risk_questions}
    return {**safe, **changed}


def test_no_sign_is_low_one_light_sign_medium_and_a_heavy_one_high(content_dir):
    knowledge = load(content_dir)
    questions = knowledge.risk_questions
    assert weigh(questions, answers(knowledge)).risk is Risk.LOW
    assert weigh(questions, answers(knowledge, hurry="yes")).risk is Risk.MEDIUM
    assert weigh(questions, answers(knowledge, visa="yes")).risk is Risk.HIGH
    assert weigh(questions, answers(knowledge, licence="no", hurry="yes")).risk is Risk.HIGH


def test_not_knowing_is_a_point_to_clear_up(content_dir):
    knowledge = load(content_dir)
    verdict = weigh(knowledge.risk_questions, answers(knowledge, licence="unsure"))
    assert verdict.risk is Risk.MEDIUM
    assert [sign.id for sign in verdict.signs] == ["licence"]
