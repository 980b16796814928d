"""The ways to send a message; only what sends may import from here, never what replays the log.

channel   what every channel takes and answers
smtp      mail by SMTP
mail      the bytes of a mail
"""
