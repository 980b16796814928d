"""The JSON API.

routes          the addresses; handlers decode, call and return
programme_body  a programme file and a policy, as they are posted
"""
