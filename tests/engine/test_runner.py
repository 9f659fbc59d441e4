from rasa.core.channels.channel import UserMessage
from rasa.engine.constants import PLACEHOLDER_MESSAGE, PLACEHOLDER_TRACKER
from rasa.engine.runner.dask import DaskGraphRunner

from bot.engine.runner import SequentialRunner


def understand(run, processor, text):
    return run(
        inputs={PLACEHOLDER_MESSAGE: [UserMessage(text, message_id="m")], PLACEHOLDER_TRACKER: None},
        targets=[processor.model_metadata.nlu_target],
    )[processor.model_metadata.nlu_target][0]


def test_a_loaded_model_runs_in_sequence_with_the_results_of_rasas_own_runner(assistant):
    processor = assistant.agent.processor
    runner = processor.graph_runner
    assert type(runner) is SequentialRunner
    for text in ("how much can an agent charge me", "naomba msaada", "x"):
        ours = understand(runner.run, processor, text)
        dasks = understand(lambda **graph: DaskGraphRunner.run(runner, **graph), processor, text)
        assert ours.as_dict_nlu() == dasks.as_dict_nlu()
