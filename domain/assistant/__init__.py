"""The layer of AI round the conversation: who gets an answer, and driving it to its end."""
