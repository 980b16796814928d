"""One message to one contact: its state, what a try came to, and the channels that send.

state      DeliveryState: how each record changes it, when it may be claimed, when it is abandoned
outcome    what a try came to, and the record that says so
sender     the tries of one channel: how many at a time, pauses while it is in trouble
channels/  the ways to send: SMTP
"""
