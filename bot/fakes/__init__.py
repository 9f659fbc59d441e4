"""Fakes of Telegram and Twilio: for tests through the real client libraries, and to try three phones on one page."""
