"""What an answer holds, typed from the row to the template, as far as the viewer may see it.

request_view     who asks, as of when, after which position
access           who sees what, by the table of rights
programme        programmes
item             items as far as they are seen, and an item with its events
item_answer      everything that a page says about one item
lights           the lights of a programme or a unit, and why each stands as it does
heat_map         units by quarters
periods          an item period by period
timeline         from submission to notice, with links both ways
submission       a submission with its ruling, and those that wait
decisions        what waits for whose decision, and since when
office_desk      the office's queues, their numbers and filters
desk             a person's desk: red and yellow lights, what waits, what is due
escalations      escalations, folded from the rows of their steps
replies          what units say about lights and notices, as far as it may be read
errata           what the next bulletin must correct
notices          notices with their messages
evaluation       the annual evaluation's sheets
events           events with their data as their types say
explanations     the sentences that say why
event_sentences  what an event says
event_words      the words for it
problem          every error that query answers with
"""
