"""The fields of the API: it reads like SDL."""
