"""A desk to play with: a worker that echoes, people who write, and what everybody sees."""

import datetime as dt

from sqlalchemy import select

from bot.channels.protocol import InboundMessage
from bot.conversations import handoff, queues
from bot.conversations.desk import Desk
from bot.conversations.inbox import RateLimit, receive
from bot.conversations.notices import Notices
from bot.conversations.tables import Contact, Conversation, Message
from bot.conversations.turn import Turn
from bot.conversations.voice import Voice
from bot.conversations.worker import Worker
from bot.knowledge.reply import Reply
from bot.safety.emergency import lexicon_of

NOW = dt.datetime(2026, 11, 25, 9, tzinfo=dt.timezone.utc)  # a Wednesday, 12:00 in Nairobi
SUNDAY = dt.datetime(2026, 11, 29, 9, tzinfo=dt.timezone.utc)
HALF_AN_HOUR = dt.timedelta(minutes=30)
AMINA, BARAKA = 1, 2


class Engine:
    """Says what it was asked in capitals, or what `turns` have for a text."""

    def __init__(self, **turns):
        self.turns, self.asked, self.meanwhile = turns, [], None

    def look_ahead(self, questions):
        pass

    async def answer(self, question):
        self.asked.append(question.text)
        if self.meanwhile:
            self.meanwhile()
        known = self.turns.get(question.text)
        return known or Turn((Reply(question.text.upper()),), "{}", "en", "greet", 1.0)


def turn(intent, content_id="", confidence=1.0, **more):
    return Turn((Reply(intent, (), content_id or intent),), "{}", "en", intent, confidence, **more)


class Office:
    def __init__(self, database, vault, store, engine=None):
        self.database, self.vault, self.store = database, vault, store
        self.engine = engine or Engine()
        self.lexicon = lexicon_of(store.current)
        self.voice = Voice(store, "en")
        self.desk = Desk(store, self.voice, self.lexicon.calls_for_help)
        self.worker = Worker(database, self.engine, Notices(store, "en"), self.desk)

    def write(self, text, id=None, address="+254700000001", channel="sms", at=NOW, **more):
        limit = RateLimit(100, self.lexicon.calls_for_help)
        with self.database.transaction() as session:
            receive(session, self.vault, InboundMessage(channel, address, id or text, text, **more), at, limit)

    async def answer(self):
        while await self.worker.answer_some():
            pass

    def do(self, act, *args, **named):
        with self.database.transaction() as session:
            return act(session, *args, **named)

    def take(self, staff=AMINA, version=None, at=NOW, place=None, **more):
        place = place or self.conversations()[-1]
        seen = version or place.version
        self.do(handoff.take_over, place.id, staff, seen, at + HALF_AN_HOUR, self.voice.person_here, at, **more)

    def reply(self, text, staff=AMINA, version=None, at=NOW, **more):
        place = self.conversations()[-1]
        seen = version or place.version

        def written(contact):
            return self.voice.written(text, contact)

        self.do(handoff.reply, place.id, staff, seen, at + HALF_AN_HOUR, written, at, **more)

    def hand_back(self, staff=AMINA, at=NOW):
        place = self.conversations()[-1]
        self.do(handoff.hand_back, place.id, staff, place.version, self.voice.person_gone, at)

    def conversations(self):
        return self._all(select(Conversation).order_by(Conversation.id))

    def contact(self):
        return self._all(select(Contact))[0]

    def messages(self):
        return self._all(select(Message).order_by(Message.id))

    def told(self):
        return [message.text for message in self.messages() if message.direction == "out"]

    def waiting(self):
        with self.database.reading() as session:
            return {queue for queue, count in queues.counts(session).waiting.items() if count}

    def _all(self, query):
        with self.database.reading() as session:
            return list(session.execute(query).scalars())
