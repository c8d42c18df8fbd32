"""The fields of the API: it reads like SDL. Each feature adds its part of the three roots."""
