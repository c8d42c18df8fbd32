"""The AI layer round the chat: who gets an answer, and driving it to its end."""
