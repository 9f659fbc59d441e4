"""Conversations: contacts, messages (inbox, outbox and transcript in one) and the flow of a message through them."""
