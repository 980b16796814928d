"""What an answer holds, typed from the row to the template, as far as the viewer may see it.

request_view     who asks, as of when, after which position
access           who sees what, by the table of rights
programme        programmes, and the list of all of them
item             items as far as they are seen, and an item with its events
item_answer      everything that a page says about one item
lights           the lights of a programme or a unit, and why each stands as it does
heat_map         units by quarters
periods          an item period by period
timeline         from submission to notice, with links both ways
submission       a submission with its ruling
decisions        what waits for whose decision, and since when
signatures       how much waits for the signature of whoever looks
office_desk      the office's queues, their numbers and filters
desk             a person's desk: red and yellow lights, what waits, what is due
escalations      escalations, folded from the rows of their steps
replies          what units say about lights and notices, as far as it may be read
errata           what the next bulletin must correct
notices          notices with their messages
evaluation       the annual evaluation's sheets
evaluation_outcomes  what each item comes to in them
explanations     the sentences that say why
kept_items       what was folded of items, kept until their next event
light_sums       how many lights of each colour a programme has
standing_in      for whom whoever asks stands in today
event_sentences  what an event says
event_words      the words for it
problem          every error that query answers with
"""
