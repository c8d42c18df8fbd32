"""The words and the rules: frozen dataclasses, pure functions, one service a feature, the ports it needs."""
