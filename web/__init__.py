"""What the HTTP doors of the services share.

tokens    who asks: tokens (JWT) checked against the published keys, and remembered for a short while
problem   errors as RFC 9457 problem documents
"""
